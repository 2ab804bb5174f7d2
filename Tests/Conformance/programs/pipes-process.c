// A child opens its parent's named pipe by name: both directions, messages, the child's end, and the parent's.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH], name[128], said[8192];

/// Each process prints when it ends, or before it starts another: so the order of lines is determined.
static void say(const char *format, ...) {
  va_list arguments;
  size_t used = strlen(said);
  va_start(arguments, format);
  vsnprintf(said + used, sizeof said - used, format, arguments);
  va_end(arguments);
}

static void print_all(void) {
  fputs(said, stdout);
  fflush(stdout);
  said[0] = 0;
}

static HANDLE start(const char *part, const char *argument) {
  char command[1024];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" %s %s", self, part, argument);
  print_all();
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) {
    say("CreateProcess: error %lu\n", GetLastError());
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

static void show(const char *what, BOOL done) {
  DWORD error = GetLastError();
  say("%s: %d", what, done);
  if (!done) say(" error %lu", error);
  say("\n");
}

static void write_all(const char *what, HANDLE pipe, const char *text) {
  DWORD bytes = 0;
  BOOL done = WriteFile(pipe, text, (DWORD)strlen(text), &bytes, NULL);
  show(what, done);
  say("  %lu bytes\n", bytes);
}

static void show_read(const char *what, BOOL done, const DWORD *bytes, const char *text) {
  show(what, done);
  say("  %lu [%.*s]\n", *bytes, (int)*bytes, text);
}

static void read_some(const char *what, HANDLE pipe, DWORD room) {
  char buffer[64];
  DWORD bytes = 0;
  BOOL done = ReadFile(pipe, buffer, room, &bytes, NULL);
  show_read(what, done, &bytes, buffer);
}

static HANDLE open_client(DWORD flags) {
  return CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, flags, NULL);
}

/// Says hello, reads the answer, and what is left of it.
static int talk(void) {
  char buffer[64];
  DWORD bytes = 0, all = 0, left = 0, mode = PIPE_READMODE_MESSAGE;
  HANDLE pipe = open_client(0);
  if (pipe == INVALID_HANDLE_VALUE) return (int)GetLastError();
  show("child mode", SetNamedPipeHandleState(pipe, &mode, NULL, NULL));
  write_all("child write", pipe, "hello");
  read_some("child read", pipe, 4);
  show("child peek", PeekNamedPipe(pipe, buffer, sizeof buffer, &bytes, &all, &left));
  say("  %lu of %lu, %lu left\n", bytes, all, left);
  read_some("child read", pipe, 64);
  BOOL done = TransactNamedPipe(pipe, "ask", 3, buffer, sizeof buffer, &bytes, NULL);
  show_read("child transact", done, &bytes, buffer);
  read_some("child read after disconnect", pipe, 64);
  write_all("child write after disconnect", pipe, "x");
  CloseHandle(pipe);
  return 0;
}

static int busy(void) {
  show("child open while busy", open_client(0) != INVALID_HANDLE_VALUE);
  show("child wait", WaitNamedPipeA(name, 1));
  strcat(name, "-none");
  show("child open none", open_client(0) != INVALID_HANDLE_VALUE);
  show("child wait none", WaitNamedPipeA(name, 1));
  return 0;
}

/// Reads with an OVERLAPPED, cancels, reads again and ends while that is pending.
static int pending(void) {
  char buffer[64];
  DWORD bytes = 0;
  OVERLAPPED overlapped = {0};
  overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  WaitNamedPipeA(name, NMPWAIT_WAIT_FOREVER);
  HANDLE pipe = open_client(FILE_FLAG_OVERLAPPED);
  show("child reads", ReadFile(pipe, buffer, sizeof buffer, NULL, &overlapped));
  show("child cancels", CancelIoEx(pipe, &overlapped));
  BOOL done = GetOverlappedResult(pipe, &overlapped, &bytes, TRUE);
  show_read("child result", done, &bytes, buffer);
  show("child cancels nothing", CancelIoEx(pipe, &overlapped));
  ReadFile(pipe, buffer, sizeof buffer, NULL, &overlapped);
  OVERLAPPED writes = {0};
  if (!WriteFile(pipe, "now", 3, NULL, &writes)) GetOverlappedResult(pipe, &writes, &bytes, TRUE);
  done = GetOverlappedResult(pipe, &overlapped, &bytes, TRUE);
  show_read("child result", done, &bytes, buffer);
  ReadFile(pipe, buffer, sizeof buffer, NULL, &overlapped);
  say("child ends\n");
  return 9;
}

