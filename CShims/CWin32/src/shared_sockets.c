// WSADuplicateSocket, and sockets that WSASocket makes by its answer: a further handle of the same socket, in this
// process or in a child, whose value is in the WSAPROTOCOL_INFO.
#include "handleapi.h"
#include "processthreadsapi.h"
#include "socket.h"

/// A handle of the socket in the process of that number; 0 and the last error.
static DWORD duplicate(SOCKET socket, DWORD process_id) {
  HANDLE process = OpenProcess(PROCESS_DUP_HANDLE, FALSE, process_id), target = NULL;
  if (!process) return (DWORD)lw_failed_(WSAEINVAL);
  bool done = lw_duplicate_handle_(GetCurrentProcess(), (HANDLE)(uintptr_t)socket, process, &target, 0, FALSE,
                                   DUPLICATE_SAME_ACCESS);
  lw_close_handle_(process);
  return done ? (DWORD)(uintptr_t)target : (DWORD)lw_failed_(WSAEINVAL);
}

int WSADuplicateSocketA(SOCKET socket, DWORD process_id, LPWSAPROTOCOL_INFOA info) {
  int bytes = sizeof *info;
  if (!info) return lw_socket_failed_(WSAEFAULT);
  if (lw_getsockopt(socket, LW_SOL_SOCKET, LW_SO_PROTOCOL_INFOA, (char *)info, &bytes) != 0) return SOCKET_ERROR;
  info->dwProviderReserved = duplicate(socket, process_id);
  return info->dwProviderReserved ? 0 : SOCKET_ERROR;
}

int WSADuplicateSocketW(SOCKET socket, DWORD process_id, LPWSAPROTOCOL_INFOW info) {
  WSAPROTOCOL_INFOA narrow;
  if (!info) return lw_socket_failed_(WSAEFAULT);
  if (WSADuplicateSocketA(socket, process_id, &narrow) != 0) return SOCKET_ERROR;
  *info = (WSAPROTOCOL_INFOW){.ProtocolChain = narrow.ProtocolChain,
                              .iVersion = narrow.iVersion,
                              .iAddressFamily = narrow.iAddressFamily,
                              .iMaxSockAddr = narrow.iMaxSockAddr,
                              .iMinSockAddr = narrow.iMinSockAddr,
                              .iSocketType = narrow.iSocketType,
                              .iProtocol = narrow.iProtocol,
                              .dwProviderReserved = narrow.dwProviderReserved};
  return 0;
}

SOCKET lw_socket_shared_(DWORD value) {
  SOCKET handle = value;
  lw_socket *socket = lw_socket_of_(handle, "WSASocket");
  if (!socket) return INVALID_SOCKET;
  lw_socket_release_(socket);
  return handle;
}
