// Microsoft's extensions of Winsock: calls that do several steps of a connection as one overlapped operation.
#pragma once

#include "lw_winsock.h"

#pragma clang assume_nonnull begin

BOOL lw_accept_ex_(SOCKET listener, SOCKET accepted, PVOID _Nullable output, DWORD receive_bytes, DWORD local_bytes,
                   DWORD remote_bytes, DWORD *_Nullable received, LPOVERLAPPED _Nullable overlapped);
/// Accepts the next connection into the socket `accepted`, which is neither bound nor connected, and waits for the
/// first data of it when `receive_bytes` is not 0; then come the two addresses, see `GetAcceptExSockaddrs`. Each
/// address should have 16 bytes more than it needs; the operation fails with WSAENOBUFS where the room is too small for
/// that, and a local one without room is left out; without room for a remote one the call is refused (WSAEFAULT). It is
/// cancelled when `accepted` is closed. `accepted` is not quite connected before SO_UPDATE_ACCEPT_CONTEXT.
static inline BOOL AcceptEx(SOCKET listener, SOCKET accepted, PVOID _Nullable output, DWORD receive_bytes,
                            DWORD local_bytes, DWORD remote_bytes, DWORD *_Nullable received,
                            LPOVERLAPPED _Nullable overlapped) {
  BOOL done = lw_accept_ex_(listener, accepted, output, receive_bytes, local_bytes, remote_bytes, received, overlapped);
  LW_KEEP_CALLER_FRAME();
  return done;
}
/// Finds the two addresses in the buffer of an `AcceptEx`; they stay there.
void GetAcceptExSockaddrs(PVOID _Nullable output, DWORD receive_bytes, DWORD local_bytes, DWORD remote_bytes,
                          struct sockaddr *_Nullable *_Nullable local, int *_Nullable local_length,
                          struct sockaddr *_Nullable *_Nullable remote, int *_Nullable remote_length);

BOOL lw_connect_ex_(SOCKET socket, const struct sockaddr *_Nullable name, int length, PVOID _Nullable buffer,
                    DWORD bytes, DWORD *_Nullable sent, LPOVERLAPPED _Nullable overlapped);
/// Connects a bound socket (WSAEINVAL otherwise) and then sends `buffer`, if there is one.
static inline BOOL ConnectEx(SOCKET socket, const struct sockaddr *_Nullable name, int length, PVOID _Nullable buffer,
                             DWORD bytes, DWORD *_Nullable sent, LPOVERLAPPED _Nullable overlapped) {
  BOOL done = lw_connect_ex_(socket, name, length, buffer, bytes, sent, overlapped);
  LW_KEEP_CALLER_FRAME();
  return done;
}

#define TF_DISCONNECT 0x01u
#define TF_REUSE_SOCKET 0x02u
#define TF_WRITE_BEHIND 0x04u
#define TF_USE_DEFAULT_WORKER 0x00u
#define TF_USE_SYSTEM_THREAD 0x10u
#define TF_USE_KERNEL_APC 0x20u
BOOL lw_disconnect_ex_(SOCKET socket, LPOVERLAPPED _Nullable overlapped, DWORD flags, DWORD reserved);
/// Ends a connection; with TF_REUSE_SOCKET the socket is as new afterwards and good for `AcceptEx` or `ConnectEx`.
static inline BOOL DisconnectEx(SOCKET socket, LPOVERLAPPED _Nullable overlapped, DWORD flags, DWORD reserved) {
  BOOL done = lw_disconnect_ex_(socket, overlapped, flags, reserved);
  LW_KEEP_CALLER_FRAME();
  return done;
}

typedef struct _TRANSMIT_FILE_BUFFERS {
  LPVOID _Nullable Head;
  DWORD HeadLength;
  LPVOID _Nullable Tail;
  DWORD TailLength;
} TRANSMIT_FILE_BUFFERS, *PTRANSMIT_FILE_BUFFERS, *LPTRANSMIT_FILE_BUFFERS;
BOOL lw_transmit_file_(SOCKET socket, HANDLE _Nullable file, DWORD bytes, DWORD bytes_per_send,
                       LPOVERLAPPED _Nullable overlapped, LPTRANSMIT_FILE_BUFFERS _Nullable buffers, DWORD flags);
/// Sends the head, `bytes` of `file` (0: to its end) from the offset in `*overlapped` or else from the file's own
/// position, and the tail.
static inline BOOL TransmitFile(SOCKET socket, HANDLE _Nullable file, DWORD bytes, DWORD bytes_per_send,
                                LPOVERLAPPED _Nullable overlapped, LPTRANSMIT_FILE_BUFFERS _Nullable buffers,
                                DWORD flags) {
  BOOL done = lw_transmit_file_(socket, file, bytes, bytes_per_send, overlapped, buffers, flags);
  LW_KEEP_CALLER_FRAME();
  return done;
}

int lw_wsa_recv_message_(SOCKET socket, LPWSAMSG _Nullable message, DWORD *_Nullable received,
                         LPWSAOVERLAPPED _Nullable overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine);
/// WSARecvFrom of a message, whose name and its length are lent as well; WSAEINVAL for streams.
static inline int WSARecvMsg(SOCKET socket, LPWSAMSG _Nullable message, DWORD *_Nullable received,
                             LPWSAOVERLAPPED _Nullable overlapped,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine) {
  int result = lw_wsa_recv_message_(socket, message, received, overlapped, routine);
  LW_KEEP_CALLER_FRAME();
  return result;
}

#pragma clang assume_nonnull end
