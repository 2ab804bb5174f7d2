// Requests on sockets: asyncio's Overlapped object over Winsock and its extensions.
#include "lw_socket_request.h"

#include <string.h>

#include "request.h"

/// What AcceptEx wants to store of each of the two addresses.
enum { ACCEPT_ADDRESS_BYTES = LW_REQUEST_ADDRESS_BYTES + 16 };

static HANDLE _Nullable handle_of(SOCKET socket) { return (HANDLE)socket; }

/// Begins a request that has a buffer of its own.
static DWORD begin(lw_request *request, SOCKET socket, lw_request_type type, DWORD bytes) {
  DWORD error = lw_request_begin_(request, handle_of(socket), type);
  if (error) return error;
  return lw_request_take_buffer_(request, bytes) ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

/// Only the memory is lent: the array that names it, and the flags, are read while the call lasts.
static DWORD receive(lw_request *request, SOCKET socket, DWORD flags, const char *api) {
  WSABUF buffer = {.len = request->bytes, .buf = request->buffer};
  lw_sender *sender = request->sender;
  int result =
      lw_wsa_recv_(socket, &buffer, 1, NULL, &flags, sender ? (struct sockaddr *)(void *)sender->address : NULL,
                   sender ? &sender->length : NULL, request->overlapped, NULL, api);
  return lw_request_started_(request, result == 0);
}

DWORD lw_request_receive_(lw_request *request, SOCKET socket, DWORD bytes, DWORD flags) {
  DWORD error = begin(request, socket, LW_REQUEST_READ, bytes);
  return error ? error : receive(request, socket, flags, "WSARecv");
}

DWORD lw_request_receive_into_(lw_request *request, SOCKET socket, void *buffer, DWORD bytes, DWORD flags) {
  DWORD error = lw_request_begin_borrowed_(request, handle_of(socket), LW_REQUEST_READ, buffer, bytes);
  return error ? error : receive(request, socket, flags, "WSARecv");
}

/// With a place for who has sent it.
static DWORD receive_from(lw_request *request, SOCKET socket, DWORD flags) {
  request->sender = lw_alloc(request->arena, sizeof(lw_sender), 0, true);
  if (!request->sender) return ERROR_NOT_ENOUGH_MEMORY;
  request->sender->length = sizeof request->sender->address;
  return receive(request, socket, flags, "WSARecvFrom");
}

DWORD lw_request_receive_from_(lw_request *request, SOCKET socket, DWORD bytes, DWORD flags) {
  DWORD error = begin(request, socket, LW_REQUEST_READ_FROM, bytes);
  return error ? error : receive_from(request, socket, flags);
}

DWORD lw_request_receive_from_into_(lw_request *request, SOCKET socket, void *buffer, DWORD bytes, DWORD flags) {
  DWORD error = lw_request_begin_borrowed_(request, handle_of(socket), LW_REQUEST_READ_FROM, buffer, bytes);
  return error ? error : receive_from(request, socket, flags);
}

static DWORD send_copy(lw_request *request, SOCKET socket, const void *data, DWORD flags, const void *_Nullable to,
                       int to_bytes, const char *api) {
  memcpy(request->buffer, data, request->bytes);
  WSABUF buffer = {.len = request->bytes, .buf = request->buffer};
  int result = lw_wsa_send_(socket, &buffer, 1, NULL, flags, to, to_bytes, request->overlapped, NULL, api);
  return lw_request_started_(request, result == 0);
}

DWORD lw_request_send_(lw_request *request, SOCKET socket, const void *data, DWORD bytes, DWORD flags) {
  DWORD error = begin(request, socket, LW_REQUEST_WRITE, bytes);
  return error ? error : send_copy(request, socket, data, flags, NULL, 0, "WSASend");
}

DWORD lw_request_send_to_(lw_request *request, SOCKET socket, const void *data, DWORD bytes, DWORD flags,
                          const void *to, int to_bytes) {
  DWORD error = begin(request, socket, LW_REQUEST_WRITE_TO, bytes);
  return error ? error : send_copy(request, socket, data, flags, to, to_bytes, "WSASendTo");
}

DWORD lw_request_accept_(lw_request *request, SOCKET listener, SOCKET accepted) {
  DWORD error = begin(request, listener, LW_REQUEST_ACCEPT, 2 * ACCEPT_ADDRESS_BYTES);
  if (error) return error;
  return lw_request_started_(request, lw_accept_ex_(listener, accepted, request->buffer, 0, ACCEPT_ADDRESS_BYTES,
                                                    ACCEPT_ADDRESS_BYTES, NULL, request->overlapped));
}

DWORD lw_request_connect_(lw_request *request, SOCKET socket, const void *to, int to_bytes) {
  DWORD error = lw_request_begin_(request, handle_of(socket), LW_REQUEST_CONNECT);
  if (error) return error;
  return lw_request_started_(request, lw_connect_ex_(socket, to, to_bytes, NULL, 0, NULL, request->overlapped));
}

DWORD lw_request_disconnect_(lw_request *request, SOCKET socket, DWORD flags) {
  DWORD error = lw_request_begin_(request, handle_of(socket), LW_REQUEST_DISCONNECT);
  return error ? error : lw_request_started_(request, lw_disconnect_ex_(socket, request->overlapped, flags, 0));
}

DWORD lw_request_transmit_file_(lw_request *request, SOCKET socket, HANDLE file, uint64_t offset, DWORD bytes) {
  DWORD error = lw_request_begin_(request, handle_of(socket), LW_REQUEST_TRANSMIT_FILE);
  if (error) return error;
  request->overlapped->Offset = (DWORD)offset;
  request->overlapped->OffsetHigh = (DWORD)(offset >> 32);
  return lw_request_started_(request, lw_transmit_file_(socket, file, bytes, 0, request->overlapped, NULL, 0));
}