/// Reads what a server that has closed its end had written.
static int late(void) {
  HANDLE pipe = open_client(0);
  DWORD all = 0;
  write_all("child write", pipe, "here");
  while (all < 11 && PeekNamedPipe(pipe, NULL, 0, NULL, &all, NULL)) Sleep(1);
  read_some("child read", pipe, 3);
  read_some("child read", pipe, 8);
  read_some("child read at the end", pipe, 64);
  write_all("child write at the end", pipe, "x");
  return 0;
}

/// Is the server of a pipe that its parent opens; writes and ends.
static int serve(void) {
  char buffer[16];
  DWORD bytes = 0;
  HANDLE pipe = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, 1, 4096, 4096, 0, NULL);
  ConnectNamedPipe(pipe, NULL);
  ReadFile(pipe, buffer, sizeof buffer, &bytes, NULL);
  WriteFile(pipe, "left by", 7, &bytes, NULL);
  WriteFile(pipe, "a child", 7, &bytes, NULL);
  return 3;
}

static HANDLE make(DWORD type) {
  HANDLE pipe = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX, type, 1, 4096, 4096, 0, NULL);
  if (pipe == INVALID_HANDLE_VALUE) say("CreateNamedPipe: error %lu\n", GetLastError());
  return pipe;
}

static void connect_one(HANDLE pipe) {
  BOOL done = ConnectNamedPipe(pipe, NULL);
  say("connected: %d\n", done || GetLastError() == ERROR_PIPE_CONNECTED);
}

int main(int count, char **arguments) {
  atexit(print_all);
  if (count > 2) {
    strcpy(name, arguments[2]);
    if (!strcmp(arguments[1], "talk")) return talk();
    if (!strcmp(arguments[1], "busy")) return busy();
    if (!strcmp(arguments[1], "pending")) return pending();
    if (!strcmp(arguments[1], "serve")) return serve();
    return late();
  }
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(name, sizeof name, "\\\\.\\pipe\\pipes-process-%lu", GetCurrentProcessId());
  HANDLE pipe = make(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
  HANDLE child = start("talk", name);
  connect_one(pipe);
  read_some("parent read", pipe, 64);
  say("busy ended %lu\n", ended(start("busy", name)));
  write_all("parent write", pipe, "how are you");
  read_some("parent read", pipe, 64);
  write_all("parent write", pipe, "answer");
  show("flush", FlushFileBuffers(pipe));
  show("disconnect", DisconnectNamedPipe(pipe));
  say("talk ended %lu\n", ended(child));

  child = start("pending", name);
  connect_one(pipe);
  read_some("parent read", pipe, 64);
  write_all("parent write", pipe, "then");
  say("pending ended %lu\n", ended(child));
  read_some("parent read", pipe, 64);
  write_all("parent write", pipe, "x");
  DisconnectNamedPipe(pipe);
  CloseHandle(pipe);

  pipe = make(PIPE_TYPE_BYTE);
  child = start("late", name);
  connect_one(pipe);
  read_some("parent read", pipe, 64);
  write_all("parent write", pipe, "first");
  write_all("parent write", pipe, "second");
  CloseHandle(pipe);
  say("late ended %lu\n", ended(child));

  child = start("serve", name);
  while (!WaitNamedPipeA(name, 1000)) Sleep(1);
  pipe = open_client(0);
  DWORD mode = PIPE_READMODE_MESSAGE;
  show("parent mode", SetNamedPipeHandleState(pipe, &mode, NULL, NULL));
  write_all("parent write", pipe, "go");
  say("serve ended %lu\n", ended(child));
  read_some("parent read", pipe, 5);
  read_some("parent read", pipe, 64);
  read_some("parent read", pipe, 64);
  read_some("parent read", pipe, 64);
  CloseHandle(pipe);
  return 0;
}
