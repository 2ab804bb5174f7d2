// Options of sockets. Those of the host are passed through by a table; the rest is Windows' own.
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>

#include "socket.h"
#include "synchapi.h"

/// How an option is handed out: as a number, as a truth value that may be shorter, or always as one byte.
typedef enum option_form { WHOLE, AS_ASKED, IN_ONE_BYTE } option_form;

typedef struct host_option {
  int winsock_level, winsock_name, level, name;
  option_form form;
} host_option;

static const host_option host_options[] = {
    {LW_SOL_SOCKET, LW_SO_DEBUG, SOL_SOCKET, SO_DEBUG, AS_ASKED},
    {LW_SOL_SOCKET, LW_SO_KEEPALIVE, SOL_SOCKET, SO_KEEPALIVE, IN_ONE_BYTE},
    {LW_SOL_SOCKET, LW_SO_DONTROUTE, SOL_SOCKET, SO_DONTROUTE, IN_ONE_BYTE},
    {LW_SOL_SOCKET, LW_SO_BROADCAST, SOL_SOCKET, SO_BROADCAST, AS_ASKED},
    {LW_SOL_SOCKET, LW_SO_OOBINLINE, SOL_SOCKET, SO_OOBINLINE, AS_ASKED},
    {LW_IPPROTO_TCP, LW_TCP_NODELAY, IPPROTO_TCP, TCP_NODELAY, IN_ONE_BYTE},
    {LW_IPPROTO_TCP, LW_TCP_KEEPIDLE, IPPROTO_TCP, TCP_KEEPIDLE, WHOLE},
    {LW_IPPROTO_TCP, LW_TCP_KEEPCNT, IPPROTO_TCP, TCP_KEEPCNT, WHOLE},
    {LW_IPPROTO_TCP, LW_TCP_KEEPINTVL, IPPROTO_TCP, TCP_KEEPINTVL, WHOLE},
    {LW_IPPROTO_IP, LW_IP_TOS, IPPROTO_IP, IP_TOS, AS_ASKED},
    {LW_IPPROTO_IP, LW_IP_TTL, IPPROTO_IP, IP_TTL, AS_ASKED},
    {LW_IPPROTO_IP, LW_IP_MULTICAST_TTL, IPPROTO_IP, IP_MULTICAST_TTL, AS_ASKED},
    {LW_IPPROTO_IP, LW_IP_MULTICAST_LOOP, IPPROTO_IP, IP_MULTICAST_LOOP, AS_ASKED},
    {LW_IPPROTO_IPV6, LW_IPV6_V6ONLY, IPPROTO_IPV6, IPV6_V6ONLY, IN_ONE_BYTE},
};

static bool is_level(int level) {
  return level == LW_SOL_SOCKET || level == LW_IPPROTO_TCP || level == LW_IPPROTO_UDP || level == LW_IPPROTO_IP ||
         level == LW_IPPROTO_IPV6;
}

/// Whether it is one that streams alone have.
static bool is_of_streams(int level, int name) {
  if (level != LW_SOL_SOCKET) return false;
  return name == LW_SO_LINGER || name == LW_SO_DONTLINGER;
}

/// Whether the socket's protocol has the option.
static bool has(const lw_socket *socket, const host_option *option) {
  if (option->level == IPPROTO_TCP) return socket->type == SOCK_STREAM;
  return option->level != IPPROTO_IPV6 || socket->family == AF_INET6;
}

static const host_option *_Nullable host_option_of(int level, int name) {
  for (size_t i = 0; i < sizeof host_options / sizeof *host_options; i++)
    if (host_options[i].winsock_level == level && host_options[i].winsock_name == name) return &host_options[i];
  return NULL;
}

// ------------------------------------------------------------------------------------------------------------- setting

static DWORD set_host(lw_socket *socket, int level, int name, int value) {
  return setsockopt(socket->fd, level, name, &value, sizeof value) == 0 ? ERROR_SUCCESS : lw_winsock_error_(errno);
}

