// Deletion while a file is open takes effect at the last close; FILE_FLAG_DELETE_ON_CLOSE deletes at the close.
// wine-differs: Wine 8.0 lets a file that is to be deleted be opened once more; documented is ERROR_ACCESS_DENIED:
// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-deletefilea
// wine-differs: as root Wine 8.0 opens a read-only file for writing; documented is ERROR_ACCESS_DENIED (CreateFileA).
#include <stdio.h>
#include <windows.h>

static const char name[] = "lw-delete.tmp";

static HANDLE make(DWORD flags) {
  return CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                     CREATE_ALWAYS, flags, NULL);
}

static BOOL exists(void) { return GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES; }

static void attempt(const char *what, DWORD access, DWORD sharing) {
  SetLastError(0);
  HANDLE file = CreateFileA(name, access, sharing, NULL, OPEN_EXISTING, 0, NULL);
  printf("%s: %d error %lu\n", what, file != INVALID_HANDLE_VALUE, GetLastError());
  if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
}

int main(void) {
  char text[16];
  DWORD moved;
  HANDLE file = make(0);
  WriteFile(file, "still here", 10, &moved, NULL);
  printf("delete: %d\n", DeleteFileA(name));
  attempt("open again", GENERIC_READ, 7);
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  BOOL done = ReadFile(file, text, sizeof text, &moved, NULL);
  printf("read: %d %.*s\n", done, (int)moved, text);
  CloseHandle(file);
  printf("closed, there: %d\n", exists());

  file = make(FILE_FLAG_DELETE_ON_CLOSE);
  printf("on close, there: %d\n", exists());
  attempt("a second with sharing", GENERIC_READ, 7);
  attempt("a second without", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE);
  CloseHandle(file);
  printf("closed, there: %d\n", exists());

  file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_READONLY, NULL);
  printf("a new read-only file is written: %d\n", WriteFile(file, "x", 1, &moved, NULL));
  CloseHandle(file);
  printf("attributes %lx\n", GetFileAttributesA(name));
  attempt("write to read-only", GENERIC_WRITE, 7);
  SetLastError(0);
  done = DeleteFileA(name);
  printf("delete read-only: %d error %lu\n", done, GetLastError());
  printf("made normal: %d\n", SetFileAttributesA(name, FILE_ATTRIBUTE_NORMAL));
  printf("deleted: %d", DeleteFileA(name));
  printf(", there %d\n", exists());
  SetLastError(0);
  done = DeleteFileA(name);
  printf("again: %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = DeleteFileA(".");
  printf("a folder: %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = DeleteFileA("lw-none\\file");
  printf("in no folder: %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = DeleteFileA(NULL);
  printf("NULL: %d error %lu\n", done, GetLastError());
  return 0;
}
