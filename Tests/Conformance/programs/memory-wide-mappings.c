// File mappings by wide names, and views at an address that is asked for.
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {
  static const WCHAR name[] = L"latewrite-mapping-\x00e4\x4e2d";
  HANDLE mapping = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x20000, name);
  printf("made %d error %lu\n", mapping != NULL, GetLastError());
  HANDLE again = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x20000, name);
  printf("again %d error %lu\n", again != NULL, GetLastError());
  HANDLE opened = OpenFileMappingW(FILE_MAP_READ, FALSE, name);
  printf("opened %d\n", opened != NULL);
  HANDLE none = OpenFileMappingW(FILE_MAP_READ, FALSE, L"latewrite-no-mapping");
  printf("none %d error %lu\n", none == NULL, GetLastError());

  char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
  strcpy(view, "first");
  strcpy(view + 0x10000, "second");
  const char *read = MapViewOfFileEx(opened, FILE_MAP_READ, 0, 0x10000, 0x1000, NULL);
  printf("%s\n", read);
  UnmapViewOfFile(read);
  char *at = VirtualAlloc(NULL, 0x20000, MEM_RESERVE, PAGE_READWRITE);
  void *taken = MapViewOfFileEx(mapping, FILE_MAP_WRITE, 0, 0, 0x1000, at);
  printf("taken %d error %lu\n", taken == NULL, GetLastError());
  VirtualFree(at, 0, MEM_RELEASE);
  char *there = MapViewOfFileEx(mapping, FILE_MAP_WRITE, 0, 0, 0x1000, at);
  printf("there %d %s\n", there == at, there ? there : "");
  strcpy(there, "changed");
  printf("%s\n", view);
  void *odd = MapViewOfFileEx(mapping, FILE_MAP_WRITE, 0, 0, 0x1000, at + 0x100);
  printf("odd address %d error %lu\n", odd == NULL, GetLastError());
  printf("%d %d\n", UnmapViewOfFile(there), UnmapViewOfFile(view));
  CloseHandle(opened);
  CloseHandle(again);
  CloseHandle(mapping);
  none = OpenFileMappingW(FILE_MAP_READ, FALSE, name);
  printf("gone %d error %lu\n", none == NULL, GetLastError());
  return 0;
}
