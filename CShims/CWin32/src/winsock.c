// Winsock as a whole: beginning and end, the last error, control codes, the machine's name.
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "socket.h"
#include "synchapi.h"

_Atomic int lw_winsock_uses_;

int WSAStartup(WORD version, LPWSADATA data) {
  const WORD highest = MAKEWORD(2, 2);
  if (!data) return (int)WSAEFAULT;
  BYTE major = LOBYTE(version);
  *data = (WSADATA){.wVersion = major == 0 || major > 2 || (major == 2 && HIBYTE(version) > 2) ? highest : version,
                    .wHighVersion = highest,
                    .szDescription = "WinSock 2.0",
                    .szSystemStatus = "Running"};
  if (major == 0) return (int)WSAVERNOTSUPPORTED;
  atomic_fetch_add(&lw_winsock_uses_, 1);
  return 0;
}

bool lw_winsock_says_no_(void) {
  SetLastError(WSANOTINITIALISED);
  return false;
}

int WSACleanup(void) {
  int before = atomic_load(&lw_winsock_uses_);
  do
    if (before == 0) return lw_socket_failed_(WSANOTINITIALISED);
  while (!atomic_compare_exchange_weak(&lw_winsock_uses_, &before, before - 1));
  return 0;
}

int WSAGetLastError(void) { return (int)GetLastError(); }
void WSASetLastError(int error) { SetLastError((DWORD)error); }

DWORD WSAWaitForMultipleEvents(DWORD count, const WSAEVENT *events, BOOL all, DWORD ms, BOOL alertable) {
  return WaitForMultipleObjectsEx(count, events, all, ms, alertable);
}

int lw_gethostname(char *name, int bytes) {
  char whole[256];
  if (!lw_winsock_is_started_()) return SOCKET_ERROR;
  if (gethostname(whole, sizeof whole) != 0) return lw_socket_failed_(WSAENETDOWN);
  whole[sizeof whole - 1] = 0;
  if (!name || bytes <= (int)strlen(whole)) return lw_socket_failed_(WSAEFAULT);
  memcpy(name, whole, strlen(whole) + 1);
  return 0;
}

// ------------------------------------------------------------------------------------------------------- control codes

/// SIOCATMARK: TRUE where no urgent byte waits at this place, or they come in line - the reverse of what the host says.
static DWORD look_for_mark(const lw_socket *socket, ULONG *has_none) {
  int inlined = 0, at_mark = 0;
  socklen_t bytes = sizeof inlined;
  if (socket->type != SOCK_STREAM) return WSAEINVAL;
  if (getsockopt(socket->fd, SOL_SOCKET, SO_OOBINLINE, &inlined, &bytes) != 0) return lw_winsock_error_(errno);
  if (!inlined && ioctl(socket->fd, SIOCATMARK, &at_mark) != 0) return lw_winsock_error_(errno);
  *has_none = inlined || !at_mark;
  return ERROR_SUCCESS;
}

static DWORD control(lw_socket *socket, DWORD code, ULONG *_Nullable argument) {
  if (!argument) return WSAEFAULT;
  if (code == LW_FIONBIO) {
    lw_lock_acquire(&socket->lock);
    bool selected = socket->event != NULL;
    lw_lock_release_quietly(&socket->lock);
    if (selected && *argument == 0) return WSAEINVAL; // WSAEventSelect wants it so
    atomic_store(&socket->nonblocking, *argument != 0);
    return ERROR_SUCCESS;
  }
  if (code == LW_SIOCATMARK) return look_for_mark(socket, argument);
  if (code != LW_FIONREAD) return WSAEOPNOTSUPP;
  int bytes = 0;
  // A listening socket has nothing to read.
  if (atomic_load(&socket->state) == LW_SOCKET_LISTENING) return WSAEINVAL;
  if (ioctl(socket->fd, FIONREAD, &bytes) != 0) return lw_winsock_error_(errno);
  *argument = (ULONG)bytes;
  return ERROR_SUCCESS;
}

