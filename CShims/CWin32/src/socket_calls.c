// The calls that receive and send: the ones that wait, and the overlapped ones.
#include <errno.h>

#include "socket_transfers.h"
#include "synchapi.h"

enum { BUFFERS_ON_STACK = 16 };

static int host_flags(DWORD flags) {
  int host = 0;
  if (flags & LW_MSG_OOB) host |= MSG_OOB;
  if (flags & LW_MSG_PEEK) host |= MSG_PEEK;
  if (flags & LW_MSG_DONTROUTE) host |= MSG_DONTROUTE;
  if (flags & LW_MSG_WAITALL) host |= MSG_WAITALL;
  return host;
}

/// The end of a call that does not return at once: bytes in `*moved`.
static int perform(lw_socket *socket, lw_socket_request *request, DWORD *moved) {
  int error = lw_socket_perform_(socket, request, atomic_load(&socket->timeouts[request->side]));
  lw_socket_enable_events_(socket, request->side == LW_SOCKET_IN ? FD_READ | FD_OOB : 0);
  if (error == EAGAIN && request->transferred > 0) error = 0; // the part that was possible
  if (error == EAGAIN && request->side == LW_SOCKET_OUT) lw_socket_enable_events_(socket, FD_WRITE);
  *moved = request->transferred;
  return lw_socket_result_(error);
}

/// Before a receive: a datagram socket has to be somewhere, and there has to be room for the sender's address.
static DWORD cannot_receive(lw_socket *socket, const struct sockaddr *_Nullable from, const int *_Nullable length) {
  if (socket->type != SOCK_DGRAM) return ERROR_SUCCESS;
  int needed = socket->family == AF_INET ? (int)sizeof(struct sockaddr) : LW_SOCKET_ADDRESS_BYTES;
  if (from && (!length || *length < needed)) return WSAEFAULT;
  return atomic_load(&socket->bound) ? ERROR_SUCCESS : WSAEINVAL;
}

/// The address of a send in the request; WSAEFAULT or WSAEAFNOSUPPORT for one that is none.
static DWORD address_request(lw_socket *socket, lw_socket_request *request, const struct sockaddr *_Nullable to,
                             int length) {
  if (!to || socket->type != SOCK_DGRAM) return ERROR_SUCCESS;
  request->out.length = (uint8_t)lw_address_from_winsock_(socket, to, length, request->out.address);
  return request->out.length > 0 ? ERROR_SUCCESS : GetLastError();
}

// ---------------------------------------------------------------------------------------------------------- one buffer

static int receive(SOCKET handle, char *_Nullable buffer, int length, int flags, struct sockaddr *_Nullable from,
                   int *_Nullable from_length, const char *api) {
  lw_socket *socket = lw_socket_of_(handle, api);
  if (!socket) return SOCKET_ERROR;
  DWORD moved = 0;
  DWORD refused = (!buffer && length > 0) || length < 0 ? WSAEFAULT : cannot_receive(socket, from, from_length);
  lw_buffer memory = {.address = buffer, .bytes = (size_t)length};
  lw_socket_request request = {.attempt = lw_socket_receive_,
                               .buffers = &memory,
                               .buffer_count = 1,
                               .flags = host_flags((DWORD)flags),
                               .side = LW_SOCKET_IN,
                               .in = {.from = from, .from_length = from_length}};
  int result = refused ? lw_socket_failed_(refused) : perform(socket, &request, &moved);
  lw_socket_release_(socket);
  return result == 0 ? (int)moved : SOCKET_ERROR;
}

int lw_recv(SOCKET handle, char *buffer, int length, int flags) {
  return receive(handle, buffer, length, flags, NULL, NULL, "recv");
}

int lw_recvfrom(SOCKET handle, char *buffer, int length, int flags, struct sockaddr *from, int *from_length) {
  return receive(handle, buffer, length, flags, from, from_length, "recvfrom");
}

