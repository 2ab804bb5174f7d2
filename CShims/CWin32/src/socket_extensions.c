// AcceptEx, ConnectEx and DisconnectEx: several steps of a connection as one operation.
#include <errno.h>
#include <string.h>

#include "socket_transfers.h"

enum { ADDRESS_SLACK = 4 }; ///< what an address in AcceptEx's buffer needs beside itself

// ------------------------------------------------------------------------------------------------------------ AcceptEx
//
// The buffers of its operation: first the one for data, then the one for both addresses.

/// Stores both addresses of the accepted socket, the local one only where there is room for any. 0; ENOBUFS where one
/// does not fit, which the call does not look at.
static int tell_addresses(lw_socket *accepted, lw_socket_request *request) {
  size_t local = request->accept.local_bytes, all = request->buffers[1].bytes;
  for (int peer = 0; peer < 2; peer++) {
    unsigned char address[LW_SOCKET_ADDRESS_BYTES] = {0};
    struct sockaddr *host = (struct sockaddr *)(void *)address;
    socklen_t bytes = sizeof address;
    size_t room = peer ? all - local : local;
    if ((peer ? getpeername(accepted->fd, host, &bytes) : getsockname(accepted->fd, host, &bytes)) != 0) continue;
    if (room == 0) continue;
    if (room < bytes + ADDRESS_SLACK) return ENOBUFS;
    lw_address_to_winsock_(address);
    lw_operation_store_(request->operation, 1, peer ? local : 0, address, bytes);
  }
  return 0;
}

/// The second step, on the accepted socket.
static int attempt_first_data(lw_socket *accepted, lw_socket_request *request) {
  int error = lw_socket_receive_(accepted, request);
  return error == 0 ? tell_addresses(accepted, request) : error;
}

static int attempt_accept(lw_socket *listener, lw_socket_request *request) {
  if (atomic_load(&listener->state) != LW_SOCKET_LISTENING) return EINVAL;
  int fd = lw_socket_accept_(listener);
  if (fd < 0) return errno == EWOULDBLOCK ? EAGAIN : errno;
  lw_socket *accepted = (lw_socket *)request->other;
  lw_socket_adopt_(accepted, fd);
  atomic_store(&accepted->unaccepted, true);
  atomic_store(&accepted->accepting, false);
  lw_socket_connected_(accepted);
  if (request->buffers[0].bytes > 0) {
    request->attempt = attempt_first_data;
    return LW_SOCKET_MOVED;
  }
  return tell_addresses(accepted, request);
}

/// Why AcceptEx cannot begin. On success the accepted socket is claimed for it.
static DWORD cannot_accept(const lw_socket *listener, lw_socket *accepted, const void *_Nullable output,
                           DWORD remote_bytes, const OVERLAPPED *_Nullable overlapped) {
  if (!overlapped) return ERROR_INVALID_PARAMETER;
  if (!output || remote_bytes == 0) return WSAEFAULT;
  if (atomic_load(&listener->state) != LW_SOCKET_LISTENING) return WSAEINVAL;
  bool fresh = !atomic_load(&accepted->bound) || atomic_load(&accepted->reusable);
  if (!fresh || atomic_load(&accepted->state) != LW_SOCKET_IDLE || accepted->type != SOCK_STREAM) return WSAEINVAL;
  return atomic_exchange(&accepted->accepting, true) ? WSAEINVAL : ERROR_SUCCESS;
}

static BOOL accept_into(lw_socket *listener, lw_socket *accepted, char *output, DWORD receive_bytes, DWORD local_bytes,
                        DWORD remote_bytes, DWORD *_Nullable received, LPOVERLAPPED overlapped) {
  lw_operation *operation = lw_operation_take_(&listener->file, "AcceptEx", LW_VERB_READ, overlapped);
  if (!operation || !lw_object_retain_(&accepted->file.object)) {
    if (operation) lw_operation_drop_(operation);
    return lw_failed_(WSAENOBUFS);
  }
  *lw_socket_request_of_(operation) = (lw_socket_request){.attempt = attempt_accept,
                                                          .side = LW_SOCKET_IN,
                                                          .buffer_count = 1,
                                                          .other = &accepted->file,
                                                          .accept = {.local_bytes = local_bytes}};
  operation->fills = &accepted->file;
  lw_operation_add_buffer_(operation, output,
                           receive_bytes); // there is room for two
  lw_operation_add_buffer_(operation, output + receive_bytes, local_bytes + remote_bytes);
  return lw_socket_run_(operation, received) == 0;
}

BOOL lw_accept_ex_(SOCKET listener_handle, SOCKET accepted_handle, PVOID output, DWORD receive_bytes, DWORD local_bytes,
                   DWORD remote_bytes, DWORD *received, LPOVERLAPPED overlapped) {
  lw_socket *listener = lw_socket_of_(listener_handle, "AcceptEx");
  lw_socket *accepted = listener ? lw_socket_of_(accepted_handle, "AcceptEx") : NULL;
  BOOL done = FALSE;
  if (accepted) {
    DWORD error = cannot_accept(listener, accepted, output, remote_bytes, overlapped);
    done = error != ERROR_SUCCESS ? lw_failed_(error)
                                  : accept_into(listener, accepted, output, receive_bytes, local_bytes, remote_bytes,
                                                received, overlapped);
    if (!done && error == ERROR_SUCCESS && GetLastError() != ERROR_IO_PENDING)
      atomic_store(&accepted->accepting, false);
    lw_socket_enable_events_(listener, FD_ACCEPT);
    lw_socket_release_(accepted);
  }
  if (listener) lw_socket_release_(listener);
  return done;
}

