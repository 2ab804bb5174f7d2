// Connections: listen, accept, connect, shutdown.
//
// The host often knows at once how a connection over the loopback ends. Windows never does: a call that does not block
// fails with WSAEWOULDBLOCK, and an overlapped one pends. So what is known is kept, and told with the descriptor's next
// readiness.
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

#include "socket.h"

int lw_listen(SOCKET handle, int backlog) {
  lw_socket *socket = lw_socket_of_(handle, "listen");
  if (!socket) return SOCKET_ERROR;
  lw_socket_state state = atomic_load(&socket->state);
  int error = socket->type != SOCK_STREAM                                       ? EOPNOTSUPP
              : state == LW_SOCKET_CONNECTED                                    ? EISCONN
              : !atomic_load(&socket->bound) || atomic_load(&socket->accepting) ? EINVAL
              : listen(socket->fd, backlog < 1 ? 1 : backlog) != 0              ? errno
                                                                                : 0;
  if (error == 0) atomic_store(&socket->state, LW_SOCKET_LISTENING);
  lw_socket_rearm_(socket);
  lw_socket_release_(socket);
  return lw_socket_result_(error);
}

// ----------------------------------------------------------------------------------------------------------- accepting

void lw_socket_connected_(lw_socket *socket) {
  atomic_store(&socket->bound, true);
  atomic_store(&socket->connect_error, 0);
  atomic_store(&socket->connected_at, lw_clock_now());
  atomic_store(&socket->state, LW_SOCKET_CONNECTED);
}

int lw_socket_accept_(lw_socket *socket) {
  int fd;
  do fd = accept4(socket->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
  return fd;
}

static int attempt_accept(lw_socket *socket, lw_socket_request *request) {
  request->accept.fd = lw_socket_accept_(socket);
  return request->accept.fd >= 0 ? 0 : errno == EWOULDBLOCK ? EAGAIN : errno;
}

/// A socket over an accepted descriptor; it is as the listening one is.
static lw_socket *_Nullable make_accepted(lw_socket *listener, int fd) {
  lw_socket *made = lw_socket_make_(listener->family, listener->type, listener->file.overlapped, fd);
  if (!made) return NULL;
  lw_socket_connected_(made);
  atomic_store(&made->nonblocking, atomic_load(&listener->nonblocking));
  lw_socket_inherit_events_(made, listener);
  return made;
}

SOCKET lw_accept(SOCKET handle, struct sockaddr *address, int *length) {
  lw_socket *socket = lw_socket_of_(handle, "accept");
  if (!socket) return INVALID_SOCKET;
  lw_socket_request request = {.attempt = attempt_accept, .side = LW_SOCKET_IN};
  int error = socket->type != SOCK_STREAM                          ? EOPNOTSUPP
              : atomic_load(&socket->state) != LW_SOCKET_LISTENING ? EINVAL
              : address && !length                                 ? EFAULT
                                                                   : lw_socket_perform_(socket, &request, 0xFFFFFFFFu);
  lw_socket *made = error == 0 ? make_accepted(socket, request.accept.fd) : NULL;
  lw_socket_enable_events_(socket, FD_ACCEPT);
  if (error == 0 && !made) error = errno;
  lw_socket_release_(socket);
  if (error != 0) {
    SetLastError(lw_winsock_error_(error));
    return INVALID_SOCKET;
  }
  unsigned char peer[LW_SOCKET_ADDRESS_BYTES] = {0};
  socklen_t bytes = sizeof peer;
  bool told = !address || (getpeername(made->fd, (struct sockaddr *)(void *)peer, &bytes) == 0 &&
                           lw_address_hand_out_(peer, bytes, address, length));
  if (told) return lw_socket_open_(made, true);
  lw_socket_release_(made);
  SetLastError(WSAEFAULT);
  return INVALID_SOCKET;
}

// ---------------------------------------------------------------------------------------------------------- connecting

int lw_socket_settle_connect_(lw_socket *socket) {
  lw_lock_acquire(&socket->lock);
  int error = atomic_load(&socket->connect_error);
  if (atomic_load(&socket->state) == LW_SOCKET_CONNECTING) {
    struct pollfd state = {.fd = socket->fd, .events = POLLOUT};
    socklen_t bytes = sizeof error;
    if (error == EINPROGRESS && poll(&state, 1, 0) > 0) getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
    if (error == 0) lw_socket_connected_(socket);
    if (error != 0 && error != EINPROGRESS) {
      atomic_store(&socket->connect_error, error);
      atomic_store(&socket->state, LW_SOCKET_IDLE);
    }
    if (error != EINPROGRESS) atomic_store(&socket->connect_ended, true);
  }
  lw_lock_release(&socket->lock);
  return error;
}

/// Whether a name, in the host's form, has no port.
static bool is_without_port(const unsigned char *name) {
  uint16_t port;
  memcpy(&port, name + offsetof(struct sockaddr_in, sin_port), sizeof port);
  return port == 0;
}

/// Has the host begin to connect; how that ends is settled later. 0, or why it cannot begin.
static int begin(lw_socket *socket, const lw_socket_request *request) {
  lw_socket_state state = atomic_load(&socket->state);
  if (state == LW_SOCKET_CONNECTED && socket->type == SOCK_STREAM) return EISCONN;
  if (state == LW_SOCKET_LISTENING) return EINVAL;
  if (state == LW_SOCKET_CONNECTING) return EALREADY;
  if (is_without_port(request->out.address)) return EADDRNOTAVAIL;
  const struct sockaddr *name = (const struct sockaddr *)(const void *)request->out.address;
  int error;
  do error = connect(socket->fd, name, request->out.length) == 0 ? 0 : errno;
  while (error == EINTR);
  if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT || error == EACCES) return error;
  atomic_store(&socket->connect_error, error);
  atomic_store(&socket->bound, true);
  atomic_store(&socket->state, LW_SOCKET_CONNECTING);
  return 0;
}

