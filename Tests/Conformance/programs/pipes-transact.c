// A question and its answer in one call, on an open pipe and by the pipe's name.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-transact"

/// Answers `count` clients, two questions each but for the callers by name, by the question turned round.
static DWORD WINAPI serve(LPVOID parameter) {
  HANDLE pipe = parameter;
  for (int client = 0; client < 4; client++) {
    if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED) return 1;
    char question[64], answer[64];
    DWORD bytes, written;
    while (ReadFile(pipe, question, sizeof question, &bytes, NULL)) {
      for (DWORD i = 0; i < bytes; i++) answer[i] = question[bytes - 1 - i];
      WriteFile(pipe, answer, bytes, &written, NULL);
    }
    DisconnectNamedPipe(pipe);
  }
  return 0;
}

static void tell(const char *what, BOOL done, DWORD bytes, const char *answer) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u, %u bytes \"%.*s\"\n", what, done, (unsigned)error, (unsigned)bytes, (int)bytes, answer);
}

int main(void) {
  HANDLE server =
      CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 64, 64, 0, NULL);
  HANDLE thread = CreateThread(NULL, 0, serve, server, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  char answer[64] = "";
  DWORD bytes = 0, mode = PIPE_READMODE_MESSAGE, code = 9;

  BOOL done = TransactNamedPipe(client, "question", 8, answer, sizeof answer, &bytes, NULL);
  tell("reading bytes", done, 0, answer);
  SetNamedPipeHandleState(client, &mode, NULL, NULL);
  done = TransactNamedPipe(client, "question", 8, answer, sizeof answer, &bytes, NULL);
  tell("reading messages", done, bytes, answer);
  done = TransactNamedPipe(client, "question", 8, answer, 3, &bytes, NULL);
  tell("too short for the answer", done, bytes, answer);
  done = TransactNamedPipe(client, "again", 5, answer, sizeof answer, &bytes, NULL);
  tell("with an answer still there", done, 0, answer);
  done = ReadFile(client, answer, sizeof answer, &bytes, NULL);
  tell("the rest", done, bytes, answer);
  CloseHandle(client);

  bytes = 0;
  done = CallNamedPipeA(NAME, "called", 6, answer, sizeof answer, &bytes, NMPWAIT_WAIT_FOREVER);
  tell("call", done, bytes, answer);
  done = CallNamedPipeA(NAME, "called again", 12, answer, 4, &bytes, NMPWAIT_WAIT_FOREVER);
  tell("call, too short", done, 4, answer);
  done = CallNamedPipeW(L"\\\\.\\pipe\\latewrite-transact", "wide", 4, answer, sizeof answer, &bytes, 1000);
  tell("call by a wide name", done, bytes, answer);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("server ended with %u\n", (unsigned)code);
  CloseHandle(thread);
  CloseHandle(server);
  done = CallNamedPipeA(NAME, "nobody", 6, answer, sizeof answer, &bytes, 10);
  tell("call nobody", done, 0, answer);
  return 0;
}
