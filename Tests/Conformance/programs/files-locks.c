// Locked ranges: who may read and write them, waiting for one with an OVERLAPPED, unlocking.
// wine-differs: Wine 8.0 lets locked ranges be read and written, says 33 for what is not locked and wakes nobody who
// waits for a range; documented: https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfileex
#include <stdio.h>
#include <string.h>
#include <windows.h>

static HANDLE open_file(DWORD flags) {
  return CreateFileA("lw-locks.tmp", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                     OPEN_ALWAYS, flags, NULL);
}

static void say(const char *what, BOOL done) {
  DWORD error = GetLastError();
  printf("%s: %d error %lu\n", what, done, done ? 0 : error);
}

static BOOL touch(HANDLE file, DWORD offset, DWORD bytes, BOOL writes) {
  char text[32] = "";
  DWORD moved;
  SetFilePointer(file, (LONG)offset, NULL, FILE_BEGIN);
  return writes ? WriteFile(file, "################", bytes, &moved, NULL) : ReadFile(file, text, bytes, &moved, NULL);
}

int main(void) {
  HANDLE first = open_file(0), second = open_file(0);
  touch(first, 0, 16, TRUE);
  say("lock", LockFile(first, 4, 0, 4, 0));
  say("again", LockFile(second, 6, 0, 4, 0));
  say("beside", LockFile(second, 8, 0, 2, 0));
  say("owner reads", touch(first, 4, 4, FALSE));
  say("owner writes", touch(first, 4, 4, TRUE));
  say("other reads", touch(second, 4, 4, FALSE));
  say("other writes", touch(second, 0, 5, TRUE));
  say("other reads before", touch(second, 0, 4, FALSE));
  say("unlock a part", UnlockFile(first, 4, 0, 2, 0));
  say("unlock", UnlockFile(first, 4, 0, 4, 0));
  say("twice", UnlockFile(first, 4, 0, 4, 0));
  say("other reads", touch(second, 4, 4, FALSE));
  say("unlock", UnlockFile(second, 8, 0, 2, 0));

  OVERLAPPED shared;
  memset(&shared, 0, sizeof shared);
  say("shared", LockFileEx(first, LOCKFILE_FAIL_IMMEDIATELY, 0, 16, 0, &shared));
  say("shared, too", LockFileEx(second, LOCKFILE_FAIL_IMMEDIATELY, 0, 16, 0, &shared));
  say("other reads", touch(second, 0, 4, FALSE));
  HANDLE third = open_file(FILE_FLAG_OVERLAPPED);
  OVERLAPPED waiting;
  DWORD moved;
  memset(&waiting, 0, sizeof waiting);
  waiting.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  say("at once", LockFileEx(third, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 8, 0, &waiting));
  say("waits", LockFileEx(third, LOCKFILE_EXCLUSIVE_LOCK, 0, 8, 0, &waiting));
  printf("event %lu\n", WaitForSingleObject(waiting.hEvent, 20));
  say("unlock one", UnlockFileEx(first, 0, 16, 0, &shared));
  printf("event %lu\n", WaitForSingleObject(waiting.hEvent, 20));
  CloseHandle(second);
  printf("closed the other, event %lu\n", WaitForSingleObject(waiting.hEvent, 5000));
  say("has it", GetOverlappedResult(third, &waiting, &moved, FALSE));
  say("first reads", touch(first, 0, 4, FALSE));
  say("no file", LockFile(NULL, 0, 0, 1, 0));
  CloseHandle(waiting.hEvent);
  CloseHandle(third);
  CloseHandle(first);
  printf("deleted %d\n", DeleteFileA("lw-locks.tmp"));
  return 0;
}