int lw_socket_connect_(lw_socket *socket, lw_socket_request *request) {
  if (!request->out.begun) {
    int error = begin(socket, request);
    if (error != 0) return error;
    request->out.begun = true;
    // Told later, see above; of datagrams there is nothing to wait for.
    bool later = request->operation || atomic_load(&socket->nonblocking);
    if (later && socket->type == SOCK_STREAM) return EAGAIN;
  }
  int error = lw_socket_settle_connect_(socket);
  return error == EINPROGRESS ? EAGAIN : error;
}

/// Whether connecting to `name` ends the connection of a datagram socket: it is all zeros, but for its family.
static bool dissolves(const lw_socket *socket, const struct sockaddr *_Nullable name, int length) {
  static const struct sockaddr_in nothing;
  const size_t behind_family = offsetof(struct sockaddr_in, sin_port);
  return socket->type == SOCK_DGRAM && name && length >= (int)sizeof nothing &&
         memcmp((const char *)name + behind_family, (const char *)&nothing + behind_family,
                sizeof nothing - behind_family) == 0;
}

static int dissolve(lw_socket *socket) {
  const struct sockaddr nothing = {.sa_family = AF_UNSPEC};
  connect(socket->fd, &nothing, sizeof nothing);
  atomic_store(&socket->state, LW_SOCKET_IDLE);
  return 0;
}

int lw_connect(SOCKET handle, const struct sockaddr *name, int length) {
  lw_socket *socket = lw_socket_of_(handle, "connect");
  if (!socket) return SOCKET_ERROR;
  int result = SOCKET_ERROR;
  if (dissolves(socket, name, length)) {
    result = dissolve(socket);
    lw_socket_release_(socket);
    return result;
  }
  lw_socket_request request = {.attempt = lw_socket_connect_, .side = LW_SOCKET_OUT};
  request.out.length = (uint8_t)lw_address_from_winsock_(socket, name, length, request.out.address);
  if (request.out.length > 0) {
    lw_socket_settle_connect_(socket); // one that was begun before
    int error = lw_socket_perform_(socket, &request, 0xFFFFFFFFu);
    lw_socket_enable_events_(socket, FD_CONNECT);
    result = lw_socket_result_(error);
  }
  lw_socket_release_(socket);
  return result;
}

// -------------------------------------------------------------------------------------------------------------- ending

int lw_shutdown(SOCKET handle, int how) {
  lw_socket *socket = lw_socket_of_(handle, "shutdown");
  if (!socket) return SOCKET_ERROR;
  int error = 0;
  bool connected = atomic_load(&socket->state) == LW_SOCKET_CONNECTED && !atomic_load(&socket->unaccepted);
  if (how != SD_RECEIVE && how != SD_SEND && how != SD_BOTH)
    error = EINVAL;
  else if (!connected && socket->type == SOCK_STREAM)
    error = ENOTCONN;
  if (error == 0) {
    if (how != SD_SEND) atomic_store(&socket->shut_in, true);
    if (how != SD_RECEIVE) atomic_store(&socket->shut_out, true);
    // The host refuses it for datagrams, for which the marks are enough, and after the other side's reset.
    shutdown(socket->fd, how == SD_RECEIVE ? SHUT_RD : how == SD_SEND ? SHUT_WR : SHUT_RDWR);
    if (how != SD_SEND) lw_socket_retry_(socket, LW_SOCKET_IN);
  }
  lw_socket_release_(socket);
  return lw_socket_result_(error);
}
