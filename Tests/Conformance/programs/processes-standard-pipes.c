// Standard streams that are pipes, asked in the child as pipes; and a stream that the parent has given no handle of.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void show(const char *what, BOOL done) {
  DWORD error = GetLastError();
  printf("%s: %d error %lu\n", what, done, done ? 0 : error);
}

static int child(void) {
  HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
  DWORD bytes, available = 0, mode = PIPE_NOWAIT;
  char text[32];
  printf("types %lu %lu\n", GetFileType(in), GetFileType(out));
  while (available == 0 && PeekNamedPipe(in, NULL, 0, NULL, &available, NULL)) Sleep(5);
  show("peek", PeekNamedPipe(in, text, 4, &bytes, &available, NULL));
  printf("%lu of %lu: %.4s\n", bytes, available, text);
  show("read", ReadFile(in, text, 3, &bytes, NULL));
  show("peek", PeekNamedPipe(in, text, sizeof text, &bytes, &available, NULL));
  printf("%lu of %lu\n", bytes, available);
  show("read", ReadFile(in, text, sizeof text, &bytes, NULL));
  printf("%lu\n", bytes);
  DWORD flags = 0;
  show("info", GetNamedPipeInfo(in, &flags, NULL, NULL, NULL));
  printf("server %lu\n", flags & PIPE_SERVER_END);
  show("no waiting", SetNamedPipeHandleState(in, &mode, NULL, NULL));
  show("read", ReadFile(in, text, 1, &bytes, NULL));
  mode = PIPE_WAIT;
  show("waiting", SetNamedPipeHandleState(in, &mode, NULL, NULL));
  printf("close it\n"); // lines are written when they end
  show("read", ReadFile(in, text, 1, &bytes, NULL));
  show("peek", PeekNamedPipe(in, NULL, 0, NULL, &available, NULL));
  show("read output", ReadFile(out, text, 1, &bytes, NULL));
  show("write input", WriteFile(in, text, 1, &bytes, NULL));
  return 9;
}

static int child_without(void) {
  DWORD bytes;
  char text[4];
  show("read nothing", ReadFile(GetStdHandle(STD_INPUT_HANDLE), text, sizeof text, &bytes, NULL));
  printf("at the end %d\n", getchar() == EOF);
  return 8;
}

static void run(char which, HANDLE in, HANDLE out, HANDLE writer, HANDLE reader) {
  char self[MAX_PATH], line[MAX_PATH + 10], text[2000];
  DWORD length = 0, bytes, code = 0;
  GetModuleFileNameA(NULL, self, sizeof self);
  sprintf(line, "\"%s\" %c", self, which);
  STARTUPINFOA startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES, .hStdInput = in, .hStdOutput = out};
  startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  PROCESS_INFORMATION process;
  if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) return;
  if (in) CloseHandle(in);
  CloseHandle(out);
  if (writer) WriteFile(writer, "hello you", 9, &bytes, NULL);
  while (ReadFile(reader, text + length, sizeof text - length - 1, &bytes, NULL)) {
    length += bytes;
    text[length] = 0;
    if (writer && strstr(text, "close it")) {
      CloseHandle(writer);
      writer = NULL;
    }
  }
  for (DWORD i = 0; i < length; i++)
    if (text[i] != '\r') putchar(text[i]);
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &code);
  printf("exit code %lu\n", code);
  CloseHandle(reader);
}

int main(int count, char **arguments) {
  if (count > 1) return arguments[1][0] == 'p' ? child() : child_without();
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE in, writer, reader, out;
  CreatePipe(&in, &writer, &inheritable, 0);
  CreatePipe(&reader, &out, &inheritable, 0);
  SetHandleInformation(writer, HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
  run('p', in, out, writer, reader);
  CreatePipe(&reader, &out, &inheritable, 0);
  SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
  run('n', NULL, out, NULL, reader);
  return 0;
}
