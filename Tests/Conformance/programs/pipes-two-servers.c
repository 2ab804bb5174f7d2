// Instances of one named pipe in two processes: what the second one may create, which instance a client gets, waiting
// for one, and what the end of either process leaves.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH];
static const char name[] = "\\\\.\\pipe\\latewrite-two-servers";

static HANDLE start(const char *part) {
  char command[1024];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" %s", self, part);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) {
    printf("CreateProcess: error %lu\n", GetLastError());
    exit(1);
  }
  CloseHandle(information.hThread);
  return information.hProcess;
}

static DWORD ended(HANDLE process) {
  DWORD code = 0;
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &code);
  CloseHandle(process);
  return code;
}

static HANDLE serve(DWORD direction, DWORD count) {
  return CreateNamedPipeA(name, direction, PIPE_TYPE_BYTE, count, 512, 512, 0, NULL);
}

static HANDLE say(const char *what, HANDLE handle) {
  DWORD error = GetLastError();
  printf("  %s: %d", what, handle != INVALID_HANDLE_VALUE);
  if (handle == INVALID_HANDLE_VALUE) printf(" error %lu", error);
  printf("\n");
  return handle;
}

static DWORD instances(HANDLE pipe) {
  DWORD count = 0;
  GetNamedPipeHandleStateA(pipe, NULL, &count, NULL, NULL, NULL, 0);
  return count;
}

/// Who serves the instance that this client gets.
static char asked(HANDLE client) {
  char who = '?';
  DWORD bytes = 0;
  ReadFile(client, &who, 1, &bytes, NULL);
  return who;
}

static HANDLE open_client(void) {
  return CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
}

/// Says who it is to whoever comes.
static void greet(HANDLE server, char who) {
  DWORD bytes = 0;
  ConnectNamedPipe(server, NULL);
  WriteFile(server, &who, 1, &bytes, NULL);
}

// ----------------------------------------------------------------------------------------------------------- children

static int try_all(void) {
  say("other direction", serve(PIPE_ACCESS_INBOUND, 3));
  HANDLE second = say("second", serve(PIPE_ACCESS_DUPLEX, 3));
  printf("  instances %lu\n", instances(second));
  say("third", serve(PIPE_ACCESS_DUPLEX, 3));
  say("fourth", serve(PIPE_ACCESS_DUPLEX, 3));
  return 0;
}

/// Has an instance, says so, greets one client, and stays until that has gone.
static int second_server(void) {
  HANDLE ready = OpenEventA(EVENT_MODIFY_STATE, FALSE, "lw-two-ready");
  HANDLE server = serve(PIPE_ACCESS_DUPLEX, PIPE_UNLIMITED_INSTANCES);
  char byte;
  DWORD bytes;
  SetEvent(ready);
  greet(server, 'c');
  ReadFile(server, &byte, 1, &bytes, NULL);
  return CloseHandle(server) ? 6 : 1;
}

/// Waits for a free instance, which the parent then has.
static int waiting_client(void) {
  HANDLE ready = OpenEventA(EVENT_MODIFY_STATE, FALSE, "lw-two-ready");
  SetEvent(ready);
  BOOL done = WaitNamedPipeA(name, 10000);
  HANDLE client = open_client();
  return done * 16 + (client == INVALID_HANDLE_VALUE ? 1 : asked(client) == 'p' ? 2 : 3);
}

// ------------------------------------------------------------------------------------------------------------- parent

static HANDLE ready;

static HANDLE second_started(void) {
  HANDLE child = start("second");
  WaitForSingleObject(ready, INFINITE);
  return child;
}

static void limits(void) {
  printf("limits:\n");
  HANDLE first = serve(PIPE_ACCESS_DUPLEX, 3);
  ended(start("try"));
  printf("after: instances %lu\n", instances(first));
  CloseHandle(first);
  say("gone", open_client());
}

static void order(void) {
  printf("order:\n");
  HANDLE first = serve(PIPE_ACCESS_DUPLEX, PIPE_UNLIMITED_INSTANCES), child = second_started();
  printf("instances %lu\n", instances(first));
  HANDLE one = open_client(), two = open_client();
  greet(first, 'p');
  printf("clients %c %c\n", asked(one), asked(two));
  HANDLE three = say("busy", open_client());
  BOOL done = WaitNamedPipeA(name, 20);
  printf("wait %d error %lu\n", done, GetLastError());
  CloseHandle(two);
  printf("child %lu\n", ended(child));
  CloseHandle(one);
  CloseHandle(first);
  (void)three;
}

static void second_alone(void) {
  printf("second alone:\n");
  HANDLE first = serve(PIPE_ACCESS_DUPLEX, PIPE_UNLIMITED_INSTANCES), child = second_started();
  CloseHandle(first);
  HANDLE client = say("the child's", open_client());
  printf("client %c\n", asked(client));
  first = say("a further one here", serve(PIPE_ACCESS_DUPLEX, PIPE_UNLIMITED_INSTANCES));
  printf("instances %lu\n", instances(first));
  CloseHandle(client);
  printf("child %lu\n", ended(child));
  CloseHandle(first);
}

static void killed(void) {
  printf("killed:\n");
  HANDLE child = start("second");
  WaitForSingleObject(ready, INFINITE);
  HANDLE client = say("the child's", open_client());
  TerminateProcess(child, 9);
  printf("child %lu\n", ended(child));
  say("nobody's", open_client());
  HANDLE first = say("first again", serve(PIPE_ACCESS_DUPLEX, 1));
  printf("instances %lu\n", instances(first));
  CloseHandle(client);
  CloseHandle(first);
}

static void waiting(void) {
  printf("waiting:\n");
  HANDLE first = serve(PIPE_ACCESS_DUPLEX, PIPE_UNLIMITED_INSTANCES), child = second_started();
  HANDLE one = open_client(), two = open_client(), waiter = start("waiter");
  WaitForSingleObject(ready, INFINITE);
  CloseHandle(one);
  DisconnectNamedPipe(first);
  greet(first, 'p');
  printf("waiter %lu\n", ended(waiter));
  CloseHandle(two);
  printf("child %lu\n", ended(child));

  // The instance that comes is another process's.
  DisconnectNamedPipe(first);
  one = open_client();
  waiter = start("waiter");
  WaitForSingleObject(ready, INFINITE);
  child = second_started();
  printf("waiter %lu\n", ended(waiter));
  printf("child %lu\n", ended(child));
  CloseHandle(one);
  CloseHandle(first);
}

int main(int count, char **arguments) {
  const char *part = count > 1 ? arguments[1] : "";
  if (!strcmp(part, "try")) return try_all();
  if (!strcmp(part, "second")) return second_server();
  if (!strcmp(part, "waiter")) return waiting_client();
  GetModuleFileNameA(NULL, self, sizeof self);
  ready = CreateEventA(NULL, FALSE, FALSE, "lw-two-ready");
  limits();
  order();
  second_alone();
  killed();
  waiting();
  return 0;
}
