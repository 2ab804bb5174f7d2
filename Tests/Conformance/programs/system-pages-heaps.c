// Heaps of one's own and pages: reserve, commit, protect, decommit, release.
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {
  HANDLE heap = HeapCreate(0, 0, 0);
  char *block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 100);
  printf("own heap: %d, not the process heap %d, size %llu\n", heap != NULL, heap != GetProcessHeap(),
         (unsigned long long)HeapSize(heap, 0, block));
  block = HeapReAlloc(heap, 0, block, 5000);
  printf("free: %d\n", HeapFree(heap, 0, block));
  HeapAlloc(heap, 0, 77);
  printf("destroy with a block: %d\n", HeapDestroy(heap));

  char *pages = VirtualAlloc(NULL, 10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  printf("pages: %d, aligned %d, zero %d\n", pages != NULL, ((ULONG_PTR)pages & 0xffff) == 0,
         pages[0] == 0 && pages[12287] == 0);
  memset(pages, 7, 12288);
  DWORD before = 0;
  BOOL done = VirtualProtect(pages + 5000, 1, PAGE_READONLY, &before);
  printf("protect: %d before %lx\n", done, before);
  done = VirtualProtect(pages + 4096, 4096, PAGE_READWRITE, &before);
  printf("protect: %d before %lx\n", done, before);
  printf("decommit: %d\n", VirtualFree(pages + 4096, 4096, MEM_DECOMMIT));
  done = VirtualProtect(pages + 4096, 4096, PAGE_READWRITE, &before);
  printf("protect what is not there: %d\n", done);
  printf("commit again: %d\n", VirtualAlloc(pages + 4100, 10, MEM_COMMIT, PAGE_READWRITE) == pages + 4096);
  printf("zero again: %d, the others kept %d\n", pages[4096] == 0, pages[0] == 7 && pages[8192] == 7);
  SetLastError(0);
  done = VirtualFree(pages, 12288, MEM_RELEASE);
  printf("release with a size: %d error %lu\n", done, GetLastError());
  printf("release: %d\n", VirtualFree(pages, 0, MEM_RELEASE));

  pages = VirtualAlloc(NULL, 1 << 20, MEM_RESERVE, PAGE_NOACCESS);
  char *some = VirtualAlloc(pages + 65536, 4096, MEM_COMMIT, PAGE_READWRITE);
  printf("commit a part: %d\n", some == pages + 65536);
  some[4095] = 1;
  printf("release: %d\n", VirtualFree(pages, 0, MEM_RELEASE));
  SetLastError(0);
  printf("nothing: %d", VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE) != NULL);
  printf(" error %lu\n", GetLastError());
  return 0;
}