static int length_of(const struct sockaddr *address) {
  return address->sa_family == LW_AF_INET6 ? LW_SOCKET_ADDRESS_BYTES : (int)sizeof(struct sockaddr);
}

void GetAcceptExSockaddrs(PVOID output, DWORD receive_bytes, DWORD local_bytes, DWORD remote_bytes,
                          struct sockaddr **local, int *local_length, struct sockaddr **remote, int *remote_length) {
  if (!output) return;
  (void)remote_bytes;
  struct sockaddr *first = (struct sockaddr *)(void *)((char *)output + receive_bytes);
  struct sockaddr *second = (struct sockaddr *)(void *)((char *)output + receive_bytes + local_bytes);
  if (local) *local = first;
  if (local_length) *local_length = length_of(first);
  if (remote) *remote = second;
  if (remote_length) *remote_length = length_of(second);
}

// ----------------------------------------------------------------------------------------------------------- ConnectEx

static int attempt_connect(lw_socket *socket, lw_socket_request *request) {
  if (atomic_load(&socket->state) != LW_SOCKET_CONNECTED || !request->out.begun) {
    int error = lw_socket_connect_(socket, request);
    if (error != 0) return error;
    atomic_store(&socket->unaccepted, true);
  }
  return lw_socket_send_(socket, request);
}

BOOL lw_connect_ex_(SOCKET handle, const struct sockaddr *name, int length, PVOID buffer, DWORD bytes, DWORD *sent,
                    LPOVERLAPPED overlapped) {
  lw_socket *socket = lw_socket_of_(handle, "ConnectEx");
  if (!socket) return FALSE;
  lw_socket_request request = {.attempt = attempt_connect, .side = LW_SOCKET_OUT, .buffer_count = 1};
  request.out.length = (uint8_t)lw_address_from_winsock_(socket, name, length, request.out.address);
  DWORD error = request.out.length == 0                                       ? GetLastError()
                : !overlapped                                                 ? ERROR_INVALID_PARAMETER
                : !buffer && bytes > 0                                        ? WSAEFAULT
                : atomic_load(&socket->state) == LW_SOCKET_CONNECTED          ? WSAEISCONN
                : !atomic_load(&socket->bound) || socket->type != SOCK_STREAM ? WSAEINVAL
                                                                              : ERROR_SUCCESS;
  lw_operation *operation = NULL;
  if (error == ERROR_SUCCESS) {
    operation = lw_operation_take_(&socket->file, "ConnectEx", LW_VERB_WRITE, overlapped);
    if (!operation) error = WSAENOBUFS;
  }
  BOOL done = FALSE;
  if (operation) {
    *lw_socket_request_of_(operation) = request;
    lw_operation_add_buffer_(operation, buffer, bytes);
    done = lw_socket_run_(operation, sent) == 0;
  } else {
    lw_failed_(error);
  }
  lw_socket_release_(socket);
  return done;
}

// -------------------------------------------------------------------------------------------------------- DisconnectEx

/// To be used again, the socket gets a new descriptor under its number.
int lw_socket_disconnect_(lw_socket *socket, lw_socket_request *request) {
  if (atomic_load(&socket->state) != LW_SOCKET_CONNECTED) return ENOTCONN;
  shutdown(socket->fd, SHUT_WR);
  if (!(request->how & TF_REUSE_SOCKET)) {
    atomic_store(&socket->shut_in, true);
    atomic_store(&socket->shut_out, true);
    return 0;
  }
  int fd = lw_socket_host_make_(socket->family, socket->type);
  if (fd < 0) return errno;
  lw_socket_unbind_(socket);
  lw_socket_adopt_(socket, fd);
  atomic_store(&socket->state, LW_SOCKET_IDLE);
  atomic_store(&socket->unaccepted, false);
  atomic_store(&socket->shut_in, false);
  atomic_store(&socket->shut_out, false);
  atomic_store(&socket->reusable, true);
  return 0;
}

BOOL lw_disconnect_ex_(SOCKET handle, LPOVERLAPPED overlapped, DWORD flags, DWORD reserved) {
  lw_socket *socket = lw_socket_of_(handle, "DisconnectEx");
  if (!socket) return FALSE;
  lw_socket_request request = {.attempt = lw_socket_disconnect_, .side = LW_SOCKET_OUT, .how = flags};
  int result = SOCKET_ERROR;
  if (reserved != 0 || flags & ~TF_REUSE_SOCKET) {
    SetLastError(WSAEINVAL);
  } else if (atomic_load(&socket->state) != LW_SOCKET_CONNECTED) {
    SetLastError(WSAENOTCONN);
  } else if (!overlapped || !socket->file.overlapped) {
    result = lw_socket_result_(lw_socket_perform_(socket, &request, 0xFFFFFFFFu));
  } else {
    lw_operation *operation = lw_operation_take_(&socket->file, "DisconnectEx", LW_VERB_WRITE, overlapped);
    if (operation) *lw_socket_request_of_(operation) = request;
    result = operation ? lw_socket_run_(operation, NULL) : lw_socket_failed_(WSAENOBUFS);
  }
  if (result == 0) lw_socket_retry_(socket, LW_SOCKET_IN);
  lw_socket_release_(socket);
  return result == 0;
}
