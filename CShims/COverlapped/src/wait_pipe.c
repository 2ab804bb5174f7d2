// WaitNamedPipeAndConnect: there is no overlapped way to connect to a pipe, so a thread of the pool does it and posts.
#include <string.h>

#include "lw_request.h"

enum { CONNECT_MS = 10000, NS_PER_MS = 1000000 };

/// What the thread needs; it gives it back.
typedef struct pipe_connection {
  HANDLE _Nullable port;
  OVERLAPPED *overlapped;
  char name[MAX_PATH];
} pipe_connection;

static lw_pool pool = LW_POOL(pipe_connection);

static DWORD connect_and_post(void *context) {
  pipe_connection *connection = context;
  HANDLE pipe = INVALID_HANDLE_VALUE;
  DWORD error = ERROR_SUCCESS;
  lw_time deadline = lw_clock_now() + (lw_time)CONNECT_MS * NS_PER_MS;
  for (lw_time now = lw_clock_now(); now < deadline; now = lw_clock_now()) {
    if (!WaitNamedPipeA(connection->name, (DWORD)((deadline - now) / NS_PER_MS))) {
      error = GetLastError();
      break;
    }
    pipe =
        CreateFileA(connection->name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    if (pipe != INVALID_HANDLE_VALUE) break;
    if (GetLastError() == ERROR_PIPE_BUSY) continue; // somebody was faster
    error = GetLastError();
    break;
  }
  bool told = PostQueuedCompletionStatus(connection->port, error, (ULONG_PTR)pipe, connection->overlapped);
  if (!told && pipe != INVALID_HANDLE_VALUE) CloseHandle(pipe); // the port was closed: nobody will
  lw_pool_give(&pool, connection);
  return 0;
}

DWORD lw_request_wait_pipe(lw_request *request, const char *name, HANDLE port) {
  if (request->type != LW_REQUEST_NONE || strlen(name) >= MAX_PATH) return ERROR_INVALID_PARAMETER;
  pipe_connection *connection = lw_pool_take(&pool);
  if (!connection) return ERROR_NOT_ENOUGH_MEMORY;
  request->type = LW_REQUEST_WAIT_PIPE;
  *connection = (pipe_connection){.port = port, .overlapped = request->overlapped};
  strcpy(connection->name, name);
  if (QueueUserWorkItem(connect_and_post, connection, 0)) return ERROR_SUCCESS;
  request->type = LW_REQUEST_NOT_STARTED;
  lw_pool_give(&pool, connection);
  return GetLastError();
}