static int transmit(SOCKET handle, const char *_Nullable buffer, int length, int flags,
                    const struct sockaddr *_Nullable to, int to_length, const char *api) {
  lw_socket *socket = lw_socket_of_(handle, api);
  if (!socket) return SOCKET_ERROR;
  DWORD moved = 0;
  lw_buffer memory = {.address = (char *)(uintptr_t)buffer, .bytes = (size_t)length};
  lw_socket_request request = {.attempt = lw_socket_send_,
                               .buffers = &memory,
                               .buffer_count = 1,
                               .flags = host_flags((DWORD)flags),
                               .side = LW_SOCKET_OUT};
  DWORD refused = (!buffer && length > 0) || length < 0 ? WSAEFAULT : address_request(socket, &request, to, to_length);
  int result = refused ? lw_socket_failed_(refused) : perform(socket, &request, &moved);
  lw_socket_release_(socket);
  return result == 0 ? (int)moved : SOCKET_ERROR;
}

int lw_send(SOCKET handle, const char *buffer, int length, int flags) {
  return transmit(handle, buffer, length, flags, NULL, 0, "send");
}

int lw_sendto(SOCKET handle, const char *buffer, int length, int flags, const struct sockaddr *to, int to_length) {
  return transmit(handle, buffer, length, flags, to, to_length, "sendto");
}

// ----------------------------------------------------------------------------------------------------- several buffers

/// A call without OVERLAPPED.
static int perform_array(lw_socket *socket, lw_socket_request *request, LPWSABUF buffers, DWORD count,
                         DWORD *_Nullable moved) {
  if (!moved) return lw_socket_failed_(WSAEFAULT);
  if (count > BUFFERS_ON_STACK) return lw_socket_failed_(WSAENOBUFS);
  lw_buffer memory[BUFFERS_ON_STACK];
  for (DWORD i = 0; i < count; i++) memory[i] = (lw_buffer){.address = buffers[i].buf, .bytes = buffers[i].len};
  request->buffers = memory;
  request->buffer_count = count;
  return perform(socket, request, moved);
}

int lw_socket_run_(lw_operation *operation, DWORD *moved) {
  DWORD status;
  BOOL done = lw_operation_run_with_(operation, moved, &status);
  if (!done && status != STATUS_PENDING && status != STATUS_SUCCESS) SetLastError(lw_winsock_error_of_status_(status));
  return done ? 0 : SOCKET_ERROR;
}

/// A completion routine of Winsock's form.
static void call_routine(const lw_operation *operation) {
  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = (LPWSAOVERLAPPED_COMPLETION_ROUTINE)(void (*)(void))operation->routine;
  routine(lw_winsock_error_of_status_(operation->status), operation->transferred, operation->overlapped, 0);
}

/// An overlapped call, which gives the reference to the socket back. `from` and its length are further buffers, behind
/// those for data.
static int submit_array(lw_socket *socket, const lw_socket_request *request, LPWSABUF buffers, DWORD count,
                        DWORD *_Nullable moved, LPWSAOVERLAPPED overlapped,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine, const char *api) {
  lw_verb verb = request->side == LW_SOCKET_IN ? LW_VERB_READ : LW_VERB_WRITE;
  lw_operation *operation = lw_operation_take_over_(&socket->file, api, verb, overlapped);
  if (!operation) lw_socket_release_(socket);
  if (!operation) return lw_socket_failed_(WSAENOBUFS);
  *lw_socket_request_of_(operation) = *request;
  lw_socket_request_of_(operation)->buffer_count = count;
  bool added = true;
  if (routine) {
    if (!lw_operation_add_routine_(operation, (LPOVERLAPPED_COMPLETION_ROUTINE)(void (*)(void))routine))
      return lw_socket_failed_(WSAENOBUFS);
    operation->call_routine = call_routine;
  }
  for (DWORD i = 0; i < count && added; i++)
    added = lw_operation_add_buffer_(operation, buffers[i].buf, buffers[i].len);
  if (verb == LW_VERB_READ && request->in.from && added)
    added = lw_operation_add_buffer_(operation, request->in.from, (size_t)*request->in.from_length) &&
            lw_operation_add_buffer_(operation, request->in.from_length, sizeof(int));
  if (added) return lw_socket_run_(operation, moved);
  lw_operation_drop_(operation);
  return lw_socket_failed_(WSAENOBUFS);
}

