// The addresses of sockets: bind, getsockname, getpeername.
//
// Windows lets a port be bound again while connections of an earlier owner linger, and refuses one that another socket
// is bound to. The host knows the two apart only for listening sockets, so the ports of this process's own are listed.
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "socket.h"

static lw_lock lock;
static TAILQ_HEAD(, lw_socket) bound_sockets LW_GUARDED_BY(lock) = TAILQ_HEAD_INITIALIZER(bound_sockets);

void lw_socket_unbind_(lw_socket *socket) {
  lw_lock_acquire(&lock);
  if (socket->is_listed) TAILQ_REMOVE(&bound_sockets, socket, on_bound);
  socket->is_listed = false;
  lw_lock_release_quietly(&lock);
}

/// Of an address of either family: the port stands at the same place.
static uint16_t port_of(const unsigned char address[LW_SOCKET_ADDRESS_BYTES]) {
  uint16_t port;
  memcpy(&port, address + offsetof(struct sockaddr_in, sin_port), sizeof port);
  return port;
}

static void list(lw_socket *socket) {
  socklen_t bytes = sizeof socket->bound_to;
  if (getsockname(socket->fd, (struct sockaddr *)(void *)socket->bound_to, &bytes) != 0) return;
  lw_lock_acquire(&lock);
  socket->is_listed = true;
  TAILQ_INSERT_TAIL(&bound_sockets, socket, on_bound);
  lw_lock_release_quietly(&lock);
}

/// Whether two addresses of one family take each other's place: the same port and, unless one is for any, the same
/// host.
static bool collide(int family, const unsigned char *a, const unsigned char *b) {
  static const unsigned char any[16];
  bool is_six = family == AF_INET6;
  size_t at = is_six ? offsetof(struct sockaddr_in6, sin6_addr) : offsetof(struct sockaddr_in, sin_addr);
  size_t bytes = is_six ? 16 : 4;
  if (port_of(a) != port_of(b)) return false;
  return memcmp(a + at, any, bytes) == 0 || memcmp(b + at, any, bytes) == 0 || memcmp(a + at, b + at, bytes) == 0;
}

/// Whether a socket of this process is bound to the address; and whether one wants it for itself.
static bool is_bound(const lw_socket *socket, const unsigned char *address, bool *excluded) {
  bool found = false;
  *excluded = false;
  lw_lock_acquire(&lock);
  const lw_socket *other;
  TAILQ_FOREACH(other, &bound_sockets, on_bound) {
    if (other->type != socket->type || other->family != socket->family) continue;
    if (!collide(socket->family, other->bound_to, address)) continue;
    found = true;
    if (atomic_load(&other->excludes)) *excluded = true;
  }
  lw_lock_release_quietly(&lock);
  return found;
}

/// 0 or the host's error.
static int bind_host(lw_socket *socket, const unsigned char *address, socklen_t bytes) {
  bool excluded, reuses = atomic_load(&socket->reuses);
  if (port_of(address) != 0 && is_bound(socket, address, &excluded)) {
    if (excluded && reuses) return EACCES;
    if (!reuses) return EADDRINUSE;
  }
  return bind(socket->fd, (const struct sockaddr *)(const void *)address, bytes) == 0 ? 0 : errno;
}

int lw_bind(SOCKET handle, const struct sockaddr *name, int length) {
  lw_socket *socket = lw_socket_of_(handle, "bind");
  if (!socket) return SOCKET_ERROR;
  unsigned char address[LW_SOCKET_ADDRESS_BYTES];
  int result = SOCKET_ERROR;
  socklen_t bytes = lw_address_from_winsock_(socket, name, length, address);
  if (bytes > 0 && atomic_exchange(&socket->bound, true)) {
    SetLastError(WSAEINVAL);
  } else if (bytes > 0) {
    int error = bind_host(socket, address, bytes);
    if (error == 0)
      list(socket);
    else
      atomic_store(&socket->bound, false);
    result = lw_socket_result_(error);
  }
  lw_socket_release_(socket);
  return result;
}

/// getsockname and getpeername.
static int name_of(SOCKET handle, bool peer, struct sockaddr *_Nullable name, int *_Nullable length) {
  lw_socket *socket = lw_socket_of_(handle, peer ? "getpeername" : "getsockname");
  if (!socket) return SOCKET_ERROR;
  unsigned char address[LW_SOCKET_ADDRESS_BYTES] = {0};
  socklen_t bytes = sizeof address;
  struct sockaddr *host = (struct sockaddr *)(void *)address;
  bool known = !atomic_load(&socket->unaccepted) &&
               (peer ? atomic_load(&socket->state) == LW_SOCKET_CONNECTED : atomic_load(&socket->bound));
  DWORD error = ERROR_SUCCESS;
  if (!known)
    error = peer ? WSAENOTCONN : WSAEINVAL;
  else if (!name || !length)
    error = WSAEFAULT;
  else if ((peer ? getpeername(socket->fd, host, &bytes) : getsockname(socket->fd, host, &bytes)) != 0)
    error = lw_winsock_error_(errno);
  else if (!lw_address_hand_out_(address, bytes, name, length))
    error = WSAEFAULT;
  lw_socket_release_(socket);
  return error == ERROR_SUCCESS ? 0 : lw_socket_failed_(error);
}

int lw_getsockname(SOCKET handle, struct sockaddr *name, int *length) { return name_of(handle, false, name, length); }
int lw_getpeername(SOCKET handle, struct sockaddr *name, int *length) { return name_of(handle, true, name, length); }
