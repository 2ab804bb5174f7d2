// WSAEventSelect: what happens to a socket is noted and sets an event. Each kind is told once, and again only after the
// call that is answerable for it was made: receiving for FD_READ, accepting for FD_ACCEPT, a send that would have
// blocked for FD_WRITE, connecting for FD_CONNECT. FD_CLOSE is told once, when all data has been received or the peer
// has reset the connection.
#include <errno.h>
#include <poll.h>

#include "socket.h"
#include "synchapi.h"

uint32_t lw_socket_events_wanted_(lw_socket *socket) {
  LONG wanted = socket->event ? socket->events_wanted & ~socket->events_silent : 0;
  uint32_t sides = 0;
  // Data that was told of makes the descriptor readable until it is received; FD_CLOSE comes behind it.
  bool reads = wanted & (FD_READ | FD_ACCEPT | FD_OOB) || (wanted & FD_CLOSE && !(socket->events_silent & FD_READ));
  if (reads && !socket->events_stalled) sides |= LW_READABLE;
  if (wanted & FD_CONNECT && atomic_load(&socket->state) == LW_SOCKET_CONNECTING) sides |= LW_WRITABLE;
  if (wanted & FD_WRITE && atomic_load(&socket->state) != LW_SOCKET_LISTENING) sides |= LW_WRITABLE;
  return sides;
}

