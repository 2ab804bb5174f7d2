// File mappings between processes: by name, inherited, and duplicated into a child.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define NAME "Local\\latewrite-between"

static int child(const char *how) {
  HANDLE mapping = strcmp(how, "name") == 0 ? OpenFileMappingA(FILE_MAP_WRITE, FALSE, NAME)
                                            : (HANDLE)(ULONG_PTR)strtoull(how, NULL, 10);
  if (strcmp(how, "sent") == 0) {
    HANDLE letter = OpenFileMappingA(FILE_MAP_READ, FALSE, NAME);
    const ULONG64 *value = MapViewOfFile(letter, FILE_MAP_READ, 0, 65536, 0);
    mapping = (HANDLE)(ULONG_PTR)*value;
  }
  LONG *numbers = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
  if (!numbers) return 99;
  for (int i = 0; i < 1000; i++) InterlockedIncrement(&numbers[0]);
  return (int)InterlockedIncrement(&numbers[1]);
}

static PROCESS_INFORMATION start(const char *how, BOOL inherits, DWORD flags) {
  char program[MAX_PATH], line[MAX_PATH + 32];
  GetModuleFileNameA(NULL, program, sizeof program);
  snprintf(line, sizeof line, "\"%s\" %s", program, how);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION information = {0};
  BOOL made = CreateProcessA(NULL, line, NULL, NULL, inherits, flags, NULL, NULL, &startup, &information);
  printf("start: %d\n", made);
  return information;
}

static void end(PROCESS_INFORMATION information) {
  DWORD code = 0;
  WaitForSingleObject(information.hProcess, INFINITE);
  GetExitCodeProcess(information.hProcess, &code);
  printf("exit code in range: %d\n", code >= 1 && code <= 4);
}

int main(int count, char **arguments) {
  if (count > 1) return child(arguments[1]);
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE, 0, 2 * 65536, NAME);
  LONG *numbers = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
  PROCESS_INFORMATION one = start("name", FALSE, 0), other = start("name", FALSE, 0);
  end(one);
  end(other);
  printf("%ld by %ld\n", numbers[0], numbers[1]);

  char value[32];
  snprintf(value, sizeof value, "%lu", (DWORD)(ULONG_PTR)mapping);
  end(start(value, TRUE, 0));
  printf("%ld by %ld\n", numbers[0], numbers[1]);

  PROCESS_INFORMATION last = start("sent", FALSE, CREATE_SUSPENDED);
  HANDLE target = NULL;
  BOOL done = DuplicateHandle(GetCurrentProcess(), mapping, last.hProcess, &target, FILE_MAP_WRITE, FALSE, 0);
  printf("duplicate: %d\n", done);
  *(ULONG64 *)((char *)numbers + 65536) = (ULONG_PTR)target;
  ResumeThread(last.hThread);
  end(last);
  printf("%ld by %ld\n", numbers[0], numbers[1]);
  return 0;
}
