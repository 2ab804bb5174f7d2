// What calls on files say to NULL, closed handles and handles of other things.
#include <stdio.h>
#include <windows.h>

static void probe(const char *what, HANDLE handle) {
  char text[4];
  DWORD moved = 7;
  LARGE_INTEGER large = {{0, 0}};
  BY_HANDLE_FILE_INFORMATION information;
  FILETIME time;
  printf("%s:", what);
#define SAY(call)                                                                                                      \
  do {                                                                                                                 \
    SetLastError(0);                                                                                                   \
    long long answer = (long long)(call);                                                                              \
    printf(" %lld/%lu", answer, GetLastError());                                                                       \
  } while (0)
  SAY(ReadFile(handle, text, 4, &moved, NULL));
  SAY(WriteFile(handle, text, 4, &moved, NULL));
  SAY((int)GetFileSize(handle, NULL));
  SAY(GetFileSizeEx(handle, &large));
  SAY((int)SetFilePointer(handle, 0, NULL, FILE_BEGIN));
  SAY(SetFilePointerEx(handle, large, NULL, FILE_BEGIN));
  SAY(SetEndOfFile(handle));
  SAY(GetFileType(handle));
  SAY(FlushFileBuffers(handle));
  SAY(GetFileInformationByHandle(handle, &information));
  SAY(GetFileTime(handle, &time, NULL, NULL));
  printf(" moved %lu\n", moved);
}

int main(void) {
  char text[4];
  DWORD moved = 7;
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE file = CreateFileA("lw-arguments.tmp", GENERIC_READ, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
  probe("NULL", NULL);
  probe("invalid", INVALID_HANDLE_VALUE);
  probe("event", event);
  SAY(ReadFile(file, NULL, 4, &moved, NULL));
  SAY(WriteFile(file, "x", 1, &moved, NULL));
  SAY(FlushFileBuffers(file));
  SAY(SetFilePointer(file, 0, NULL, 17));
  SAY(GetFileAttributesA(NULL) == INVALID_FILE_ATTRIBUTES);
  SAY(SetFileAttributesA("lw-none", FILE_ATTRIBUTE_NORMAL));
  SAY(CreateDirectoryA("", NULL));
  SAY(MoveFileA("lw-none", "lw-other"));
  printf("\n");
  CloseHandle(file);
  CloseHandle(event);
  probe("closed", file);
  return 0;
}
