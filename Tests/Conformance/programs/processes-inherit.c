// Handles that a child inherits, by the value that its command line tells: pipe ends, a file, a duplicate; and what is
// not inherited.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH];

static HANDLE start(const char *part, HANDLE first, HANDLE second, BOOL inherits) {
  char command[1024];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" %s %llu %llu", self, part, (unsigned long long)(ULONG_PTR)first,
           (unsigned long long)(ULONG_PTR)second);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, inherits, 0, NULL, NULL, &startup, &information)) {
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

/// Copies from one pipe to the other in capitals until the first ends.
static int echo(HANDLE in, HANDLE out) {
  char buffer[16];
  DWORD bytes;
  while (ReadFile(in, buffer, sizeof buffer, &bytes, NULL) && bytes > 0) {
    for (DWORD i = 0; i < bytes; i++)
      buffer[i] = (char)(buffer[i] >= 'a' && buffer[i] <= 'z' ? buffer[i] - 32 : buffer[i]);
    if (!WriteFile(out, buffer, bytes, &bytes, NULL)) return 2;
  }
  return GetLastError() == ERROR_BROKEN_PIPE ? 7 : 3;
}

/// Writes behind what is there, at the file pointer that parent and child share.
static int append(HANDLE file) {
  DWORD bytes, flags = 0;
  BOOL done = GetHandleInformation(file, &flags);
  printf("child: flags %d %lu, type %lu\n", done, flags & HANDLE_FLAG_INHERIT, GetFileType(file));
  printf("child: position %lu\n", SetFilePointer(file, 0, NULL, FILE_CURRENT));
  return WriteFile(file, " child", 6, &bytes, NULL) ? (int)bytes : 1;
}

static int probe(HANDLE handle) {
  DWORD flags = 0;
  BOOL done = GetHandleInformation(handle, &flags);
  printf("child: there %d", done);
  if (!done) printf(" error %lu", GetLastError());
  printf("\n");
  return 0;
}

/// A grandchild gets what the child was given.
static int pass(HANDLE in, HANDLE out) {
  GetModuleFileNameA(NULL, self, sizeof self);
  HANDLE child = start("echo", in, out, TRUE);
  CloseHandle(in);
  CloseHandle(out);
  return (int)ended(child) + 1;
}

static void feed(HANDLE in, HANDLE out, const char *text) {
  char buffer[64];
  DWORD bytes = 0, got = 0, all = 0;
  WriteFile(in, text, (DWORD)strlen(text), &bytes, NULL);
  while (all < bytes && ReadFile(out, buffer + all, sizeof buffer - all, &got, NULL)) all += got;
  printf("echoed [%.*s]\n", (int)all, buffer);
}

static void pipes(const char *part) {
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE in_read, in_write, out_read, out_write;
  char buffer[8];
  DWORD bytes = 0;
  CreatePipe(&in_read, &in_write, &inheritable, 0);
  CreatePipe(&out_read, &out_write, &inheritable, 0);
  SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
  HANDLE child = start(part, in_read, out_write, TRUE);
  CloseHandle(in_read);
  CloseHandle(out_write);
  feed(in_write, out_read, "first");
  feed(in_write, out_read, "second, longer than one buffer");
  CloseHandle(in_write);
  printf("%s ended %lu\n", part, ended(child));
  BOOL done = ReadFile(out_read, buffer, sizeof buffer, &bytes, NULL);
  printf("at the end: %d error %lu\n", done, GetLastError());
  CloseHandle(out_read);
}

int main(int count, char **arguments) {
  if (count > 3) {
    HANDLE first = (HANDLE)(ULONG_PTR)strtoull(arguments[2], NULL, 10);
    HANDLE second = (HANDLE)(ULONG_PTR)strtoull(arguments[3], NULL, 10);
    if (!strcmp(arguments[1], "echo")) return echo(first, second);
    if (!strcmp(arguments[1], "append")) return append(first);
    if (!strcmp(arguments[1], "pass")) return pass(first, second);
    return probe(first);
  }
  GetModuleFileNameA(NULL, self, sizeof self);
  pipes("echo");
  pipes("pass");

  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  char text[64] = "";
  DWORD bytes = 0;
  HANDLE file = CreateFileA("shared.txt", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, &inheritable, CREATE_ALWAYS,
                            FILE_ATTRIBUTE_NORMAL, NULL);
  WriteFile(file, "parent", 6, &bytes, NULL);
  printf("append ended %lu\n", ended(start("append", file, NULL, TRUE)));
  WriteFile(file, " parent", 7, &bytes, NULL);
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  ReadFile(file, text, sizeof text, &bytes, NULL);
  printf("file [%.*s]\n", (int)bytes, text);

  printf("not inheriting:\n");
  ended(start("probe", file, NULL, FALSE));
  printf("not inheritable:\n");
  SetHandleInformation(file, HANDLE_FLAG_INHERIT, 0);
  ended(start("probe", file, NULL, TRUE));
  HANDLE duplicate = NULL;
  DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &duplicate, 0, TRUE, DUPLICATE_SAME_ACCESS);
  printf("inheritable duplicate:\n");
  ended(start("probe", duplicate, NULL, TRUE));
  CloseHandle(duplicate);
  CloseHandle(file);
  DeleteFileA("shared.txt");
  return 0;
}
