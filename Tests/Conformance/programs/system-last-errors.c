// What calls that succeed leave in the last error.
#include <stdio.h>
#include <windows.h>

#define TELL(call)                                                                                                     \
  do {                                                                                                                 \
    SetLastError(5);                                                                                                   \
    (void)(call);                                                                                                      \
    printf("%lu: %s\n", GetLastError(), #call);                                                                        \
  } while (0)

static DWORD WINAPI nothing(void *argument) {
  (void)argument;
  return 0;
}

int main(void) {
  HANDLE file, event, pipe;
  DWORD bytes = 0;
  char text[64];
  TELL(Sleep(0));
  TELL(event = CreateEventA(NULL, FALSE, FALSE, NULL));
  TELL(CreateEventA(NULL, FALSE, FALSE, "latewrite-last-errors"));
  TELL(CreateEventA(NULL, FALSE, FALSE, "latewrite-last-errors"));
  TELL(SetEvent(event));
  TELL(WaitForSingleObject(event, 0));
  TELL(WaitForSingleObject(event, 0));
  TELL(CreateSemaphoreA(NULL, 1, 1, NULL));
  TELL(CreateMutexA(NULL, FALSE, NULL));
  TELL(CreateThread(NULL, 0, nothing, NULL, 0, NULL));
  TELL(CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0));
  TELL(file = CreateFileA("errors.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
  TELL(CloseHandle(file));
  TELL(file = CreateFileA("errors.txt", GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, 0, NULL));
  TELL(WriteFile(file, "a", 1, &bytes, NULL));
  TELL(SetFilePointer(file, 0, NULL, FILE_BEGIN));
  TELL(GetFileSize(file, NULL));
  TELL(FlushFileBuffers(file));
  CloseHandle(file);
  TELL(file = CreateFileA("errors.txt", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL));
  TELL(pipe = CreateNamedPipeA("\\\\.\\pipe\\latewrite-last-errors", PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 0, 0, 0,
                               NULL));
  TELL(file = CreateFileA("\\\\.\\pipe\\latewrite-last-errors", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL));
  TELL(CloseHandle(file));
  TELL(DisconnectNamedPipe(pipe));
  TELL(GetFileAttributesA("errors.txt"));
  TELL(GetModuleFileNameA(NULL, text, 4));
  TELL(TlsGetValue(TlsAlloc()));
  TELL(GetStdHandle(STD_OUTPUT_HANDLE));
  TELL(GetEnvironmentVariableA("PATH", NULL, 0));
  TELL(HeapAlloc(GetProcessHeap(), 0, 10));
  TELL(LocalFree(LocalAlloc(0, 5)));
  file = CreateFileA("errors.txt", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
  TELL(GetFileType(file));
  CloseHandle(file);
  TELL(GetTempPathA(sizeof text, text));
  TELL(GetTempFileNameA(".", "new", 0, text));
  TELL(GetTempFileNameA(".", "new", 5, text));
  TELL(lstrlenA(NULL));
  DWORD freed = TlsAlloc();
  TlsFree(freed);
  TELL(TlsGetValue(freed));
  return 0;
}
