// SetFileInformationByHandle and GetFileInformationByHandleEx: times and attributes, sizes, a new name, deletion.
// wine-differs: Wine 8.0 does not serve FileAllocationInfo, answers too small a buffer with ERROR_INVALID_PARAMETER
// (Windows: ERROR_BAD_LENGTH), and leaves DeletePending FALSE; learn.microsoft.com, SetFileInformationByHandle and
// FILE_STANDARD_INFO (winbase.h).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

static HANDLE file;

static void show(const char *what, BOOL done) {
  DWORD error = GetLastError();
  printf("%s: %d", what, done);
  if (!done) printf(" error %lu", error);
  printf("\n");
  SetLastError(0);
}

static HANDLE open_file(const char *name, DWORD access, DWORD disposition) {
  HANDLE opened = CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, disposition,
                              FILE_ATTRIBUTE_NORMAL, NULL);
  if (opened == INVALID_HANDLE_VALUE) printf("open %s: error %lu\n", name, GetLastError());
  return opened;
}

static int is_there(const char *name) { return GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES; }

static BOOL rename_to(const WCHAR *name, BOOL replaces) {
  char memory[sizeof(FILE_RENAME_INFO) + MAX_PATH * sizeof(WCHAR)];
  FILE_RENAME_INFO *info = (FILE_RENAME_INFO *)memory;
  memset(memory, 0, sizeof memory);
  info->ReplaceIfExists = (BOOLEAN)replaces;
  info->FileNameLength = (DWORD)(wcslen(name) * sizeof(WCHAR));
  memcpy(info->FileName, name, info->FileNameLength + sizeof(WCHAR));
  return SetFileInformationByHandle(file, FileRenameInfo, info, sizeof memory);
}

static BOOL dispose(HANDLE of, BOOLEAN deletes) {
  FILE_DISPOSITION_INFO info = {deletes};
  return SetFileInformationByHandle(of, FileDispositionInfo, &info, sizeof info);
}

static void standard(void) {
  FILE_STANDARD_INFO info;
  memset(&info, 0, sizeof info);
  show("standard", GetFileInformationByHandleEx(file, FileStandardInfo, &info, sizeof info));
  printf("  size %lu links %lu deleted %d folder %d\n", info.EndOfFile.LowPart, info.NumberOfLinks, info.DeletePending,
         info.Directory);
}

int main(void) {
  DWORD bytes = 0;
  FILE_END_OF_FILE_INFO end = {{{0}}};
  FILE_ALLOCATION_INFO allocation = {{{0}}};
  FILE_BASIC_INFO basic;
  file = open_file("info.txt", GENERIC_READ | GENERIC_WRITE | DELETE, CREATE_ALWAYS);
  WriteFile(file, "0123456789", 10, &bytes, NULL);
  standard();
  end.EndOfFile.QuadPart = 4;
  show("cut", SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof end));
  standard();
  end.EndOfFile.QuadPart = 100;
  show("grow", SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof end));
  printf("position: %lu size: %lu\n", SetFilePointer(file, 0, NULL, FILE_CURRENT), GetFileSize(file, NULL));
  allocation.AllocationSize.QuadPart = 1000;
  show("allocate", SetFileInformationByHandle(file, FileAllocationInfo, &allocation, sizeof allocation));
  printf("size: %lu\n", GetFileSize(file, NULL));
  show("too short", SetFileInformationByHandle(file, FileEndOfFileInfo, &end, 4));
  show("no file", SetFileInformationByHandle(NULL, FileEndOfFileInfo, &end, sizeof end));

  memset(&basic, 0, sizeof basic);
  basic.LastWriteTime.QuadPart = 131000000000000000;
  show("set times", SetFileInformationByHandle(file, FileBasicInfo, &basic, sizeof basic));
  memset(&basic, 0, sizeof basic);
  show("basic", GetFileInformationByHandleEx(file, FileBasicInfo, &basic, sizeof basic));
  printf("  written %llu attributes %lx\n", (unsigned long long)basic.LastWriteTime.QuadPart,
         basic.FileAttributes & ~(DWORD)FILE_ATTRIBUTE_ARCHIVE);
  memset(&basic, 0, sizeof basic);
  basic.FileAttributes = FILE_ATTRIBUTE_READONLY;
  show("set read-only", SetFileInformationByHandle(file, FileBasicInfo, &basic, sizeof basic));
  printf("  attributes %lx\n", GetFileAttributesA("info.txt") & FILE_ATTRIBUTE_READONLY);
  basic.FileAttributes = FILE_ATTRIBUTE_NORMAL;
  show("set normal", SetFileInformationByHandle(file, FileBasicInfo, &basic, sizeof basic));
  printf("  attributes %lx\n", GetFileAttributesA("info.txt") & FILE_ATTRIBUTE_READONLY);

  HANDLE other = open_file("other.txt", GENERIC_WRITE, CREATE_ALWAYS);
  CloseHandle(other);
  char folder[MAX_PATH];
  WCHAR target[MAX_PATH];
  GetCurrentDirectoryA(sizeof folder, folder);
  printf("in a folder: %d\n", folder[0] != 0);
  GetFullPathNameW(L"renamed.txt", MAX_PATH, target, NULL);
  show("rename", rename_to(target, FALSE));
  printf("old %d new %d\n", is_there("info.txt"), is_there("renamed.txt"));
  GetFullPathNameW(L"other.txt", MAX_PATH, target, NULL);
  show("rename to one that is there", rename_to(target, FALSE));
  show("replace it", rename_to(target, TRUE));
  printf("old %d new %d\n", is_there("renamed.txt"), is_there("other.txt"));

  HANDLE second = open_file("other.txt", GENERIC_READ, OPEN_EXISTING);
  show("delete without the right", dispose(second, TRUE));
  show("delete", dispose(file, TRUE));
  standard();
  show("but not", dispose(file, FALSE));
  standard();
  show("delete", dispose(file, TRUE));
  CloseHandle(second);
  CloseHandle(file);
  printf("there: %d\n", is_there("other.txt"));
  return 0;
}
