// TransmitFile: a head, a file and a tail as one operation of a socket.
#include <errno.h>

#include "disk_file.h"
#include "socket_transfers.h"
#include "synchapi.h"

/// With an OVERLAPPED: its offset counts, and the operation owns the reference to the file.
static int submit(lw_socket *socket, lw_socket_request *request, const lw_buffer *ends, LPOVERLAPPED overlapped) {
  lw_operation *operation = lw_operation_take_(&socket->file, "TransmitFile", LW_VERB_WRITE, overlapped);
  if (!operation) {
    if (request->other) lw_file_release_(request->other);
    return lw_socket_failed_(WSAENOBUFS);
  }
  request->transmit.position = (int64_t)((uint64_t)overlapped->OffsetHigh << 32 | overlapped->Offset);
  *lw_socket_request_of_(operation) = *request;
  for (int i = 0; i < 2; i++) lw_operation_add_buffer_(operation, ends[i].address, ends[i].bytes); // there is room
  return lw_socket_run_(operation, NULL);
}

static int perform(lw_socket *socket, lw_socket_request *request, lw_buffer *ends) {
  request->buffers = ends;
  int error = lw_socket_perform_(socket, request, atomic_load(&socket->timeouts[LW_SOCKET_OUT]));
  if (request->other) lw_file_release_(request->other);
  return lw_socket_result_(error);
}

BOOL lw_transmit_file_(SOCKET handle, HANDLE file, DWORD bytes, DWORD bytes_per_send, LPOVERLAPPED overlapped,
                       LPTRANSMIT_FILE_BUFFERS buffers, DWORD flags) {
  (void)bytes_per_send; // the host knows best
  lw_socket *socket = lw_socket_of_(handle, "TransmitFile");
  if (!socket) return FALSE;
  bool connected = atomic_load(&socket->state) == LW_SOCKET_CONNECTED && socket->type == SOCK_STREAM;
  lw_disk_file *source = connected && file ? lw_disk_file_of_(file) : NULL;
  int result = SOCKET_ERROR;
  if (!connected) {
    SetLastError(WSAENOTCONN);
  } else if (source || !file) {
    lw_buffer ends[2] = {{0}};
    if (buffers) {
      ends[0] = (lw_buffer){.address = buffers->Head, .bytes = buffers->Head ? buffers->HeadLength : 0};
      ends[1] = (lw_buffer){.address = buffers->Tail, .bytes = buffers->Tail ? buffers->TailLength : 0};
    }
    lw_socket_request request = {.attempt = lw_socket_transmit_,
                                 .side = LW_SOCKET_OUT,
                                 .buffer_count = 2,
                                 .how = flags,
                                 .other = source ? &source->file : NULL,
                                 .transmit = {.position = -1, .left = bytes == 0 ? UINT64_MAX : bytes}};
    bool waits = !overlapped || !socket->file.overlapped;
    result = waits ? perform(socket, &request, ends) : submit(socket, &request, ends, overlapped);
  } else {
    SetLastError(WSAENOTSOCK); // Winsock's error for a bad handle, here of the file
  }
  lw_socket_release_(socket);
  return result == 0;
}
