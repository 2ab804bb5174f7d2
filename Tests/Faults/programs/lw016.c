// A function leaves a read behind that is pending on its own OVERLAPPED and buffer, both announced: LW016
// lent-stack-unwound, and LW002 for each of the two when the read ends.
#include <windows.h>

#include "lw_arena.h"

static __attribute__((noinline)) void leave_behind(HANDLE pipe) {
  OVERLAPPED operation = {0};
  LW_ANNOUNCE_LOCAL(operation);
  char buffer[8];
  LW_ANNOUNCE_LOCAL(buffer);
  ReadFile(pipe, buffer, sizeof buffer, NULL, &operation);
}

/// Keeps the place far from what the rest of the program has on its stack by then.
static __attribute__((noinline)) void leave_behind_deep_down(HANDLE pipe) {
  volatile char room[65536];
  room[0] = 0;
  leave_behind(pipe);
}

int main(void) {
  HANDLE pipe = CreateNamedPipeA("\\\\.\\pipe\\lw016", PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64,
                                 64, 0, NULL);
  HANDLE client = CreateFileA("\\\\.\\pipe\\lw016", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  leave_behind_deep_down(pipe);
  DWORD bytes;
  WriteFile(client, "late", 4, &bytes, NULL);
  CloseHandle(client);
  CloseHandle(pipe);
  return 0;
}
