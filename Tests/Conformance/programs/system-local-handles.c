// Blocks of GMEM_MOVEABLE: a handle that is not the address, locks, other sizes; and what the same calls do on fixed
// ones.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void show(const char *what, BOOL done) {
  DWORD error = GetLastError();
  printf("%s: %d error %lu\n", what, done, done ? 0 : error);
  SetLastError(0xdead);
}

int main(void) {
  HGLOBAL global = GlobalAlloc(GHND, 10);
  char *address = GlobalLock(global);
  printf("address %d, is the handle %d, zeros %d\n", address != NULL, address == (char *)global,
         address[0] == 0 && address[9] == 0);
  printf("the same %d\n", GlobalLock(global) == address);
  printf("locks %u\n", GlobalFlags(global) & GMEM_LOCKCOUNT);
  for (int i = 0; i < 3; i++) show("unlock", GlobalUnlock(global));
  printf("size %d\n", GlobalSize(global) >= 10);

  strcpy(GlobalLock(global), "kept");
  GlobalUnlock(global);
  printf("grown, same handle %d\n", GlobalReAlloc(global, 100, GMEM_MOVEABLE | GMEM_ZEROINIT) == global);
  address = GlobalLock(global);
  printf("%s, zeros %d, size %d\n", address, address[10] == 0 && address[99] == 0, GlobalSize(global) >= 100);
  GlobalUnlock(global);
  printf("freed %d\n", GlobalFree(global) == NULL);

  global = GlobalAlloc(GPTR, 5);
  printf("fixed %d\n", GlobalLock(global) == global);
  printf("flags %u\n", GlobalFlags(global));
  show("unlock", GlobalUnlock(global));
  printf("freed %d\n", GlobalFree(global) == NULL);

  HLOCAL local = LocalAlloc(LHND, 7);
  printf("locked %d\n", LocalLock(local) != NULL);
  printf("flags %u\n", LocalFlags(local));
  for (int i = 0; i < 2; i++) show("unlock", LocalUnlock(local));
  printf("size %d\n", LocalSize(local) >= 7);
  printf("freed %d\n", LocalFree(local) == NULL);

  local = LocalAlloc(LPTR, 8);
  show("unlock of a fixed one", LocalUnlock(local));
  strcpy(local, "moved");
  local = LocalReAlloc(local, 200, LMEM_MOVEABLE | LMEM_ZEROINIT);
  printf("%s, zeros %d, size %d\n", (char *)local, ((char *)local)[8] == 0 && ((char *)local)[199] == 0,
         LocalSize(local) >= 200);
  printf("freed %d\n", LocalFree(local) == NULL);
  show("unlock of none", LocalUnlock(NULL));
  show("global unlock of none", GlobalUnlock(NULL));
  show("none reallocated", LocalReAlloc(NULL, 10, LMEM_MOVEABLE) != NULL);
  return 0;
}
