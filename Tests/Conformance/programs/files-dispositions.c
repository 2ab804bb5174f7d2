// CreateFile: every disposition on a file that is there and on one that is not, and names that are none.
#include <stdio.h>
#include <windows.h>

static const char *const dispositions[] = {"CREATE_NEW", "CREATE_ALWAYS", "OPEN_EXISTING", "OPEN_ALWAYS",
                                           "TRUNCATE_EXISTING"};

static void probe(const char *what, const char *name, DWORD access, DWORD disposition, DWORD flags) {
  SetLastError(12345);
  HANDLE file = CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, disposition, flags, NULL);
  DWORD error = GetLastError();
  if (file == INVALID_HANDLE_VALUE) {
    printf("%s: error %lu\n", what, error);
    return;
  }
  printf("%s: open, last error %lu, size %lu\n", what, error, GetFileSize(file, NULL));
  CloseHandle(file);
}

static void make(const char *name) {
  DWORD written;
  HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  WriteFile(file, "seven..", 7, &written, NULL);
  CloseHandle(file);
}

int main(void) {
  const DWORD both = GENERIC_READ | GENERIC_WRITE;
  for (DWORD i = 0; i < 5; i++) {
    DeleteFileA("lw-disposition.tmp");
    printf("absent, ");
    probe(dispositions[i], "lw-disposition.tmp", both, i + 1, FILE_ATTRIBUTE_NORMAL);
    make("lw-disposition.tmp");
    printf("there, ");
    probe(dispositions[i], "lw-disposition.tmp", both, i + 1, FILE_ATTRIBUTE_NORMAL);
  }
  probe("any case", "LW-Disposition.TMP", GENERIC_READ, OPEN_EXISTING, 0);
  probe("forward slash", "./lw-disposition.tmp", GENERIC_READ, OPEN_EXISTING, 0);
  probe("backslash", ".\\lw-disposition.tmp", GENERIC_READ, OPEN_EXISTING, 0);
  printf("deleted: %d\n", DeleteFileA("lw-disposition.tmp"));
  probe("disposition 0", "lw-none.tmp", both, 0, 0);
  probe("disposition 6", "lw-none.tmp", both, 6, 0);
  probe("NULL", NULL, GENERIC_READ, OPEN_EXISTING, 0);
  probe("empty", "", GENERIC_READ, OPEN_EXISTING, 0);
  probe("no folder", "lw-none\\file", GENERIC_READ, OPEN_EXISTING, 0);
  probe("new in no folder", "lw-none\\file", GENERIC_WRITE, CREATE_NEW, 0);
  probe("bad character", "a<b", GENERIC_READ, OPEN_EXISTING, 0);
  probe("pattern", "*", GENERIC_READ, OPEN_EXISTING, 0);
  probe("folder", ".", GENERIC_READ, OPEN_EXISTING, 0);
  HANDLE folder = CreateFileA(".", GENERIC_READ, 7, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
  printf("folder with backup semantics: %d\n", folder != INVALID_HANDLE_VALUE);
  CloseHandle(folder);
  HANDLE null = CreateFileA("NUL", both, 0, NULL, OPEN_EXISTING, 0, NULL);
  DWORD moved = 9;
  printf("NUL: %d, type %lu", null != INVALID_HANDLE_VALUE, GetFileType(null));
  printf(", write %d", WriteFile(null, "gone", 4, &moved, NULL));
  printf(" %lu\n", moved);
  CloseHandle(null);
  HANDLE wide = CreateFileW(L"lw-w\u00e4rme.tmp", both, 0, NULL, CREATE_NEW, 0, NULL);
  printf("wide: %d", CloseHandle(wide));
  printf(", attributes %d", GetFileAttributesW(L"lw-w\u00e4rme.tmp") == FILE_ATTRIBUTE_ARCHIVE);
  printf(", deleted %d\n", DeleteFileW(L"lw-w\u00e4rme.tmp"));
  return 0;
}
