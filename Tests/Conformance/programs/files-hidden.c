// Attributes that CreateFile gives: hidden and system files, seen by every call that tells attributes; making one anew
// must name them again.
// wine-differs: CREATE_ALWAYS without the attributes is ERROR_ACCESS_DENIED (CreateFile, dwCreationDisposition), Wine
// lets it pass.
#include <stdio.h>
#include <windows.h>

static void tell(const char *name) {
  DWORD attributes = GetFileAttributesA(name);
  WIN32_FILE_ATTRIBUTE_DATA data = {0};
  WIN32_FIND_DATAA found = {0};
  BY_HANDLE_FILE_INFORMATION information = {0};
  BOOL known = GetFileAttributesExA(name, GetFileExInfoStandard, &data);
  HANDLE search = FindFirstFileA(name, &found);
  if (search != INVALID_HANDLE_VALUE) FindClose(search);
  HANDLE file =
      CreateFileA(name, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
  if (file != INVALID_HANDLE_VALUE) {
    GetFileInformationByHandle(file, &information);
    CloseHandle(file);
  }
  printf("  %lx, %d %lx, %lx, %lx\n", attributes, known, data.dwFileAttributes, found.dwFileAttributes,
         information.dwFileAttributes);
}

static void make(const char *name, DWORD disposition, DWORD attributes) {
  SetLastError(77);
  HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, disposition, attributes, NULL);
  printf("%s, %lu, %lx: %s, error %lu\n", name, disposition, attributes, file == INVALID_HANDLE_VALUE ? "none" : "made",
         GetLastError());
  if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
  tell(name);
}

int main(void) {
  make("plain.txt", CREATE_NEW, FILE_ATTRIBUTE_NORMAL);
  make("hidden.txt", CREATE_NEW, FILE_ATTRIBUTE_HIDDEN);
  make("system.txt", CREATE_NEW, FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_HIDDEN);
  make("hidden.txt", OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL);
  make("hidden.txt", CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL);
  make("hidden.txt", CREATE_ALWAYS, FILE_ATTRIBUTE_HIDDEN);
  make("system.txt", CREATE_ALWAYS, FILE_ATTRIBUTE_HIDDEN);
  printf("unhide: %d\n", SetFileAttributesA("hidden.txt", FILE_ATTRIBUTE_NORMAL));
  tell("hidden.txt");
  make("hidden.txt", CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL);

  SetFileAttributesA("plain.txt", FILE_ATTRIBUTE_READONLY);
  HANDLE file = CreateFileA("plain.txt", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                            FILE_FLAG_DELETE_ON_CLOSE, NULL);
  printf("a read-only file to delete when it is closed: %d, error %lu\n", file != INVALID_HANDLE_VALUE, GetLastError());
  SetFileAttributesA("plain.txt", FILE_ATTRIBUTE_NORMAL);
  printf("delete: %d %d %d\n", DeleteFileA("plain.txt"), DeleteFileA("hidden.txt"), DeleteFileA("system.txt"));
  return 0;
}
