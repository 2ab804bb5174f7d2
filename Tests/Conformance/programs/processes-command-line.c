// The command line of a child: to the letter what CreateProcess was given, quotes, blanks and backslashes and all.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static const char *const lines[] = {
    "plain words",       "\"quoted words\" x", "a\\\\b c\\",       "\"trailing\\\\\" next", "escaped\\\"quote",
    "  many   blanks  ", "\"\" empty",         "\\\\\\\"three",    "tab\tbetween",          "mid\"dle qu\"ote",
    "a\"b\" c",          "'single' quotes",    "%PATH% $HOME `x`", "\"never closed",        "\"in \"\" side\" z",
};

static int child(int count, char **arguments) {
  printf("  line <%s>\n", strstr(GetCommandLineA(), "child"));
  for (int i = 2; i < count; i++) printf("  <%s>\n", arguments[i]);
  printf("  as long in wide characters: %d\n", lstrlenW(GetCommandLineW()) == lstrlenA(GetCommandLineA()));
  return count;
}

int main(int count, char **arguments) {
  if (count > 1 && strcmp(arguments[1], "child") == 0) return child(count, arguments);
  char program[MAX_PATH], line[2 * MAX_PATH];
  GetModuleFileNameA(NULL, program, sizeof program);
  for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
    snprintf(line, sizeof line, "\"%s\" child %s", program, lines[i]);
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION information;
    printf("%u\n", i);
    fflush(stdout);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) {
      printf("error %lu\n", GetLastError());
      continue;
    }
    WaitForSingleObject(information.hProcess, INFINITE);
    DWORD code = 0;
    GetExitCodeProcess(information.hProcess, &code);
    printf("  exit code %lu\n", code);
    CloseHandle(information.hThread);
    CloseHandle(information.hProcess);
  }
  return 0;
}