/// SO_REUSEADDR. Two of the host's options together allow what it does on Windows.
static DWORD set_reuse(lw_socket *socket, bool on) {
  if (on && atomic_load(&socket->excludes)) return WSAEINVAL;
  atomic_store(&socket->reuses, on);
  if (socket->type == SOCK_DGRAM) set_host(socket, SOL_SOCKET, SO_REUSEADDR, on); // streams have it always
  return set_host(socket, SOL_SOCKET, SO_REUSEPORT, on);
}

static DWORD set_exclusive(lw_socket *socket, bool on) {
  if (on && atomic_load(&socket->reuses)) return WSAEINVAL;
  atomic_store(&socket->excludes, on);
  return ERROR_SUCCESS;
}

static DWORD set_linger(lw_socket *socket, const char *value, int length) {
  USHORT parts[2]; // l_onoff, l_linger
  if (length < (int)sizeof parts) return WSAEFAULT;
  memcpy(parts, value, sizeof parts);
  struct linger host = {.l_onoff = parts[0] != 0, .l_linger = parts[1]};
  return setsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &host, sizeof host) == 0 ? ERROR_SUCCESS
                                                                                : lw_winsock_error_(errno);
}

static DWORD set_buffer(lw_socket *socket, lw_socket_side side, int bytes) {
  if (bytes < 0) return WSAEINVAL;
  atomic_store(&socket->buffer_bytes[side], bytes);
  return set_host(socket, SOL_SOCKET, side == LW_SOCKET_IN ? SO_RCVBUF : SO_SNDBUF, bytes);
}

/// SO_UPDATE_ACCEPT_CONTEXT, whose value is the listening socket, and SO_UPDATE_CONNECT_CONTEXT, which has none.
static DWORD update_context(lw_socket *socket, const char *_Nullable value, int length, bool accepted) {
  SOCKET listener;
  if (accepted) {
    if (!value || length < (int)sizeof listener) return WSAEFAULT;
    memcpy(&listener, value, sizeof listener);
    lw_socket *other = lw_socket_of_(listener, "setsockopt");
    if (!other) return WSAENOTSOCK;
    lw_socket_release_(other);
  }
  if (atomic_load(&socket->state) != LW_SOCKET_CONNECTED) return WSAENOTCONN;
  atomic_store(&socket->unaccepted, false);
  return ERROR_SUCCESS;
}

static DWORD set_integer(lw_socket *socket, int level, int name, int value) {
  if (level == LW_SOL_SOCKET) {
    switch (name) {
    case LW_SO_REUSEADDR:
      return set_reuse(socket, value != 0);
    case LW_SO_EXCLUSIVEADDRUSE:
      return set_exclusive(socket, value != 0);
    case LW_SO_RCVBUF:
      return set_buffer(socket, LW_SOCKET_IN, value);
    case LW_SO_SNDBUF:
      return set_buffer(socket, LW_SOCKET_OUT, value);
    case LW_SO_RCVTIMEO:
    case LW_SO_SNDTIMEO:
      atomic_store(&socket->timeouts[name == LW_SO_RCVTIMEO ? LW_SOCKET_IN : LW_SOCKET_OUT],
                   value == 0 ? INFINITE : (DWORD)value);
      return ERROR_SUCCESS;
    case LW_SO_DONTLINGER:
      return set_linger(socket, (const char[4]){value == 0}, 4);
    }
  }
  const host_option *option = host_option_of(level, name);
  if (!option) return WSAENOPROTOOPT;
  if (!has(socket, option)) return option->level == IPPROTO_TCP ? WSAEINVAL : ERROR_SUCCESS;
  if (option->name == SO_DEBUG && option->level == SOL_SOCKET) return ERROR_SUCCESS; // the host's is for its own
  return set_host(socket, option->level, option->name, option->form == IN_ONE_BYTE ? value != 0 : value);
}

