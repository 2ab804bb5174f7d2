// A child whose standard streams are pipes and files: what it writes, what it reads, and when its pipe ends.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH];

static int child(const char *what) {
  char line[64];
  if (!strcmp(what, "echo"))
    while (fgets(line, sizeof line, stdin)) {
      printf("child has %s", line);
      fflush(stdout);
    }
  if (!strcmp(what, "say")) {
    DWORD moved;
    printf("printed");
    fflush(stdout);
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), " and written", 12, &moved, NULL);
    fprintf(stderr, "complaint");
  }
  if (!strcmp(what, "much"))
    for (int i = 0; i < 20000; i++) printf("0123456789");
  return 7;
}

static PROCESS_INFORMATION start(const char *what, HANDLE input, HANDLE output, HANDLE error, BOOL inherits) {
  char command[MAX_PATH + 32];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = input;
  startup.hStdOutput = output;
  startup.hStdError = error;
  snprintf(command, sizeof command, "\"%s\" %s", self, what);
  if (!CreateProcessA(NULL, command, NULL, NULL, inherits, 0, NULL, NULL, &startup, &information)) {
    printf("CreateProcess: error %lu\n", GetLastError());
    exit(1);
  }
  CloseHandle(information.hThread);
  return information;
}

static void read_all(const char *what, HANDLE pipe) {
  char text[4096];
  DWORD moved, total = 0;
  char first[64] = "";
  while (ReadFile(pipe, text, sizeof text, &moved, NULL)) {
    for (DWORD i = 0; i < moved; i++) {
      if (text[i] == '\r') continue;
      if (total < 40) first[total] = text[i] == '\n' ? ' ' : text[i];
      total++;
    }
  }
  printf("%s: %lu bytes [%s] error %lu\n", what, total, first, GetLastError());
}

static void finish(PROCESS_INFORMATION information) {
  DWORD code;
  printf("wait %lu", WaitForSingleObject(information.hProcess, INFINITE));
  GetExitCodeProcess(information.hProcess, &code);
  printf(" code %lu\n", code);
  CloseHandle(information.hProcess);
}

int main(int argc, char **argv) {
  if (argc > 1) return child(argv[1]);
  GetModuleFileNameA(NULL, self, sizeof self);
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE out_read, out_write, in_read, in_write, error_read, error_write;

  CreatePipe(&out_read, &out_write, &inheritable, 0);
  CreatePipe(&error_read, &error_write, &inheritable, 0);
  SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(error_read, HANDLE_FLAG_INHERIT, 0);
  PROCESS_INFORMATION information = start("say", NULL, out_write, error_write, TRUE);
  CloseHandle(out_write);
  CloseHandle(error_write);
  read_all("output", out_read);
  read_all("error", error_read);
  finish(information);
  CloseHandle(out_read);
  CloseHandle(error_read);

  CreatePipe(&out_read, &out_write, &inheritable, 0);
  CreatePipe(&in_read, &in_write, &inheritable, 0);
  SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
  information = start("echo", in_read, out_write, NULL, TRUE);
  CloseHandle(out_write);
  CloseHandle(in_read);
  DWORD moved;
  WriteFile(in_write, "one\ntwo\n", 8, &moved, NULL);
  CloseHandle(in_write);
  read_all("echo", out_read);
  finish(information);
  CloseHandle(out_read);

  CreatePipe(&out_read, &out_write, &inheritable, 0);
  SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
  information = start("much", NULL, out_write, NULL, TRUE);
  CloseHandle(out_write);
  printf("still running: %d\n", WaitForSingleObject(information.hProcess, 100) == WAIT_TIMEOUT);
  read_all("much", out_read);
  finish(information);
  CloseHandle(out_read);

  HANDLE file = CreateFileA("lw-streams.tmp", GENERIC_READ | GENERIC_WRITE, 0, &inheritable, CREATE_ALWAYS,
                            FILE_FLAG_DELETE_ON_CLOSE, NULL);
  WriteFile(file, "before, ", 8, &moved, NULL);
  finish(start("say", NULL, file, NULL, TRUE));
  printf("position %lu\n", SetFilePointer(file, 0, NULL, FILE_CURRENT));
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  char text[64] = "";
  ReadFile(file, text, 63, &moved, NULL);
  printf("file: [%s]\n", text);
  CloseHandle(file);
  return 0;
}
