// Folders, searching, moving and copying.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void make(const char *name, const char *text) {
  DWORD written;
  HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  WriteFile(file, text, (DWORD)strlen(text), &written, NULL);
  CloseHandle(file);
}

static void search(const char *pattern) {
  WIN32_FIND_DATAA found;
  SetLastError(0);
  HANDLE handle = FindFirstFileA(pattern, &found);
  printf("%s:", pattern);
  if (handle == INVALID_HANDLE_VALUE) {
    printf(" error %lu\n", GetLastError());
    return;
  }
  do {
    if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
      printf(" %s\\", found.cFileName);
    else
      printf(" %s(%lu)", found.cFileName, found.nFileSizeLow);
  } while (FindNextFileA(handle, &found));
  printf(" end %lu", GetLastError());
  printf(" closed %d\n", FindClose(handle));
}

static void say(const char *what, BOOL done) { printf("%s: %d error %lu\n", what, done, done ? 0 : GetLastError()); }

int main(void) {
  say("folder", CreateDirectoryA("lw-folder", NULL));
  say("twice", CreateDirectoryA("lw-folder", NULL));
  say("in none", CreateDirectoryA("lw-none\\folder", NULL));
  printf("attributes %lx\n", GetFileAttributesA("lw-folder"));
  say("inner", CreateDirectoryW(L"lw-folder\\Inner", NULL));
  make("lw-folder\\one.txt", "1");
  make("lw-folder\\two.txt", "22");
  make("lw-folder\\three.dat", "333");
  make("lw-folder\\noext", "");
  search("lw-folder\\*");
  search("lw-folder\\*.txt");
  search("lw-folder\\*.*");
  search("lw-folder\\t??.txt");
  search("lw-folder\\T*");
  search("lw-folder\\*e*");
  search("lw-folder\\one.txt");
  search("lw-folder\\zzz*");
  search("lw-none\\*");
  search("lw-folder");
  WIN32_FIND_DATAW wide;
  HANDLE handle = FindFirstFileW(L"lw-folder\\three.*", &wide);
  printf("wide: %d %d\n", wcscmp(wide.cFileName, L"three.dat"), FindNextFileW(handle, &wide));
  FindClose(handle);
  SetLastError(0);
  BOOL closed = FindClose(INVALID_HANDLE_VALUE);
  printf("close none: %d error %lu\n", closed, GetLastError());

  say("copy", CopyFileA("lw-folder\\two.txt", "lw-folder\\copy.txt", TRUE));
  say("copy again", CopyFileA("lw-folder\\two.txt", "lw-folder\\copy.txt", TRUE));
  say("copy over", CopyFileA("lw-folder\\three.dat", "lw-folder\\copy.txt", FALSE));
  say("copy none", CopyFileA("lw-folder\\none", "lw-folder\\x", FALSE));
  say("move", MoveFileA("lw-folder\\copy.txt", "lw-folder\\moved.txt"));
  say("move onto", MoveFileA("lw-folder\\moved.txt", "lw-folder\\one.txt"));
  say("replace", MoveFileExA("lw-folder\\moved.txt", "lw-folder\\one.txt", MOVEFILE_REPLACE_EXISTING));
  say("move none", MoveFileA("lw-folder\\none", "lw-folder\\x"));
  say("move a folder", MoveFileA("lw-folder\\Inner", "lw-folder\\other"));
  search("lw-folder\\*");
  WIN32_FILE_ATTRIBUTE_DATA data;
  say("extended", GetFileAttributesExA("lw-folder\\one.txt", GetFileExInfoStandard, &data));
  printf("size %lu, attributes %lx\n", data.nFileSizeLow, data.dwFileAttributes);
  say("extended none", GetFileAttributesExA("lw-folder\\none", GetFileExInfoStandard, &data));
  HANDLE file = CreateFileA("lw-folder\\one.txt", GENERIC_READ, 1, NULL, OPEN_EXISTING, 0, NULL);
  BY_HANDLE_FILE_INFORMATION information;
  say("by handle", GetFileInformationByHandle(file, &information));
  printf("size %lu, links %lu\n", information.nFileSizeLow, information.nNumberOfLinks);
  CloseHandle(file);
  say("not empty", RemoveDirectoryA("lw-folder"));
  say("a file", RemoveDirectoryA("lw-folder\\one.txt"));
  say("none", RemoveDirectoryA("lw-none"));
  DeleteFileA("lw-folder\\one.txt");
  DeleteFileA("lw-folder\\two.txt");
  DeleteFileA("lw-folder\\three.dat");
  DeleteFileA("lw-folder\\noext");
  say("inner removed", RemoveDirectoryA("lw-folder\\other"));
  say("removed", RemoveDirectoryA("lw-folder"));
  return 0;
}
