// LocalAlloc, GlobalAlloc and their sizes.
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {
  char *block = LocalAlloc(LPTR, 100);
  int zeros = 0;
  for (int i = 0; i < 100; i++) zeros += block[i] == 0;
  printf("zeros %d, size %d\n", zeros, LocalSize(block) == 100);
  memset(block, 'x', 100);
  printf("freed %d\n", LocalFree(block) == NULL);
  printf("NULL: %d\n", LocalFree(NULL) == NULL);
  HGLOBAL global = GlobalAlloc(GMEM_FIXED, 40);
  printf("global: %d %d\n", GlobalLock(global) == global, GlobalSize(global) == 40);
  printf("freed %d\n", GlobalFree(global) == NULL);
  SetLastError(0);
  block = LocalAlloc(LMEM_FIXED, (SIZE_T)1 << 50);
  printf("too much: %d error %lu\n", block == NULL, GetLastError());
  block = LocalAlloc(LMEM_FIXED, 0);
  printf("nothing: %d %d\n", block != NULL, LocalFree(block) == NULL);
  return 0;
}
