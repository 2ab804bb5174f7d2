// WSAPoll. What it says of each socket follows Windows, not the host: an ended connection is a hang-up, a socket
// without one neither.
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "socket.h"

enum { ON_STACK = 32 };

static bool has_data(const lw_socket *socket) {
  int bytes = 0;
  return ioctl(socket->fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

/// What is so of a socket now, of `wanted` and of what is always told.
static SHORT look(lw_socket *socket, SHORT wanted) {
  int connect_error = lw_socket_settle_connect_(socket);
  lw_socket_state state = atomic_load(&socket->state);
  short ready = lw_socket_poll_(socket);
  if (socket->type == SOCK_STREAM && state == LW_SOCKET_IDLE)
    return connect_error != 0 ? LW_POLLHUP | LW_POLLERR | (wanted & LW_POLLWRNORM)
                              : LW_POLLHUP | (wanted & LW_POLLWRNORM);
  SHORT is = 0;
  if (ready & POLLIN && (!(ready & POLLRDHUP) || has_data(socket))) is |= wanted & LW_POLLRDNORM;
  if (ready & POLLPRI) is |= wanted & LW_POLLRDBAND;
  if (ready & POLLOUT && state != LW_SOCKET_CONNECTING) is |= wanted & LW_POLLWRNORM;
  if (ready & (POLLRDHUP | POLLHUP)) is |= LW_POLLHUP;
  if (ready & POLLERR) is |= LW_POLLERR | LW_POLLHUP;
  return is;
}

/// Fills in all answers; how many sockets have one. `sockets[i]` is NULL for what is none, which is not counted.
static int look_at_all(LPWSAPOLLFD polled, lw_socket *_Nullable *_Nonnull sockets, ULONG count) {
  int ready = 0;
  for (ULONG i = 0; i < count; i++) {
    polled[i].revents = sockets[i] ? look(sockets[i], polled[i].events) : LW_POLLNVAL;
    ready += sockets[i] && polled[i].revents != 0;
  }
  return ready;
}

/// Waits for a change. False when the time has passed.
static bool wait(LPWSAPOLLFD polled, lw_socket *_Nullable *_Nonnull sockets, lw_socket_waiter *waiters, ULONG count,
                 lw_time deadline) {
  uint32_t waiting = 0;
  for (ULONG i = 0; i < count; i++) {
    if (!sockets[i]) continue;
    uint32_t sides = polled[i].events & (LW_POLLRDNORM | LW_POLLRDBAND) ? LW_READABLE : 0;
    if (polled[i].events & LW_POLLWRNORM) sides |= LW_WRITABLE;
    waiters[waiting++] = (lw_socket_waiter){.socket = sockets[i], .wanted = sides};
  }
  return lw_sockets_wait_(waiters, waiting, deadline);
}

int WSAPoll(LPWSAPOLLFD polled, ULONG count, INT ms) {
  if (!lw_winsock_is_started_()) return SOCKET_ERROR;
  if (!polled || count == 0) return lw_socket_failed_(count == 0 ? WSAEINVAL : WSAEFAULT);
  for (ULONG i = 0; i < count; i++)
    if (polled[i].events & (LW_POLLPRI | LW_POLLWRBAND)) return lw_socket_failed_(WSAEINVAL);
  lw_socket *few[ON_STACK], **sockets = few;
  lw_socket_waiter few_waiters[ON_STACK], *waiters = few_waiters;
  size_t bytes = count > ON_STACK ? count * (sizeof *sockets + sizeof *waiters) : 0;
  if (bytes) {
    char *pages = lw_pages_reserve(bytes);
    if (!pages) return lw_socket_failed_(WSAENOBUFS);
    waiters = (lw_socket_waiter *)(void *)pages;
    sockets = (lw_socket **)(void *)(pages + count * sizeof *waiters);
  }
  bool any = false;
  for (ULONG i = 0; i < count; i++) any |= (sockets[i] = lw_socket_of_(polled[i].fd, "WSAPoll")) != NULL;
  lw_time deadline = ms == 0 ? 0 : lw_deadline_(ms < 0 ? 0xFFFFFFFFu : (DWORD)ms);
  int ready;
  while ((ready = look_at_all(polled, sockets, count)) == 0 && deadline != 0 && any)
    if (!wait(polled, sockets, waiters, count, deadline)) deadline = 0; // a last look
  for (ULONG i = 0; i < count; i++)
    if (sockets[i]) lw_socket_release_(sockets[i]);
  if (bytes) lw_pages_release(waiters, bytes);
  return any ? ready : lw_socket_failed_(WSAENOTSOCK);
}