static int refuse(lw_socket *socket, DWORD winsock_error) {
  lw_socket_release_(socket);
  return lw_socket_failed_(winsock_error);
}

/// The whole of a transfer; the caller's reference to the socket is given back.
static int transfer(lw_socket *socket, lw_socket_request *request, LPWSABUF _Nullable buffers, DWORD count,
                    DWORD *_Nullable moved, LPWSAOVERLAPPED _Nullable overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine, const char *api) {
  if (!buffers || count == 0) return refuse(socket, count == 0 && buffers ? WSAEINVAL : WSAEFAULT);
  for (DWORD i = 0; i < count; i++)
    if (!buffers[i].buf && buffers[i].len > 0) return refuse(socket, WSAEFAULT);
  if (!overlapped || !socket->file.overlapped) {
    int result = perform_array(socket, request, buffers, count, moved);
    lw_socket_release_(socket);
    return result;
  }
  if (routine && atomic_load(&socket->file.port)) return refuse(socket, WSAEINVAL); // one or the other
  bool enables = request->side == LW_SOCKET_IN && atomic_load(&socket->tells_events);
  if (enables) lw_object_retain_(&socket->file.object);
  int result = submit_array(socket, request, buffers, count, moved, overlapped, routine, api);
  if (!enables) return result;
  lw_socket_enable_events_(socket, FD_READ | FD_OOB);
  lw_socket_release_(socket);
  return result;
}

int lw_wsa_recv_(SOCKET handle, LPWSABUF buffers, DWORD count, DWORD *received, DWORD *flags, struct sockaddr *from,
                 int *from_length, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                 const char *api) {
  lw_socket *socket = lw_socket_of_(handle, api);
  if (!socket) return SOCKET_ERROR;
  lw_socket_request request = {.attempt = lw_socket_receive_, .side = LW_SOCKET_IN};
  DWORD refused = !flags ? WSAEFAULT : cannot_receive(socket, from, from_length);
  if (!refused) {
    request.flags = host_flags(*flags);
    if (socket->type == SOCK_DGRAM && from) request.in.from = from, request.in.from_length = from_length;
  }
  if (refused) return refuse(socket, refused);
  int result = transfer(socket, &request, buffers, count, received, overlapped, routine, api);
  if (result == 0) *flags = 0;
  return result;
}

int lw_wsa_send_(SOCKET handle, LPWSABUF buffers, DWORD count, DWORD *sent, DWORD flags, const struct sockaddr *to,
                 int to_length, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                 const char *api) {
  lw_socket *socket = lw_socket_of_(handle, api);
  if (!socket) return SOCKET_ERROR;
  lw_socket_request request = {.attempt = lw_socket_send_, .side = LW_SOCKET_OUT, .flags = host_flags(flags)};
  DWORD refused = address_request(socket, &request, to, to_length);
  if (refused) return refuse(socket, refused);
  return transfer(socket, &request, buffers, count, sent, overlapped, routine, api);
}

BOOL WSAGetOverlappedResult(SOCKET handle, LPWSAOVERLAPPED overlapped, DWORD *transferred, BOOL wait, DWORD *flags) {
  lw_socket *socket = lw_socket_of_(handle, "WSAGetOverlappedResult");
  if (!socket) return FALSE;
  lw_socket_release_(socket);
  if (!overlapped || !transferred || !flags) return lw_failed_(WSAEFAULT);
  // acquire: pairs with the release of the end.
  DWORD status = (DWORD)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
  if (status == STATUS_PENDING) {
    if (!wait) return lw_failed_(WSA_IO_INCOMPLETE);
    HANDLE object = overlapped->hEvent ? overlapped->hEvent : (HANDLE)(uintptr_t)handle;
    if (WaitForSingleObject(object, INFINITE) != WAIT_OBJECT_0) return FALSE;
    // acquire: as above.
    status = (DWORD)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
  }
  *transferred = (DWORD)overlapped->InternalHigh;
  *flags = 0;
  DWORD error = lw_winsock_error_of_status_(status);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}
