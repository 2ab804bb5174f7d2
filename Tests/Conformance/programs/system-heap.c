// The process heap: sizes, zeroing, growing, freeing NULL; and what it refuses.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static int all(const BYTE *bytes, SIZE_T from, SIZE_T to, BYTE value) {
  for (SIZE_T i = from; i < to; i++)
    if (bytes[i] != value) return 0;
  return 1;
}

int main(void) {
  HANDLE heap = GetProcessHeap();
  printf("the heap is always the same: %d\n", heap != NULL && heap == GetProcessHeap());
  static const SIZE_T sizes[] = {1, 7, 8, 100, 4096, 65537, 1 << 20};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    BYTE *block = HeapAlloc(heap, HEAP_ZERO_MEMORY, sizes[i]);
    printf("%llu: size %llu zero %d aligned %d", sizes[i], HeapSize(heap, 0, block), all(block, 0, sizes[i], 0),
           ((ULONG_PTR)block & 15) == 0);
    printf(" free %d\n", HeapFree(heap, 0, block));
  }

  BYTE *block = HeapAlloc(heap, 0, 10);
  memset(block, 0x5a, 10);
  block = HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 5000);
  printf("grown: kept %d zeroed %d size %llu\n", all(block, 0, 10, 0x5a), all(block, 10, 5000, 0),
         HeapSize(heap, 0, block));
  block = HeapReAlloc(heap, 0, block, 4);
  printf("shrunk: kept %d size %llu\n", all(block, 0, 4, 0x5a), HeapSize(heap, 0, block));
  BYTE *same = HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 4);
  printf("in place: %d\n", same == block);
  printf("free: %d\n", HeapFree(heap, 0, block));
  printf("free NULL: %d\n", HeapFree(heap, 0, NULL));
  printf("no block that large: %d\n", HeapAlloc(heap, 0, (SIZE_T)1 << 60) == NULL);
  return 0;
}
