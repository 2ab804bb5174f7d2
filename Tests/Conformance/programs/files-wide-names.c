// The wide forms of what takes a name: folders, copies, moves, attributes, the working folder.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void show(const char *what, BOOL done) {
  DWORD error = GetLastError();
  printf("%s: ", what);
  if (done)
    printf("done\n");
  else
    printf("error %lu\n", error);
}

int main(void) {
  WCHAR path[MAX_PATH], here[MAX_PATH], *file = NULL;
  WIN32_FILE_ATTRIBUTE_DATA data;
  FILETIME time = {0x80000000, 0x01d00000}, read_time;
  DWORD n;

  GetCurrentDirectoryW(MAX_PATH, here);
  show("create folder", CreateDirectoryW(L"f\u00f6lder", NULL));
  show("create it again", CreateDirectoryW(L"f\u00f6lder", NULL));
  show("enter", SetCurrentDirectoryW(L"f\u00f6lder"));
  n = GetCurrentDirectoryW(MAX_PATH, path);
  printf("inside: %d\n", n > 7 && lstrcmpW(path + n - 6, L"f\u00f6lder") == 0);
  show("leave", SetCurrentDirectoryW(here));
  show("enter what is not there", SetCurrentDirectoryW(L"missing"));

  HANDLE h = CreateFileW(L"f\u00f6lder\\one.txt", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
  WriteFile(h, "12345", 5, &n, NULL);
  show("set times", SetFileTime(h, NULL, &time, &time));
  show("get times", GetFileTime(h, NULL, NULL, &read_time));
  printf("the same: %d\n", CompareFileTime(&time, &read_time) == 0);
  CloseHandle(h);

  show("copy", CopyFileW(L"f\u00f6lder\\one.txt", L"f\u00f6lder\\two.txt", TRUE));
  show("copy over it", CopyFileW(L"f\u00f6lder\\one.txt", L"f\u00f6lder\\two.txt", TRUE));
  show("move", MoveFileW(L"f\u00f6lder\\two.txt", L"f\u00f6lder\\three.txt"));
  show("move over", MoveFileW(L"f\u00f6lder\\three.txt", L"f\u00f6lder\\one.txt"));
  show("move and replace", MoveFileExW(L"f\u00f6lder\\three.txt", L"f\u00f6lder\\one.txt", MOVEFILE_REPLACE_EXISTING));
  show("attributes", GetFileAttributesExW(L"f\u00f6lder\\one.txt", GetFileExInfoStandard, &data));
  printf("size %lu\n", data.nFileSizeLow);
  show("read only", SetFileAttributesW(L"f\u00f6lder\\one.txt", FILE_ATTRIBUTE_READONLY));
  printf("%lx\n", GetFileAttributesW(L"f\u00f6lder\\one.txt") & FILE_ATTRIBUTE_READONLY);
  show("delete read only", DeleteFileW(L"f\u00f6lder\\one.txt"));
  show("normal", SetFileAttributesW(L"f\u00f6lder\\one.txt", FILE_ATTRIBUTE_NORMAL));
  show("remove what is not empty", RemoveDirectoryW(L"f\u00f6lder"));
  show("delete", DeleteFileW(L"f\u00f6lder\\one.txt"));

  n = GetFullPathNameW(L"f\u00f6lder\\..\\other\\.\\x.txt", MAX_PATH, path, &file);
  printf("full: %d, file %d\n", n > 11 && lstrcmpW(file, L"x.txt") == 0, file > path);
  n = GetTempFileNameW(L"f\u00f6lder", L"abcdef", 0x12, path);
  printf("temporary: %lu, ends %d\n", n, lstrcmpW(path + lstrlenW(path) - 9, L"abc12.tmp") == 0);
  n = GetTempFileNameW(L"f\u00f6lder", L"ab", 0, path);
  printf("made: %d %d\n", n != 0, GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES);
  show("delete it", DeleteFileW(path));
  show("remove", RemoveDirectoryW(L"f\u00f6lder"));
  show("remove it again", RemoveDirectoryW(L"f\u00f6lder"));
  return 0;
}
