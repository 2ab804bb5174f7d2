// The working directory, full names and temporary files.
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {
  char path[MAX_PATH], name[MAX_PATH], home[MAX_PATH], *file;
  DWORD length = GetTempPathA(sizeof path, path);
  printf("temp: %d, drive %d, ends in a backslash %d\n", length == strlen(path), path[1] == ':',
         path[length - 1] == '\\');
  printf("needs %d\n", GetTempPathA(3, name) == length + 1);
  WCHAR wide[MAX_PATH];
  printf("wide: %d\n", GetTempPathW(MAX_PATH, wide) == length && wide[length - 1] == '\\');

  UINT number = GetTempFileNameA(path, "lwx", 0, name);
  printf("name: %d, prefix %d, suffix %d, exists %d\n", number != 0, strncmp(strrchr(name, '\\') + 1, "lwx", 3),
         strcmp(name + strlen(name) - 4, ".tmp"), GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES);
  printf("deleted: %d\n", DeleteFileA(name));
  printf("given: %x", GetTempFileNameA(path, "longer", 0x123, name));
  printf(" %s, exists %d\n", strrchr(name, '\\') + 1, GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES);
  SetLastError(0);
  printf("no folder: %u", GetTempFileNameA("no\\such\\folder", "x", 0, name));
  printf(" error %lu\n", GetLastError());

  length = GetCurrentDirectoryA(sizeof home, home);
  printf("directory: %d, needs %d\n", length == strlen(home), GetCurrentDirectoryA(1, name) == length + 1);
  strcat(path, "lw-dirs");
  RemoveDirectoryA(path);
  printf("made: %d", CreateDirectoryA(path, NULL));
  printf(", changed: %d\n", SetCurrentDirectoryA(path));
  GetCurrentDirectoryA(sizeof name, name);
  printf("now: %s\n", strrchr(name, '\\') + 1);
  length = GetFullPathNameA("a\\..\\b/./c.txt", sizeof name, name, &file);
  printf("full: %d, file %s, ends as %s\n", length == strlen(name), file, strstr(name, "lw-dirs"));
  length = GetFullPathNameA("folder\\", sizeof name, name, &file);
  printf("no file: %d, ends as %s\n", file == NULL, strstr(name, "lw-dirs"));
  length = GetFullPathNameA("C:\\x\\y\\..\\..\\..\\z", sizeof name, name, &file);
  printf("rooted: %lu %s\n", length, name);
  printf("too small: %lu\n", GetFullPathNameA("C:\\x\\y", 6, name, NULL));
  SetLastError(0);
  printf("nowhere: %d", SetCurrentDirectoryA("no-such-folder"));
  printf(" error %lu\n", GetLastError());
  SetLastError(0);
  printf("empty: %d", SetCurrentDirectoryA(""));
  printf(" error %lu\n", GetLastError());
  SetCurrentDirectoryA(home);
  printf("removed: %d\n", RemoveDirectoryA(path));
  return 0;
}
