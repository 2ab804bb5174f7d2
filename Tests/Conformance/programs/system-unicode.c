// A program built for UNICODE: the names without a letter are the wide ones, <tchar.h> follows.
#define WIN32_LEAN_AND_MEAN
#define UNICODE
#define _UNICODE
#include <stdio.h>
#include <tchar.h>
#include <windows.h>

static void show(const char *what, const TCHAR *text) {
  char narrow[MAX_PATH];
  WideCharToMultiByte(CP_UTF8, 0, text, -1, narrow, sizeof narrow, NULL, NULL);
  printf("%s: %s\n", what, narrow);
}

int main(void) {
  TCHAR path[MAX_PATH], name[MAX_PATH];
  printf("characters of %d bytes\n", (int)sizeof(TCHAR));
  DWORD length = GetTempPath(MAX_PATH, path);
  printf("temp: %d %d\n", length == (DWORD)lstrlen(path), length == (DWORD)_tcslen(path));
  _tcscpy(name, path);
  _tcscat(name, TEXT("lw-Unicode.tmp"));
  HANDLE file = CreateFile(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  DWORD moved = 0;
  BOOL done = WriteFile(file, "abc", 3, &moved, NULL);
  printf("written: %d %lu\n", done, moved);
  CloseHandle(file);
  WIN32_FIND_DATA found;
  HANDLE search = FindFirstFile(name, &found);
  show("found", found.cFileName);
  printf("closed: %d\n", FindClose(search));
  WIN32_FILE_ATTRIBUTE_DATA data;
  done = GetFileAttributesEx(name, GetFileExInfoStandard, &data);
  printf("size: %d %lu\n", done, data.nFileSizeLow);
  TCHAR moved_name[MAX_PATH], *last;
  _tcscpy(moved_name, path);
  _tcscat(moved_name, _T("lw-Moved.tmp"));
  printf("moved: %d\n", MoveFileEx(name, moved_name, MOVEFILE_REPLACE_EXISTING));
  length = GetFullPathName(moved_name, MAX_PATH, name, &last);
  show("last", last);
  printf("copied: %d", CopyFile(moved_name, path, TRUE));
  printf(" error %lu\n", GetLastError());
  printf("deleted: %d\n", DeleteFile(moved_name));

  HANDLE event = CreateEvent(NULL, TRUE, FALSE, TEXT("lw-event"));
  HANDLE opened = OpenEvent(EVENT_ALL_ACCESS, FALSE, _T("lw-event"));
  printf("event: %d\n", SetEvent(opened) && WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
  CloseHandle(opened);
  CloseHandle(event);
  TCHAR *message = NULL;
  DWORD_PTR arguments[] = {42, (DWORD_PTR)TEXT("inserted")};
  length = FormatMessage(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY,
                         TEXT("%1!d! and %2"), 0, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), (LPTSTR)&message, 0,
                         (va_list *)arguments);
  show("message", message);
  LocalFree(message);
  SetEnvironmentVariable(TEXT("LW_UNICODE"), TEXT("value"));
  length = GetEnvironmentVariable(TEXT("lw_unicode"), name, MAX_PATH);
  printf("variable: %lu %d\n", length, lstrcmpi(name, TEXT("VALUE")));
  printf("module: %d\n", GetModuleHandle(NULL) != NULL && GetModuleFileName(NULL, name, MAX_PATH) > 0);
  OutputDebugString(TEXT("nobody hears this"));
  STARTUPINFO startup = {sizeof startup};
  PROCESS_INFORMATION information;
  TCHAR line[] = TEXT("lw-no-such-program");
  done = CreateProcess(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information);
  printf("process: %d error %lu\n", done, GetLastError());
  return 0;
}
