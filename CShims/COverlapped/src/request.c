// Requests: asyncio's Overlapped object over ReadFile, WriteFile and ConnectNamedPipe.
#include "request.h"

#include <string.h>

/// As HasOverlappedIoCompleted, with the status read as the kernel stores it.
static bool has_completed(const lw_request *request) {
  return request->overlapped && lw_load64(&request->overlapped->Internal) != STATUS_PENDING;
}

/// "mark_as_completed": an operation that ended at its start and of which no packet will tell.
static void mark_completed(lw_request *request) {
  lw_store64(&request->overlapped->Internal, STATUS_SUCCESS);
  if (request->overlapped->hEvent) SetEvent(request->overlapped->hEvent);
}

bool lw_request_take_buffer_(lw_request *request, DWORD bytes) {
  request->buffer = lw_alloc(request->arena, bytes ? bytes : 1, 0, false); // nobody reads more than was stored
  request->bytes = bytes;
  return request->buffer != NULL;
}

static void give_buffers(lw_request *request) {
  if (request->buffer && !request->borrowed) lw_free(request->arena, request->buffer);
  if (request->sender) lw_free(request->arena, request->sender);
  request->buffer = NULL;
  request->sender = NULL;
}

DWORD lw_request_begin_(lw_request *request, HANDLE handle, lw_request_type type) {
  if (request->type != LW_REQUEST_NONE) return ERROR_INVALID_PARAMETER;
  request->type = type;
  request->handle = handle;
  return ERROR_SUCCESS;
}

DWORD lw_request_begin_borrowed_(lw_request *request, HANDLE handle, lw_request_type type, void *buffer, DWORD bytes) {
  DWORD error = lw_request_begin_(request, handle, type);
  if (error) return error;
  request->buffer = buffer;
  request->bytes = bytes;
  request->borrowed = true;
  return ERROR_SUCCESS;
}

/// Whether it is one of those that read, which forgive more.
static bool reads(const lw_request *request) {
  return request->type == LW_REQUEST_READ || request->type == LW_REQUEST_READ_FROM;
}

DWORD lw_request_started_(lw_request *request, BOOL done) {
  DWORD error = done ? ERROR_SUCCESS : GetLastError();
  request->error = error;
  if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING || (reads(request) && error == ERROR_MORE_DATA))
    return ERROR_SUCCESS;
  bool ended = (reads(request) && error == ERROR_BROKEN_PIPE) ||
               (request->type == LW_REQUEST_CONNECT_PIPE && error == ERROR_PIPE_CONNECTED);
  if (ended) {
    mark_completed(request);
  } else {
    request->type = LW_REQUEST_NOT_STARTED;
    give_buffers(request);
  }
  return error;
}

DWORD lw_request_read_(lw_request *request, HANDLE handle, DWORD bytes) {
  DWORD error = lw_request_begin_(request, handle, LW_REQUEST_READ);
  if (error) return error;
  if (!lw_request_take_buffer_(request, bytes)) return ERROR_NOT_ENOUGH_MEMORY;
  return lw_request_started_(request, lw_read_file_(handle, request->buffer, bytes, NULL, request->overlapped));
}

DWORD lw_request_read_into_(lw_request *request, HANDLE handle, void *buffer, DWORD bytes) {
  DWORD error = lw_request_begin_borrowed_(request, handle, LW_REQUEST_READ, buffer, bytes);
  if (error) return error;
  return lw_request_started_(request, lw_read_file_(handle, buffer, bytes, NULL, request->overlapped));
}

DWORD lw_request_write_(lw_request *request, HANDLE handle, const void *data, DWORD bytes) {
  DWORD error = lw_request_begin_(request, handle, LW_REQUEST_WRITE);
  if (error) return error;
  if (!lw_request_take_buffer_(request, bytes)) return ERROR_NOT_ENOUGH_MEMORY;
  memcpy(request->buffer, data, bytes);
  return lw_request_started_(request, lw_write_file_(handle, request->buffer, bytes, NULL, request->overlapped));
}

DWORD lw_request_connect_pipe_(lw_request *request, HANDLE pipe) {
  DWORD error = lw_request_begin_(request, pipe, LW_REQUEST_CONNECT_PIPE);
  if (error) return error;
  return lw_request_started_(request, lw_connect_named_pipe_(pipe, request->overlapped));
}

bool lw_request_is_pending(const lw_request *request) {
  return request->type > LW_REQUEST_WAIT_PIPE && !has_completed(request);
}

DWORD lw_request_cancel_(lw_request *request, bool *asked) {
  *asked = lw_request_is_pending(request);
  if (!*asked || lw_cancel_io_ex_(request->handle, request->overlapped)) return ERROR_SUCCESS;
  DWORD error = GetLastError();
  return error == ERROR_NOT_FOUND ? ERROR_SUCCESS : error; // it ended in between
}

DWORD lw_request_result(lw_request *request, DWORD *transferred) {
  *transferred = 0;
  DWORD error = ERROR_SUCCESS;
  if (!GetOverlappedResult(request->handle, request->overlapped, transferred, FALSE)) error = GetLastError();
  request->error = error;
  if (!reads(request)) return error;
  return error == ERROR_MORE_DATA || error == ERROR_BROKEN_PIPE ? ERROR_SUCCESS : error;
}

bool lw_request_deallocate_(lw_request *request) {
  bool safe = true;
  if (lw_request_is_pending(request)) {
    DWORD last_error = GetLastError(), transferred;
    // Where the cancellation was accepted the end is waited for, on the file, because there is no event.
    BOOL accepted = lw_cancel_io_ex_(request->handle, request->overlapped);
    BOOL done = GetOverlappedResult(request->handle, request->overlapped, &transferred, accepted);
    DWORD error = done ? ERROR_SUCCESS : GetLastError();
    safe = error == ERROR_SUCCESS || error == ERROR_NOT_FOUND || error == ERROR_OPERATION_ABORTED;
    SetLastError(last_error);
  }
  give_buffers(request);
  if (request->overlapped) lw_overlapped_free(request->arena, request->overlapped);
  *request = (lw_request){0};
  return safe;
}
