// CreatePipe: a thread writes more than the pipe holds, the other reads it all and then sees the end.
#include <stdio.h>
#include <windows.h>

static HANDLE write_end;

static DWORD WINAPI write_much(LPVOID parameter) {
  (void)parameter;
  char line[100];
  DWORD total = 0, bytes;
  for (int i = 0; i < 200; i++) {
    for (int k = 0; k < 100; k++) line[k] = (char)('a' + (i + k) % 26);
    if (!WriteFile(write_end, line, 100, &bytes, NULL)) return 0;
    total += bytes;
  }
  CloseHandle(write_end);
  return total;
}

int main(void) {
  HANDLE read_end;
  printf("create: %d\n", CreatePipe(&read_end, &write_end, NULL, 1000));
  printf("types %u %u\n", (unsigned)GetFileType(read_end), (unsigned)GetFileType(write_end));
  char buffer[64];
  DWORD bytes = 0, total = 0, wrong = 0, code = 0;
  BOOL done = WriteFile(read_end, "x", 1, &bytes, NULL);
  printf("write to the read end: %d, error %u\n", done, (unsigned)GetLastError());
  done = ReadFile(write_end, buffer, 1, &bytes, NULL);
  printf("read from the write end: %d, error %u\n", done, (unsigned)GetLastError());

  HANDLE thread = CreateThread(NULL, 0, write_much, NULL, 0, NULL);
  while (ReadFile(read_end, buffer, sizeof buffer, &bytes, NULL)) {
    for (DWORD i = 0; i < bytes; i++, total++) wrong += buffer[i] != (char)('a' + (total / 100 + total % 100) % 26);
  }
  printf("the end: error %u\n", (unsigned)GetLastError());
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("read %u, written %u, wrong %u\n", (unsigned)total, (unsigned)code, (unsigned)wrong);
  CloseHandle(thread);
  CloseHandle(read_end);

  CreatePipe(&read_end, &write_end, NULL, 0);
  CloseHandle(read_end);
  done = WriteFile(write_end, "x", 1, &bytes, NULL);
  printf("write without a reader: %d, error %u\n", done, (unsigned)GetLastError());
  CloseHandle(write_end);
  return 0;
}
