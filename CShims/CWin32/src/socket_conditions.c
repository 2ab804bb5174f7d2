// Winsock 2's forms of older calls: WSAConnect, WSAAccept with a function that may refuse a connection, and the ends of
// either direction.
#include "socket.h"

int WSAConnect(SOCKET socket, const struct sockaddr *name, int length, LPWSABUF caller_data, LPWSABUF callee_data,
               LPQOS sending, LPQOS group) {
  (void)caller_data, (void)callee_data, (void)sending, (void)group; // no protocol here has data or qualities of these
  return lw_connect(socket, name, length);
}

/// What the condition says of an accepted socket; CF_ACCEPT without one.
static int judge(SOCKET accepted, LPCONDITIONPROC _Nullable condition, DWORD_PTR data) {
  if (!condition) return CF_ACCEPT;
  unsigned char peer[LW_SOCKET_ADDRESS_BYTES], own[LW_SOCKET_ADDRESS_BYTES];
  int peer_bytes = sizeof peer, own_bytes = sizeof own;
  GROUP group = 0;
  lw_getpeername(accepted, (struct sockaddr *)(void *)peer, &peer_bytes);
  lw_getsockname(accepted, (struct sockaddr *)(void *)own, &own_bytes);
  WSABUF caller = {.len = (ULONG)peer_bytes, .buf = (char *)peer},
         callee = {.len = (ULONG)own_bytes, .buf = (char *)own};
  WSABUF nothing = {.len = 0, .buf = NULL};
  return condition(&caller, &nothing, NULL, NULL, &callee, &nothing, &group, data);
}

SOCKET WSAAccept(SOCKET listener, struct sockaddr *address, int *length, LPCONDITIONPROC condition, DWORD_PTR data) {
  SOCKET accepted = lw_accept(listener, address, length);
  if (accepted == INVALID_SOCKET) return INVALID_SOCKET;
  int verdict = judge(accepted, condition, data);
  if (verdict == CF_ACCEPT) return accepted;
  const USHORT hard[2] = {1, 0}; // the other side is to see a reset
  lw_setsockopt(accepted, LW_SOL_SOCKET, LW_SO_LINGER, (const char *)hard, sizeof hard);
  lw_closesocket_(accepted);
  SetLastError(verdict == CF_DEFER ? WSATRY_AGAIN : WSAECONNREFUSED);
  return INVALID_SOCKET;
}

int WSASendDisconnect(SOCKET socket, LPWSABUF data) {
  (void)data;
  return lw_shutdown(socket, SD_SEND);
}

int WSARecvDisconnect(SOCKET socket, LPWSABUF data) {
  (void)data;
  return lw_shutdown(socket, SD_RECEIVE);
}
