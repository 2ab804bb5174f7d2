// GetFileInformationByHandleEx: the name of an open file, also in little room, and its attributes; what is no class.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void name_of(HANDLE file, DWORD units) {
  union {
    FILE_NAME_INFO info;
    char bytes[sizeof(FILE_NAME_INFO) + MAX_PATH * sizeof(WCHAR)];
  } room;
  char narrow[2 * MAX_PATH] = "";
  memset(&room, 0, sizeof room);
  SetLastError(0);
  BOOL done = GetFileInformationByHandleEx(file, FileNameInfo, &room, (DWORD)sizeof(FILE_NAME_INFO) + 2 * units);
  DWORD error = done ? 0 : GetLastError();
  WideCharToMultiByte(CP_UTF8, 0, room.info.FileName, -1, narrow, sizeof narrow, NULL, NULL);
  const char *last = strrchr(narrow, '\\');
  printf("name: %d, error %lu, from the root %d, \"%s\"\n", done, error, narrow[0] == '\\',
         units == MAX_PATH && last ? last + 1 : "");
  if (units == MAX_PATH)
    printf("  of that length %d\n", room.info.FileNameLength == wcslen(room.info.FileName) * sizeof(WCHAR));
}

static void attributes_of(HANDLE file) {
  FILE_ATTRIBUTE_TAG_INFO info = {7, 7};
  BOOL done = GetFileInformationByHandleEx(file, FileAttributeTagInfo, &info, sizeof info);
  printf("attributes: %d, %lx, %lx\n", done, info.FileAttributes, info.ReparseTag);
}

int main(void) {
  HANDLE file = CreateFileW(L"n\x00e4me.txt", GENERIC_WRITE | DELETE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                            CREATE_NEW, FILE_ATTRIBUTE_HIDDEN, NULL);
  name_of(file, MAX_PATH);
  name_of(file, 2);
  attributes_of(file);
  HANDLE folder = CreateFileA(".", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                              FILE_FLAG_BACKUP_SEMANTICS, NULL);
  attributes_of(folder);
  char bytes[64];
  BOOL done = GetFileInformationByHandleEx(file, (FILE_INFO_BY_HANDLE_CLASS)99, bytes, sizeof bytes);
  printf("no class: %d, error %lu\n", done, GetLastError());
  done = GetFileInformationByHandleEx(file, FileNameInfo, bytes, 3);
  printf("no room: %d, error %lu\n", done, GetLastError());
  return 0;
}
