// Calls for files with handles of pipe ends, and calls for pipes with others; the order in which a port's call looks at
// its handles.
#include <stdio.h>
#include <windows.h>

static void show(const char *what, BOOL done) {
  printf("  %s: %d, error %lu\n", what, done, done ? 0 : GetLastError());
}

static void as_file(const char *what, HANDLE handle) {
  LARGE_INTEGER zero = {.QuadPart = 0}, size;
  BY_HANDLE_FILE_INFORMATION information;
  FILETIME time;
  printf("%s\n", what);
  show("GetFileSize", GetFileSize(handle, NULL) != INVALID_FILE_SIZE);
  show("GetFileSizeEx", GetFileSizeEx(handle, &size));
  show("SetFilePointer", SetFilePointer(handle, 0, NULL, FILE_BEGIN) != INVALID_SET_FILE_POINTER);
  show("SetFilePointerEx", SetFilePointerEx(handle, zero, NULL, FILE_BEGIN));
  show("SetEndOfFile", SetEndOfFile(handle));
  show("GetFileInformationByHandle", GetFileInformationByHandle(handle, &information));
  show("GetFileTime", GetFileTime(handle, &time, NULL, NULL));
  show("LockFile", LockFile(handle, 0, 0, 1, 0));
}

static HANDLE bind_to(HANDLE file, HANDLE port) {
  HANDLE bound = CreateIoCompletionPort(file, port, 1, 0);
  show("CreateIoCompletionPort", bound != NULL);
  return bound;
}

int main(void) {
  HANDLE server = CreateNamedPipeA("\\\\.\\pipe\\latewrite-kinds", PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                   PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  as_file("a server that listens", server);
  HANDLE client =
      CreateFileA("\\\\.\\pipe\\latewrite-kinds", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  as_file("a client", client);
  show("ConnectNamedPipe", ConnectNamedPipe(client, NULL));
  HANDLE reader, writer;
  CreatePipe(&reader, &writer, NULL, 16);
  as_file("the end of a pipe without a name", reader);
  DWORD flags, out, in, most;
  show("GetNamedPipeInfo", GetNamedPipeInfo(reader, &flags, &out, &in, &most));
  printf("  flags %lx, %lu out, %lu in, %lu instances\n", flags, out, in, most);

  printf("a file\n");
  HANDLE file = CreateFileA("kinds.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  show("GetNamedPipeInfo", GetNamedPipeInfo(file, &flags, NULL, NULL, NULL));
  show("GetNamedPipeHandleState", GetNamedPipeHandleStateA(file, &flags, NULL, NULL, NULL, NULL, 0));

  printf("a port\n");
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), closed = CreateEventA(NULL, TRUE, FALSE, NULL);
  CloseHandle(closed);
  bind_to(server, event);
  bind_to(client, event);
  HANDLE port = bind_to(server, NULL);
  bind_to(server, port);
  bind_to(server, event);
  bind_to(server, closed);
  bind_to(event, event);
  return 0;
}