int lw_ioctlsocket(SOCKET handle, LONG command, ULONG *argument) {
  lw_socket *socket = lw_socket_of_(handle, "ioctlsocket");
  if (!socket) return SOCKET_ERROR;
  DWORD error = control(socket, (DWORD)command, argument);
  lw_socket_release_(socket);
  return error == ERROR_SUCCESS ? 0 : lw_socket_failed_(error);
}

/// The extension functions by identifier. Their entries, which a program calls by address, keep the caller's frame too.
static const void *_Nullable function_of(const GUID *id) {
  static const struct {
    GUID id;
    const void *function;
  } functions[] = {
      {{0xb5367df0, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}, (const void *)TransmitFile},
      {{0xb5367df1, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}, (const void *)AcceptEx},
      {{0xb5367df2, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}},
       (const void *)GetAcceptExSockaddrs},
      {{0x25a207b9, 0xddf3, 0x4660, {0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e}}, (const void *)ConnectEx},
      {{0x7fda2e11, 0x8630, 0x436f, {0xa0, 0x31, 0xf5, 0x36, 0xa6, 0xee, 0xc1, 0x57}}, (const void *)DisconnectEx},
      {{0xf689d7c8, 0x6f1f, 0x436b, {0x8a, 0x53, 0xe5, 0x4f, 0xe3, 0x51, 0xc3, 0x22}}, (const void *)WSARecvMsg},
      {{0xa441e712, 0x754f, 0x43ca, {0x84, 0xa7, 0x0d, 0xee, 0x44, 0xcf, 0x60, 0x6d}}, (const void *)WSASendMsg},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (IsEqualGUID(&functions[i].id, id)) return functions[i].function;
  return NULL;
}

static DWORD get_function(const void *_Nullable input, DWORD input_bytes, void *_Nullable output, DWORD output_bytes,
                          DWORD *returned) {
  GUID id;
  if (!input || input_bytes < sizeof id || !output || output_bytes < sizeof(void *)) return WSAEFAULT;
  memcpy(&id, input, sizeof id);
  const void *function = function_of(&id);
  if (!function) return WSAEINVAL;
  memcpy(output, &function, sizeof function);
  *returned = sizeof function;
  return ERROR_SUCCESS;
}

/// tcp_keepalive: on, and after how many milliseconds; the host takes seconds.
static DWORD set_keepalive(lw_socket *socket, const void *_Nullable input, DWORD input_bytes) {
  ULONG values[3];
  if (!input || input_bytes < sizeof values) return WSAEFAULT;
  memcpy(values, input, sizeof values);
  int on = values[0] != 0;
  return setsockopt(socket->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0 ? ERROR_SUCCESS
                                                                               : lw_winsock_error_(errno);
}

int WSAIoctl(SOCKET handle, DWORD code, LPVOID input, DWORD input_bytes, LPVOID output, DWORD output_bytes,
             DWORD *returned, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  (void)overlapped, (void)routine;
  lw_socket *socket = lw_socket_of_(handle, "WSAIoctl");
  if (!socket) return SOCKET_ERROR;
  DWORD error = WSAEOPNOTSUPP, bytes = 0;
  if (!returned)
    error = WSAEFAULT;
  else if (code == SIO_GET_EXTENSION_FUNCTION_POINTER)
    error = get_function(input, input_bytes, output, output_bytes, &bytes);
  else if (code == SIO_KEEPALIVE_VALS)
    error = set_keepalive(socket, input, input_bytes);
  else if (code == SIO_UDP_CONNRESET)
    error = lw_socket_tell_refusals_(socket, input, input_bytes);
  else if (code == LW_FIONBIO)
    error = input_bytes < sizeof(ULONG) ? WSAEFAULT : control(socket, code, input);
  else if (code == LW_FIONREAD) {
    error = output_bytes < sizeof(ULONG) ? WSAEFAULT : control(socket, code, output);
    bytes = sizeof(ULONG);
  }
  if (error == ERROR_SUCCESS) *returned = bytes;
  lw_socket_release_(socket);
  return error == ERROR_SUCCESS ? 0 : lw_socket_failed_(error);
}