/// What is at the head of a stream that is ready for reading: FD_READ, or FD_CLOSE and why. 0: nothing, after all.
static LONG head_of(const lw_socket *socket, int *error) {
  char byte;
  ssize_t got = recv(socket->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  *error = got < 0 ? errno : 0;
  if (got > 0) return FD_READ;
  return got == 0 || *error == ECONNRESET || *error == EPIPE || *error == ETIMEDOUT ? FD_CLOSE : 0;
}

static void note(lw_socket *socket, LONG event, int bit, int error) LW_REQUIRES(&socket->lock) {
  if (!(socket->events_wanted & ~socket->events_silent & event)) return;
  socket->events_noted |= event;
  socket->events_silent |= event;
  socket->event_errors[bit] = error == 0 ? 0 : (int)lw_winsock_error_(error);
}

lw_object *lw_socket_note_events_(lw_socket *socket, short ready) {
  if (!socket->event) return NULL;
  LONG before = socket->events_noted;
  lw_socket_state state = atomic_load(&socket->state);
  bool connected = state == LW_SOCKET_CONNECTED || socket->type == SOCK_DGRAM;
  if (atomic_exchange(&socket->connect_ended, false))
    note(socket, FD_CONNECT, FD_CONNECT_BIT, atomic_load(&socket->connect_error));
  if (state == LW_SOCKET_LISTENING && ready & POLLIN) note(socket, FD_ACCEPT, FD_ACCEPT_BIT, 0);
  if (connected && ready & (POLLIN | POLLRDHUP | POLLHUP | POLLERR)) {
    int error = 0;
    LONG head = socket->type == SOCK_DGRAM ? FD_READ : head_of(socket, &error);
    if (head == FD_READ) note(socket, FD_READ, FD_READ_BIT, 0);
    if (head == FD_CLOSE) note(socket, FD_CLOSE, FD_CLOSE_BIT, error);
    bool was_reset = socket->type == SOCK_STREAM && head == FD_READ && ready & POLLERR;
    if (was_reset) note(socket, FD_CLOSE, FD_CLOSE_BIT, ECONNRESET);
    if (head != 0 && socket->events_noted == before) socket->events_stalled = true;
  }
  if (connected && ready & POLLOUT) note(socket, FD_WRITE, FD_WRITE_BIT, 0);
  bool news = socket->events_noted != before;
  return news && lw_object_retain_(socket->event) ? socket->event : NULL;
}

/// Looks at the socket now, and sets the event when there is something new.
static void look(lw_socket *socket) {
  lw_socket_settle_connect_(socket);
  short ready = lw_socket_poll_(socket);
  lw_lock_acquire(&socket->lock);
  lw_object *event = lw_socket_note_events_(socket, ready);
  if (socket->event) lw_socket_watch_(socket);
  lw_socket_arm_(socket);
  lw_lock_release(&socket->lock);
  if (!event) return;
  lw_object_set_(event);
  lw_object_release_(event);
}

void lw_socket_enable_events_(lw_socket *socket, LONG events) {
  if (events == 0 || !atomic_load(&socket->tells_events)) return;
  lw_lock_acquire(&socket->lock);
  bool selected = socket->event != NULL;
  socket->events_silent &= ~events;
  if (events & FD_READ) socket->events_stalled = false;
  lw_lock_release_quietly(&socket->lock);
  if (selected) look(socket);
}

void lw_socket_inherit_events_(lw_socket *socket, lw_socket *listener) {
  lw_lock_acquire(&listener->lock);
  lw_object *event = listener->event && lw_object_retain_(listener->event) ? listener->event : NULL;
  LONG wanted = listener->events_wanted;
  lw_lock_release_quietly(&listener->lock);
  if (!event) return;
  atomic_store(&socket->tells_events, true);
  lw_lock_acquire(&socket->lock);
  socket->event = event;
  socket->events_wanted = wanted;
  lw_lock_release_quietly(&socket->lock);
  look(socket);
}

int WSAEventSelect(SOCKET handle, WSAEVENT event, LONG events) {
  lw_socket *socket = lw_socket_of_(handle, "WSAEventSelect");
  if (!socket) return SOCKET_ERROR;
  lw_object *object = events != 0 && event ? lw_handle_object_(event, &lw_event_type_) : NULL;
  if (events != 0 && !object) {
    lw_socket_release_(socket);
    return lw_socket_failed_(WSAEINVAL);
  }
  atomic_store(&socket->nonblocking, true);
  atomic_store(&socket->tells_events, true);
  lw_lock_acquire(&socket->lock);
  lw_object *former = socket->event;
  socket->event = object;
  socket->events_wanted = events;
  socket->events_noted = 0;
  socket->events_silent = 0;
  socket->events_stalled = false;
  lw_lock_release(&socket->lock);
  if (former) lw_object_release_(former);
  look(socket);
  lw_socket_release_(socket);
  return 0;
}

int WSAEnumNetworkEvents(SOCKET handle, WSAEVENT event, LPWSANETWORKEVENTS result) {
  lw_socket *socket = lw_socket_of_(handle, "WSAEnumNetworkEvents");
  if (!socket) return SOCKET_ERROR;
  DWORD error = result ? ERROR_SUCCESS : WSAEFAULT;
  look(socket); // nobody watches for a reset while there are data that an event has told of
  if (error == ERROR_SUCCESS && event && !ResetEvent(event)) error = WSAENOTSOCK;
  if (error == ERROR_SUCCESS) {
    lw_lock_acquire(&socket->lock);
    result->lNetworkEvents = socket->events_noted;
    for (int i = 0; i < FD_MAX_EVENTS; i++)
      result->iErrorCode[i] = socket->events_noted & 1 << i ? socket->event_errors[i] : 0;
    socket->events_noted = 0;
    lw_lock_release(&socket->lock);
  }
  lw_socket_release_(socket);
  return error == ERROR_SUCCESS ? 0 : lw_socket_failed_(error);
}

// ---------------------------------------------------------------------------------------------- events, by other names

WSAEVENT WSACreateEvent(void) { return CreateEventA(NULL, TRUE, FALSE, NULL); }
BOOL WSASetEvent(WSAEVENT event) { return SetEvent(event); }
BOOL WSAResetEvent(WSAEVENT event) { return ResetEvent(event); }
BOOL WSACloseEvent(WSAEVENT event) { return lw_close_handle_(event); }
