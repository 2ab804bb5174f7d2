// Requests on sockets: asyncio's Overlapped object over Winsock. A SOCKET is the `handle` of its request. Each of these
// starts the request and returns what `lw_request_read` does: ERROR_SUCCESS (also while it is pending), or why it was
// not started. Addresses are Winsock's, 16 or 28 bytes.
#pragma once

#include "lw_mswsock.h"
#include "lw_request.h"

#pragma clang assume_nonnull begin

DWORD lw_request_receive_(lw_request *request, SOCKET socket, DWORD bytes, DWORD flags);
/// WSARecv of at most `bytes` into a new buffer.
static inline DWORD lw_request_receive(lw_request *request, SOCKET socket, DWORD bytes, DWORD flags) {
  DWORD error = lw_request_receive_(request, socket, bytes, flags);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_receive_into_(lw_request *request, SOCKET socket, void *buffer, DWORD bytes, DWORD flags);
/// WSARecv into the caller's own `buffer`, which is lent until the request has ended.
static inline DWORD lw_request_receive_into(lw_request *request, SOCKET socket, void *buffer, DWORD bytes,
                                            DWORD flags) {
  DWORD error = lw_request_receive_into_(request, socket, buffer, bytes, flags);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_receive_from_(lw_request *request, SOCKET socket, DWORD bytes, DWORD flags);
/// WSARecvFrom of one datagram, of which at most `bytes` are kept; who sent it is in `sender`.
static inline DWORD lw_request_receive_from(lw_request *request, SOCKET socket, DWORD bytes, DWORD flags) {
  DWORD error = lw_request_receive_from_(request, socket, bytes, flags);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_receive_from_into_(lw_request *request, SOCKET socket, void *buffer, DWORD bytes, DWORD flags);
/// The same into the caller's own `buffer`, which is lent until the request has ended.
static inline DWORD lw_request_receive_from_into(lw_request *request, SOCKET socket, void *buffer, DWORD bytes,
                                                 DWORD flags) {
  DWORD error = lw_request_receive_from_into_(request, socket, buffer, bytes, flags);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_send_(lw_request *request, SOCKET socket, const void *data, DWORD bytes, DWORD flags);
/// WSASend of a copy of `data`.
static inline DWORD lw_request_send(lw_request *request, SOCKET socket, const void *data, DWORD bytes, DWORD flags) {
  DWORD error = lw_request_send_(request, socket, data, bytes, flags);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_send_to_(lw_request *request, SOCKET socket, const void *data, DWORD bytes, DWORD flags,
                          const void *_Nullable to, int to_bytes);
/// WSASendTo of a copy of `data`; without `to` it goes where the socket is connected to.
static inline DWORD lw_request_send_to(lw_request *request, SOCKET socket, const void *data, DWORD bytes, DWORD flags,
                                       const void *_Nullable to, int to_bytes) {
  DWORD error = lw_request_send_to_(request, socket, data, bytes, flags, to, to_bytes);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_accept_(lw_request *request, SOCKET listener, SOCKET accepted);
/// AcceptEx of the next connection of `listener` into `accepted`, a new socket of the same family.
static inline DWORD lw_request_accept(lw_request *request, SOCKET listener, SOCKET accepted) {
  DWORD error = lw_request_accept_(request, listener, accepted);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_connect_(lw_request *request, SOCKET socket, const void *to, int to_bytes);
/// ConnectEx of a bound socket.
static inline DWORD lw_request_connect(lw_request *request, SOCKET socket, const void *to, int to_bytes) {
  DWORD error = lw_request_connect_(request, socket, to, to_bytes);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_disconnect_(lw_request *request, SOCKET socket, DWORD flags);
/// DisconnectEx; TF_REUSE_SOCKET or 0.
static inline DWORD lw_request_disconnect(lw_request *request, SOCKET socket, DWORD flags) {
  DWORD error = lw_request_disconnect_(request, socket, flags);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_transmit_file_(lw_request *request, SOCKET socket, HANDLE _Nullable file, uint64_t offset,
                                DWORD bytes);
/// TransmitFile of `bytes` (0: to the file's end) from `offset`.
static inline DWORD lw_request_transmit_file(lw_request *request, SOCKET socket, HANDLE _Nullable file, uint64_t offset,
                                             DWORD bytes) {
  DWORD error = lw_request_transmit_file_(request, socket, file, offset, bytes);
  LW_KEEP_CALLER_FRAME();
  return error;
}

#pragma clang assume_nonnull end
