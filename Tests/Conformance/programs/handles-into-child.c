// Handles that DuplicateHandle opens in a child: before it runs, with fewer rights, with the source closed by the same
// call, of each kind that children inherit; and in one that has ended.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-into-child"
enum { EVENT, READ_ONLY_EVENT, MUTEX, SEMAPHORE, FILE_HANDLE, PIPE_END, PARENT, UNUSED, HANDLES };

static int child(void) {
  HANDLE pipe = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  ULONG64 values[HANDLES];
  DWORD bytes = 0;
  ReadFile(pipe, values, sizeof values, &bytes, NULL);
  HANDLE handles[HANDLES];
  for (int i = 0; i < HANDLES; i++) handles[i] = (HANDLE)(ULONG_PTR)values[i];
  char text[256], part[16] = "";
  int length = sprintf(text, "set %d, ", SetEvent(handles[EVENT]));
  length += sprintf(text + length, "read-only: set %d, ", SetEvent(handles[READ_ONLY_EVENT]));
  length += sprintf(text + length, "error %lu, ", GetLastError());
  length += sprintf(text + length, "wait %lu; ", WaitForSingleObject(handles[READ_ONLY_EVENT], 0));
  length += sprintf(text + length, "mutex %lu, ", WaitForSingleObject(handles[MUTEX], 0));
  LONG before = 77;
  length += sprintf(text + length, "release %d, ", ReleaseSemaphore(handles[SEMAPHORE], 2, &before));
  length += sprintf(text + length, "before %ld, ", before);
  length += sprintf(text + length, "file %d, ", WriteFile(handles[FILE_HANDLE], "child", 5, &bytes, NULL));
  length += sprintf(text + length, "pipe %d, ", ReadFile(handles[PIPE_END], part, 8, &bytes, NULL));
  length += sprintf(text + length, "\"%s\", ", part);
  length += sprintf(text + length, "parent %lu, ", WaitForSingleObject(handles[PARENT], 0));
  length += sprintf(text + length, "close %d ", CloseHandle(handles[UNUSED]));
  length += sprintf(text + length, "%d\n", CloseHandle(handles[UNUSED]));
  WriteFile(pipe, text, (DWORD)length, &bytes, NULL);
  ReadFile(pipe, part, 1, &bytes, NULL);
  return 3;
}

static void give(const char *what, HANDLE handle, HANDLE process, ULONG64 *value, DWORD access, DWORD options) {
  HANDLE target = NULL;
  SetLastError(0);
  BOOL done = DuplicateHandle(GetCurrentProcess(), handle, process, &target, access, FALSE, options);
  printf("%s: %d, error %lu, a handle %d\n", what, done, done ? 0 : GetLastError(), target != NULL);
  *value = (ULONG_PTR)target;
}

int main(int count, char **arguments) {
  (void)arguments;
  if (count > 1) return child();
  HANDLE pipe = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 0, 0, 0, NULL);
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), manual = CreateEventA(NULL, TRUE, TRUE, NULL);
  HANDLE mutex = CreateMutexA(NULL, FALSE, NULL), semaphore = CreateSemaphoreA(NULL, 1, 5, NULL);
  HANDLE file = CreateFileA("into-child.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  HANDLE reader, writer;
  CreatePipe(&reader, &writer, NULL, 0);
  char program[MAX_PATH], line[MAX_PATH + 16];
  GetModuleFileNameA(NULL, program, sizeof program);
  snprintf(line, sizeof line, "\"%s\" child", program);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION information;
  BOOL made = CreateProcessA(NULL, line, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup, &information);
  HANDLE process = information.hProcess;
  printf("child: %d\n", made);

  ULONG64 values[HANDLES];
  give("event", event, process, &values[EVENT], 0, DUPLICATE_SAME_ACCESS);
  give("event to wait for", manual, process, &values[READ_ONLY_EVENT], SYNCHRONIZE, 0);
  ResumeThread(information.hThread);
  BOOL connected = ConnectNamedPipe(pipe, NULL) || GetLastError() == ERROR_PIPE_CONNECTED;
  printf("connected: %d\n", connected);
  give("mutex", mutex, process, &values[MUTEX], 0, DUPLICATE_SAME_ACCESS);
  give("semaphore", semaphore, process, &values[SEMAPHORE], SEMAPHORE_MODIFY_STATE, 0);
  give("file", file, process, &values[FILE_HANDLE], 0, DUPLICATE_SAME_ACCESS);
  give("pipe end", reader, process, &values[PIPE_END], 0, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
  give("this process", GetCurrentProcess(), process, &values[PARENT], SYNCHRONIZE, 0);
  give("unused", event, process, &values[UNUSED], 0, DUPLICATE_SAME_ACCESS);
  give("nothing", NULL, process, &(ULONG64){0}, 0, DUPLICATE_SAME_ACCESS);

  DWORD bytes = 0;
  char text[256];
  WriteFile(writer, "through", 7, &bytes, NULL);
  WriteFile(pipe, values, sizeof values, &bytes, NULL);
  ReadFile(pipe, text, sizeof text, &bytes, NULL);
  printf("%.*s", (int)bytes, text);
  printf("event %lu\n", WaitForSingleObject(event, 0));
  printf("mutex %lu\n", WaitForSingleObject(mutex, 0));
  for (int i = 0; i < 4; i++) printf("semaphore %lu\n", WaitForSingleObject(semaphore, 0));
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  ReadFile(file, text, sizeof text, &bytes, NULL);
  printf("file \"%.*s\"\n", (int)bytes, text);
  WriteFile(pipe, "!", 1, &bytes, NULL);
  printf("child %lu\n", WaitForSingleObject(process, INFINITE));
  printf("mutex %lu\n", WaitForSingleObject(mutex, 0));
  give("after its end", event, process, &values[0], 0, DUPLICATE_SAME_ACCESS);
  return 0;
}
