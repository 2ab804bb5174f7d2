// Programs that are started one by one and find each other by the word of LATEWRITE_NAMES: `hold` says whether another
// one had the semaphore before and waits for it; `come` releases it.
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(int count, char **arguments) {
  if (count > 1 && strcmp(arguments[1], "hold") == 0) {
    HANDLE semaphore = CreateSemaphoreA(NULL, 0, 10, "lw-word");
    printf("holds %lu\n", GetLastError());
    fflush(stdout);
    WaitForSingleObject(semaphore, INFINITE);
    printf("released\n");
    return 0;
  }
  HANDLE semaphore = OpenSemaphoreA(SEMAPHORE_MODIFY_STATE, FALSE, "lw-word");
  DWORD error = semaphore ? 0 : GetLastError();
  printf("comes %lu\n", error);
  return ReleaseSemaphore(semaphore, 1, NULL) ? 0 : 1;
}
