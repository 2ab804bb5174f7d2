// Sharing modes: which second opening is a violation, and what deletion and renaming need.
#include <stdio.h>
#include <windows.h>

static const char name[] = "lw-sharing.tmp";

static HANDLE open_file(DWORD access, DWORD sharing) {
  return CreateFileA(name, access, sharing, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
}

int main(void) {
  static const DWORD accesses[] = {0, GENERIC_READ, GENERIC_WRITE, GENERIC_READ | GENERIC_WRITE, DELETE};
  for (int i = 0; i < 5; i++)
    for (DWORD sharing = 0; sharing < 8; sharing++) {
      HANDLE first = open_file(accesses[i], sharing);
      printf("%d with %lu:", i, sharing);
      for (int j = 0; j < 5; j++)
        for (DWORD other = 0; other < 8; other += j == 0 ? 7 : 1) {
          SetLastError(0);
          HANDLE second = open_file(accesses[j], other);
          printf("%s%s", other == 0 ? " " : "",
                 second != INVALID_HANDLE_VALUE ? "+"
                 : GetLastError() == 32         ? "-"
                                                : "?");
          if (second != INVALID_HANDLE_VALUE) CloseHandle(second);
        }
      printf("\n");
      CloseHandle(first);
    }
  HANDLE file = open_file(GENERIC_READ, FILE_SHARE_READ);
  SetLastError(0);
  BOOL done = DeleteFileA(name);
  printf("delete: %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = MoveFileA(name, "lw-moved.tmp");
  printf("move: %d error %lu\n", done, GetLastError());
  HANDLE reader = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  printf("a second reader: %d\n", CloseHandle(reader));
  CloseHandle(file);
  file = open_file(GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE);
  done = MoveFileA(name, "lw-moved.tmp");
  printf("move while shared: %d\n", done);
  done = MoveFileA("lw-moved.tmp", name);
  printf("and back: %d\n", done);
  CloseHandle(file);
  done = DeleteFileA(name);
  printf("deleted: %d, there %d\n", done, GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES);
  return 0;
}