static DWORD set_option(lw_socket *socket, int level, int name, const char *_Nullable value, int length) {
  if (level == LW_SOL_SOCKET && name == LW_SO_UPDATE_CONNECT_CONTEXT) return update_context(socket, NULL, 0, false);
  if (level == LW_SOL_SOCKET && name == LW_SO_UPDATE_ACCEPT_CONTEXT) return update_context(socket, value, length, true);
  if (!value || length < 1) return WSAEFAULT;
  if (!is_level(level)) return WSAEINVAL;
  if (socket->type == SOCK_DGRAM && is_of_streams(level, name)) return WSAENOPROTOOPT;
  if (level == LW_SOL_SOCKET && name == LW_SO_LINGER) return set_linger(socket, value, length);
  bool is_whole = level == LW_SOL_SOCKET &&
                  (name == LW_SO_RCVBUF || name == LW_SO_SNDBUF || name == LW_SO_RCVTIMEO || name == LW_SO_SNDTIMEO);
  int number = 0;
  if (length < (int)sizeof number && is_whole) return WSAEFAULT;
  memcpy(&number, value, length < (int)sizeof number ? (size_t)length : sizeof number);
  return set_integer(socket, level, name, number);
}

int lw_setsockopt(SOCKET handle, int level, int name, const char *value, int length) {
  lw_socket *socket = lw_socket_of_(handle, "setsockopt");
  if (!socket) return SOCKET_ERROR;
  DWORD error = set_option(socket, level, name, value, length);
  lw_socket_release_(socket);
  return error == ERROR_SUCCESS ? 0 : lw_socket_failed_(error);
}

// ------------------------------------------------------------------------------------------------------------- getting

static int get_host(const lw_socket *socket, int level, int name) {
  int value = 0;
  socklen_t bytes = sizeof value;
  getsockopt(socket->fd, level, name, &value, &bytes);
  return value;
}

/// SO_ERROR: how the last connect ended, or what else has happened; once.
static int take_error(lw_socket *socket) {
  int error = lw_socket_settle_connect_(socket);
  if (error == EINPROGRESS) return 0;
  if (error != 0) {
    atomic_store(&socket->connect_error, 0);
    return (int)lw_winsock_error_(error);
  }
  error = get_host(socket, SOL_SOCKET, SO_ERROR);
  return error == 0 ? 0 : (int)lw_winsock_error_(error);
}

/// SO_CONNECT_TIME: the seconds since it is connected; all ones when it is not.
static int connect_seconds(lw_socket *socket) {
  const lw_time ns_per_second = 1000000000;
  if (atomic_load(&socket->state) != LW_SOCKET_CONNECTED) return -1;
  return (int)((lw_clock_now() - atomic_load(&socket->connected_at)) / ns_per_second);
}

static int buffer_of(lw_socket *socket, lw_socket_side side) {
  int asked = atomic_load(&socket->buffer_bytes[side]);
  return asked != 0 ? asked : get_host(socket, SOL_SOCKET, side == LW_SOCKET_IN ? SO_RCVBUF : SO_SNDBUF);
}

static int timeout_of(lw_socket *socket, lw_socket_side side) {
  DWORD ms = atomic_load(&socket->timeouts[side]);
  return ms == INFINITE ? 0 : (int)ms;
}

static struct linger linger_of(const lw_socket *socket) {
  struct linger host = {0};
  socklen_t bytes = sizeof host;
  getsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &host, &bytes);
  return host;
}

