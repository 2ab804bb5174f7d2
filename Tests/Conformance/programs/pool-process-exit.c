// The shape of an event loop's process watcher: wait for a child's end in the wait thread, post to the loop's port.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

struct child {
  OVERLAPPED overlapped;
  HANDLE process, wait;
  DWORD code;
};

static HANDLE port;

static VOID CALLBACK exited(PVOID parameter, BOOLEAN timed_out) {
  struct child *child = parameter;
  PostQueuedCompletionStatus(port, timed_out, 7, &child->overlapped);
}

int main(int argc, char **argv) {
  if (argc > 1) return atoi(argv[1]);
  char path[MAX_PATH], command[MAX_PATH + 32];
  struct child *children[3];
  GetModuleFileNameA(NULL, path, sizeof path);
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  for (int i = 0; i < 3; i++) {
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION information;
    children[i] = calloc(1, sizeof **children);
    snprintf(command, sizeof command, "\"%s\" %d", path, 10 + i);
    if (!CreateProcessA(path, command, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &startup, &information))
      return 1;
    CloseHandle(information.hThread);
    children[i]->process = information.hProcess;
    RegisterWaitForSingleObject(&children[i]->wait, information.hProcess, exited, children[i], INFINITE,
                                WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE);
  }
  for (int i = 0; i < 3; i++) {
    DWORD bytes;
    ULONG_PTR key;
    LPOVERLAPPED overlapped;
    BOOL got = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    struct child *child = CONTAINING_RECORD(overlapped, struct child, overlapped);
    BOOL unregistered = UnregisterWaitEx(child->wait, INVALID_HANDLE_VALUE);
    GetExitCodeProcess(child->process, &child->code);
    CloseHandle(child->process);
    printf("packet %d: timed out %lu key %d unregistered %d\n", got, bytes, (int)key, unregistered);
  }
  for (int i = 0; i < 3; i++) {
    printf("child %d: %lu\n", i, children[i]->code);
    free(children[i]);
  }
  CloseHandle(port);
  return 0;
}
