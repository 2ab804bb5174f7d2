// The program's own path: absolute, ending in its name; cut and terminated when the room is too small.
// wine-differs: Wine 8.0 leaves a path that was cut without its terminator (as XP did); documented since Vista is a
// terminated one: https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulefilenamea
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {
  char path[MAX_PATH], small[8];
  memset(path, '#', sizeof path);
  SetLastError(0);
  DWORD length = GetModuleFileNameA(NULL, path, sizeof path);
  printf("length is right: %d\n", length > 0 && length == strlen(path));
  printf("error %lu\n", GetLastError());
  printf("absolute: %d\n", path[0] == '/' || path[0] == '\\' || path[1] == ':');
  memset(small, '#', sizeof small);
  SetLastError(0);
  length = GetModuleFileNameA(NULL, small, 4);
  printf("cut: %lu error %lu\n", length, GetLastError());
  printf("the beginning: %d, terminated %d, nothing behind %d\n", memcmp(path, small, 3) == 0, small[3] == 0,
         small[4] == '#');
  SetLastError(0);
  length = GetModuleFileNameA(NULL, small, 0);
  printf("no room: %lu error %lu\n", length, GetLastError());
  return 0;
}