/// An option of Windows' own that is one number. False when there is none of that name.
static bool get_integer(lw_socket *socket, int name, int *value) {
  switch (name) {
  case LW_SO_ERROR:
    *value = take_error(socket);
    return true;
  case LW_SO_TYPE:
    *value = socket->type == SOCK_STREAM ? LW_SOCK_STREAM : LW_SOCK_DGRAM;
    return true;
  case LW_SO_ACCEPTCONN:
    *value = atomic_load(&socket->state) == LW_SOCKET_LISTENING;
    return true;
  case LW_SO_REUSEADDR:
    *value = atomic_load(&socket->reuses);
    return true;
  case LW_SO_EXCLUSIVEADDRUSE:
    *value = atomic_load(&socket->excludes);
    return true;
  case LW_SO_RCVBUF:
    *value = buffer_of(socket, LW_SOCKET_IN);
    return true;
  case LW_SO_SNDBUF:
    *value = buffer_of(socket, LW_SOCKET_OUT);
    return true;
  case LW_SO_RCVTIMEO:
    *value = timeout_of(socket, LW_SOCKET_IN);
    return true;
  case LW_SO_SNDTIMEO:
    *value = timeout_of(socket, LW_SOCKET_OUT);
    return true;
  case LW_SO_CONNECT_TIME:
    *value = connect_seconds(socket);
    return true;
  case LW_SO_DONTLINGER:
    *value = !linger_of(socket).l_onoff;
    return true;
  case LW_SO_MAX_MSG_SIZE:
    *value = 65507;
    return true;
  default:
    return false;
  }
}

static DWORD hand_out(const void *from, int bytes, char *value, int *length) {
  if (*length < bytes) return WSAEFAULT;
  memcpy(value, from, (size_t)bytes);
  *length = bytes;
  return ERROR_SUCCESS;
}

static DWORD get_protocol(const lw_socket *socket, char *value, int *length) {
  WSAPROTOCOL_INFOA info = {.iVersion = 2,
                            .iAddressFamily = socket->family == AF_INET ? LW_AF_INET : LW_AF_INET6,
                            .iMaxSockAddr = socket->family == AF_INET ? 16 : LW_SOCKET_ADDRESS_BYTES,
                            .iMinSockAddr = socket->family == AF_INET ? 16 : LW_SOCKET_ADDRESS_BYTES,
                            .iSocketType = socket->type == SOCK_STREAM ? LW_SOCK_STREAM : LW_SOCK_DGRAM,
                            .iProtocol = socket->protocol};
  info.ProtocolChain.ChainLen = 1;
  return hand_out(&info, sizeof info, value, length);
}

static DWORD get_option(lw_socket *socket, int level, int name, char *_Nullable value, int *_Nullable length) {
  if (!value || !length || *length < 1) return WSAEFAULT;
  if (socket->type == SOCK_DGRAM && is_of_streams(level, name)) return WSAENOPROTOOPT;
  if (level == LW_SOL_SOCKET && name == LW_SO_LINGER) {
    struct linger host = linger_of(socket);
    const USHORT parts[2] = {host.l_onoff != 0, (USHORT)host.l_linger};
    return hand_out(parts, sizeof parts, value, length);
  }
  if (level == LW_SOL_SOCKET && name == LW_SO_PROTOCOL_INFOA) return get_protocol(socket, value, length);
  if (!is_level(level)) return WSAEINVAL;
  option_form form =
      name == LW_SO_REUSEADDR || name == LW_SO_EXCLUSIVEADDRUSE || name == LW_SO_DONTLINGER ? AS_ASKED : WHOLE;
  int number = 0;
  if (level != LW_SOL_SOCKET || !get_integer(socket, name, &number)) {
    const host_option *option = host_option_of(level, name);
    if (!option) return WSAENOPROTOOPT;
    if (!has(socket, option)) return WSAEOPNOTSUPP;
    number = get_host(socket, option->level, option->name);
    form = option->form;
  }
  if (form == WHOLE || (form == AS_ASKED && *length >= (int)sizeof number))
    return hand_out(&number, sizeof number, value, length);
  if (form == IN_ONE_BYTE) *length = 1;
  memset(value, 0, (size_t)*length);
  *value = (char)number;
  return ERROR_SUCCESS;
}

int lw_getsockopt(SOCKET handle, int level, int name, char *value, int *length) {
  lw_socket *socket = lw_socket_of_(handle, "getsockopt");
  if (!socket) return SOCKET_ERROR;
  DWORD error = get_option(socket, level, name, value, length);
  lw_socket_release_(socket);
  return error == ERROR_SUCCESS ? 0 : lw_socket_failed_(error);
}
