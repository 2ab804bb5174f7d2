// A server with three instances on a port, and six children that are its clients: they wait while it is busy, each gets
// its own bytes back, and their ends are seen.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { CHILDREN = 6, INSTANCES = 3, ROUNDS = 50, PATIENCE_MS = 20000 };

typedef enum state { CONNECTING, READING, WRITING, BROKEN } state;

typedef struct instance {
  OVERLAPPED overlapped;
  HANDLE pipe;
  state state;
  char bytes[64];
} instance;

static char name[128];
static HANDLE port;
static instance instances[INSTANCES];
static int gone, echoed;

/// A child: exit code ROUNDS when all came back.
static int ask(const char *number) {
  char sent[64], got[64];
  DWORD bytes = 0;
  HANDLE pipe;
  int good = 0;
  for (;;) {
    pipe = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (pipe != INVALID_HANDLE_VALUE) break;
    if (GetLastError() != ERROR_PIPE_BUSY) return 100;
    if (!WaitNamedPipeA(name, PATIENCE_MS)) return 101;
  }
  for (int i = 0; i < ROUNDS; i++) {
    int length = snprintf(sent, sizeof sent, "%s.%d", number, i);
    if (!WriteFile(pipe, sent, (DWORD)length, &bytes, NULL)) return 102;
    if (!ReadFile(pipe, got, sizeof got, &bytes, NULL)) return 103;
    good += (int)bytes == length && memcmp(sent, got, bytes) == 0;
  }
  CloseHandle(pipe);
  return good;
}

/// What a failed or early end has to be told by ourselves.
static void post(instance *self) {
  PostQueuedCompletionStatus(port, 0, (ULONG_PTR)(self - instances), &self->overlapped);
}

static void listen_again(instance *self) {
  self->state = CONNECTING;
  if (!ConnectNamedPipe(self->pipe, &self->overlapped) && GetLastError() == ERROR_PIPE_CONNECTED) post(self);
}

static void read_next(instance *self) {
  self->state = READING;
  if (ReadFile(self->pipe, self->bytes, sizeof self->bytes, NULL, &self->overlapped)) return;
  if (GetLastError() == ERROR_IO_PENDING) return;
  self->state = BROKEN;
  post(self);
}

static void client_is_gone(instance *self) {
  gone++;
  DisconnectNamedPipe(self->pipe);
  listen_again(self);
}

static void advance(instance *self, BOOL done, DWORD bytes) {
  if (!done || self->state == BROKEN) {
    client_is_gone(self);
  } else if (self->state == READING) {
    self->state = WRITING;
    WriteFile(self->pipe, self->bytes, bytes, NULL, &self->overlapped);
  } else {
    echoed += self->state == WRITING;
    read_next(self);
  }
}

static HANDLE start(const char *self, int number) {
  char command[MAX_PATH + 160];
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  snprintf(command, sizeof command, "\"%s\" %d %s", self, number, name);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) exit(1);
  CloseHandle(information.hThread);
  return information.hProcess;
}

int main(int count, char **arguments) {
  char self[MAX_PATH];
  HANDLE children[CHILDREN];
  int good = 0;
  if (count > 2) {
    strcpy(name, arguments[2]);
    return ask(arguments[1]);
  }
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(name, sizeof name, "\\\\.\\pipe\\pipes-children-%lu", GetCurrentProcessId());
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  for (int i = 0; i < INSTANCES; i++) {
    instances[i].pipe = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, INSTANCES,
                                         4096, 4096, 0, NULL);
    CreateIoCompletionPort(instances[i].pipe, port, (ULONG_PTR)i, 0);
    listen_again(&instances[i]);
  }
  for (int i = 0; i < CHILDREN; i++) children[i] = start(self, i);
  while (gone < CHILDREN) {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped = NULL;
    BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, PATIENCE_MS);
    if (!overlapped) {
      printf("nothing came: %lu\n", GetLastError());
      return 1;
    }
    advance(&instances[key], done, bytes);
  }
  WaitForMultipleObjects(CHILDREN, children, TRUE, INFINITE);
  for (int i = 0; i < CHILDREN; i++) {
    DWORD code = 0;
    GetExitCodeProcess(children[i], &code);
    good += (int)code;
    CloseHandle(children[i]);
  }
  printf("echoed %d, right %d, gone %d\n", echoed, good, gone);
  return 0;
}
