// Making sockets, the handles they go by, and their end.
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "fileapi.h"
#include "socket_transfers.h"
#include "synchapi.h"

static lw_pool pool = LW_POOL(lw_socket);
static pthread_once_t refusing_once = PTHREAD_ONCE_INIT;
static int refusing = -1; ///< a descriptor that neither gives nor takes anything

static void destroy(lw_file *file) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_socket *socket = (lw_socket *)file; // nobody else refers to it
  lw_socket_unbind_(socket);
  if (socket->watch) lw_watch_end(socket->watch);
  close(socket->fd);
  if (socket->event) lw_object_release_(socket->event);
  lw_pool_give(&pool, socket);
}

static void make_refusing(void) { refusing = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

void lw_socket_let_descriptor_go_(lw_socket *socket) {
  if (refusing >= 0) dup3(refusing, socket->fd, O_CLOEXEC);
}

static void forget(lw_operation *operation) {
  lw_file *other = lw_socket_request_of_(operation)->other;
  if (other) lw_file_release_(other);
}

const lw_file_kind lw_socket_kind_ = {.name = "socket",
                                      .type = FILE_TYPE_PIPE,
                                      .start = lw_socket_start_,
                                      .withdraw = lw_socket_withdraw_,
                                      .forget = forget,
                                      .closed = lw_socket_closed_,
                                      .destroy = destroy};

// -------------------------------------------------------------------------------------------------------------- making

int lw_socket_host_make_(int family, int type) { return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

/// Of what a datagram found out on its way, Windows tells the next receive.
static void tell_refusals(const lw_socket *socket, int on) {
  if (socket->family == AF_INET) setsockopt(socket->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  if (socket->family == AF_INET6) setsockopt(socket->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
}

DWORD lw_socket_tell_refusals_(lw_socket *socket, const void *value, DWORD bytes) {
  BOOL on;
  if (!value || bytes < sizeof on) return WSAEFAULT;
  memcpy(&on, value, sizeof on);
  if (socket->type == SOCK_DGRAM) tell_refusals(socket, on != FALSE);
  return ERROR_SUCCESS;
}

lw_socket *lw_socket_make_(int family, int type, bool overlapped, int fd) LW_NO_THREAD_SAFETY_ANALYSIS {
  pthread_once(&refusing_once, make_refusing);
  if (fd < 0) fd = lw_socket_host_make_(family, type);
  if (fd < 0) return NULL;
  lw_socket *made = lw_pool_take(&pool);
  if (!made) {
    close(fd);
    errno = ENOMEM;
    return NULL;
  }
  lw_file_prepare_(&made->file, &lw_socket_kind_, FILE_GENERIC_READ | FILE_GENERIC_WRITE, overlapped);
  made->family = family;
  made->type = type;
  made->protocol = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
  made->fd = fd;
  for (int side = 0; side < LW_SOCKET_SIDES; side++) {
    TAILQ_INIT(&made->queues[side]);
    atomic_store(&made->timeouts[side], INFINITE);
  }
  TAILQ_INIT(&made->waiters);
  const int on = 1;
  if (type == SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); // see socket_names.c
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on); // as on Windows
  if (type == SOCK_DGRAM) tell_refusals(made, true);
  return made;
}

SOCKET lw_socket_open_(lw_socket *socket, bool inherited) {
  lw_rights rights = LW_RIGHTS_ALL | (inherited ? LW_RIGHTS_INHERIT : 0);
  HANDLE handle = lw_handle_open_with_(&socket->file.object, rights);
  SetLastError(handle ? ERROR_SUCCESS : WSAENOBUFS);
  return handle ? (SOCKET)(uintptr_t)handle : INVALID_SOCKET;
}

static DWORD refused_parameters(int family, int type, int protocol) {
  if (family != LW_AF_INET && family != LW_AF_INET6) return WSAEAFNOSUPPORT;
  if (type != LW_SOCK_STREAM && type != LW_SOCK_DGRAM) return WSAESOCKTNOSUPPORT;
  if (protocol != 0 && protocol != LW_IPPROTO_TCP && protocol != LW_IPPROTO_UDP) return WSAEPROTONOSUPPORT;
  bool fits = protocol == 0 || (protocol == LW_IPPROTO_TCP) == (type == LW_SOCK_STREAM);
  return fits ? ERROR_SUCCESS : WSAEPROTONOSUPPORT;
}

static SOCKET make_and_open(int family, int type, int protocol, DWORD flags) {
  if (!lw_winsock_is_started_()) return INVALID_SOCKET;
  if (family == LW_AF_UNSPEC && protocol == 0) { // a type alone names none
    SetLastError(WSAEINVAL);
    return INVALID_SOCKET;
  }
  if (family == LW_AF_UNSPEC) family = LW_AF_INET;
  if (type == 0) type = protocol == LW_IPPROTO_UDP ? LW_SOCK_DGRAM : LW_SOCK_STREAM;
  DWORD error = refused_parameters(family, type, protocol);
  if (error != ERROR_SUCCESS) {
    SetLastError(error);
    return INVALID_SOCKET;
  }
  int host_family = family == LW_AF_INET6 ? AF_INET6 : AF_INET;
  lw_socket *made =
      lw_socket_make_(host_family, type == LW_SOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM, flags & WSA_FLAG_OVERLAPPED, -1);
  if (made) return lw_socket_open_(made, !(flags & WSA_FLAG_NO_HANDLE_INHERIT));
  SetLastError(lw_winsock_error_(errno));
  return INVALID_SOCKET;
}

SOCKET lw_open_socket(int family, int type, int protocol) {
  return make_and_open(family, type, protocol, WSA_FLAG_OVERLAPPED);
}

SOCKET WSASocketA(int family, int type, int protocol, LPWSAPROTOCOL_INFOA info, GROUP group, DWORD flags) {
  (void)group;
  if (info && info->dwProviderReserved) return lw_socket_shared_(info->dwProviderReserved);
  if (info && family == FROM_PROTOCOL_INFO) family = info->iAddressFamily;
  if (info && type == FROM_PROTOCOL_INFO) type = info->iSocketType;
  if (info && protocol == FROM_PROTOCOL_INFO) protocol = info->iProtocol;
  return make_and_open(family, type, protocol, flags);
}

SOCKET WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP group, DWORD flags) {
  if (!info) return WSASocketA(family, type, protocol, NULL, group, flags);
  WSAPROTOCOL_INFOA narrow = {.iAddressFamily = info->iAddressFamily,
                              .iSocketType = info->iSocketType,
                              .iProtocol = info->iProtocol,
                              .dwProviderReserved = info->dwProviderReserved};
  return WSASocketA(family, type, protocol, &narrow, group, flags);
}

// ------------------------------------------------------------------------------------------------------------- handles

lw_socket *lw_socket_of_(SOCKET handle, const char *api) {
  if (!lw_winsock_is_started_()) return NULL;
  lw_object *object = lw_handle_object_for_((HANDLE)(uintptr_t)handle, &lw_file_type_, 0, api);
  if (object && ((lw_file *)object)->kind == &lw_socket_kind_) return (lw_socket *)object;
  if (object) lw_object_release_(object);
  SetLastError(WSAENOTSOCK);
  return NULL;
}

int lw_closesocket_(SOCKET handle) {
  lw_socket *socket = lw_socket_of_(handle, "closesocket");
  if (!socket) return SOCKET_ERROR;
  lw_socket_release_(socket);
  return lw_close_handle_((HANDLE)(uintptr_t)handle) ? 0 : lw_socket_failed_(WSAENOTSOCK);
}

void lw_socket_adopt_(lw_socket *socket, int fd) {
  lw_lock_acquire(&socket->lock);
  lw_watch *watch = socket->watch;
  socket->watch = NULL;
  socket->armed = 0;
  lw_lock_release(&socket->lock);
  if (watch) lw_watch_end(watch);
  lw_lock_acquire(&socket->lock);
  if (!socket->closed) dup3(fd, socket->fd, O_CLOEXEC);
  lw_lock_release(&socket->lock);
  close(fd);
}
