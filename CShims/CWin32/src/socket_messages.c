// WSASendMsg and WSARecvMsg: a datagram with its address as one structure. There is no control data.
#include "socket.h"

/// Whether it is a socket of datagrams; false and the last error.
static bool is_for_messages(SOCKET handle, const char *api) {
  lw_socket *socket = lw_socket_of_(handle, api);
  if (!socket) return false;
  bool has_messages = socket->type == SOCK_DGRAM;
  lw_socket_release_(socket);
  return has_messages || lw_failed_(WSAEINVAL);
}

int lw_wsa_recv_message_(SOCKET handle, LPWSAMSG message, DWORD *received, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  static const char api[] = "WSARecvMsg";
  if (!is_for_messages(handle, api)) return SOCKET_ERROR;
  if (!message) return lw_socket_failed_(WSAEFAULT);
  message->Control.len = 0;
  return lw_wsa_recv_(handle, message->lpBuffers, message->dwBufferCount, received, &message->dwFlags, message->name,
                      message->name ? &message->namelen : NULL, overlapped, routine, api);
}

int lw_wsa_send_message_(SOCKET handle, LPWSAMSG message, DWORD flags, DWORD *sent, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  static const char api[] = "WSASendMsg";
  if (!is_for_messages(handle, api)) return SOCKET_ERROR;
  if (!message) return lw_socket_failed_(WSAEFAULT);
  return lw_wsa_send_(handle, message->lpBuffers, message->dwBufferCount, sent, flags, message->name,
                      message->name ? message->namelen : 0, overlapped, routine, api);
}
