// STARTUPINFOEX: of the handles that could be inherited, a child gets those of a list.
// wine-differs: a handle of the list that is not inheritable makes CreateProcess fail; the handles "must be created as
// inheritable handles" (UpdateProcThreadAttribute, learn.microsoft.com), and Wine does not look.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static PROCESS_INFORMATION process;

static int child(char **values) {
  for (int i = 0; i < 2; i++) {
    HANDLE event = (HANDLE)(ULONG_PTR)strtoul(values[i], NULL, 0);
    BOOL set = SetEvent(event);
    printf("child, event %d: %d error %lu\n", i, set, set ? 0 : GetLastError());
  }
  return 0;
}

static void run(char *line, DWORD flags, LPSTARTUPINFOA startup) {
  fflush(stdout);
  BOOL done = CreateProcessA(NULL, line, NULL, NULL, TRUE, flags, NULL, NULL, startup, &process);
  DWORD error = GetLastError();
  if (done) WaitForSingleObject(process.hProcess, INFINITE);
  printf("CreateProcess %d error %lu\n", done, done ? 0 : error);
}

static void show(const char *what, BOOL done) {
  DWORD error = GetLastError();
  printf("%s: %d error %lu\n", what, done, done ? 0 : error);
}

int main(int count, char **arguments) {
  if (count > 2) return child(arguments + 1);
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE events[2], own = CreateEventA(NULL, TRUE, FALSE, NULL);
  for (int i = 0; i < 2; i++) events[i] = CreateEventA(&inheritable, TRUE, FALSE, NULL);

  SIZE_T bytes = 0;
  show("size", InitializeProcThreadAttributeList(NULL, 1, 0, &bytes));
  SIZE_T of_one = bytes;
  LPPROC_THREAD_ATTRIBUTE_LIST list = malloc(bytes);
  show("list", InitializeProcThreadAttributeList(list, 1, 0, &bytes));
  show("unknown", UpdateProcThreadAttribute(list, 0, 0x12345, events, sizeof *events, NULL, NULL));
  show("part of a handle",
       UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, events, 3, NULL, NULL));
  show("handles",
       UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, events, sizeof *events, NULL, NULL));
  show("full",
       UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, events, sizeof *events, NULL, NULL));

  char self[MAX_PATH], line[MAX_PATH + 60];
  GetModuleFileNameA(NULL, self, sizeof self);
  sprintf(line, "\"%s\" %lu %lu", self, (DWORD)(ULONG_PTR)events[0], (DWORD)(ULONG_PTR)events[1]);
  STARTUPINFOEXA startup = {.StartupInfo = {.cb = sizeof startup}, .lpAttributeList = list};
  run(line, EXTENDED_STARTUPINFO_PRESENT, &startup.StartupInfo);
  printf("events %lu %lu\n", WaitForSingleObject(events[0], 0), WaitForSingleObject(events[1], 0));
  ResetEvent(events[0]);
  run(line, 0, &startup.StartupInfo);
  printf("events %lu %lu\n", WaitForSingleObject(events[0], 0), WaitForSingleObject(events[1], 0));
  DeleteProcThreadAttributeList(list);

  show("too small", InitializeProcThreadAttributeList(list, 2, 0, &bytes));
  printf("more %d\n", bytes > of_one);
  list = realloc(list, bytes);
  show("list of two", InitializeProcThreadAttributeList(list, 2, 0, &bytes));
  show("handles", UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &own, sizeof own, NULL, NULL));
  show("again", UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &own, sizeof own, NULL, NULL));
  startup.lpAttributeList = list;
  run(line, EXTENDED_STARTUPINFO_PRESENT, &startup.StartupInfo);
  return 0;
}
