// File mappings: memory of their own and of files, names, views and what keeps them, sizes, protections, offsets.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void *view(const char *what, HANDLE mapping, DWORD access, DWORD offset, SIZE_T bytes) {
  SetLastError(0);
  void *start = MapViewOfFile(mapping, access, 0, offset, bytes);
  printf("view, %s: %d, error %lu\n", what, start != NULL, start ? 0 : GetLastError());
  return start;
}

static HANDLE map(const char *what, HANDLE file, DWORD protection, DWORD bytes, const char *name) {
  SetLastError(77);
  HANDLE mapping = CreateFileMappingA(file, NULL, protection, 0, bytes, name);
  printf("mapping, %s: %d, error %lu\n", what, mapping != NULL, GetLastError());
  return mapping;
}

static void unmap(const void *start) {
  BOOL done = UnmapViewOfFile(start);
  printf("unmap: %d, error %lu\n", done, done ? 0 : GetLastError());
}

static void of_memory(void) {
  HANDLE mapping = map("100 bytes", INVALID_HANDLE_VALUE, PAGE_READWRITE, 100, NULL);
  char *one = view("all", mapping, FILE_MAP_WRITE, 0, 0), *other = view("50", mapping, FILE_MAP_READ, 0, 50);
  strcpy(one, "shared");
  printf("\"%s\", two places %d\n", other, one != other);
  MEMORY_BASIC_INFORMATION information;
  VirtualQuery(one, &information, sizeof information);
  printf("%lx, %lx, %lx, %lu\n", information.State, information.Protect, information.Type,
         (DWORD)information.RegionSize);
  unmap(other);
  unmap(other);
  printf("close: %d\n", CloseHandle(mapping));
  strcat(one, "!");
  printf("\"%s\"\n", one);
  unmap(one);
  unmap(NULL);
  map("nothing", INVALID_HANDLE_VALUE, PAGE_READWRITE, 0, NULL);
  map("no protection", INVALID_HANDLE_VALUE, 0, 10, NULL);
}

static void of_names(void) {
  HANDLE mapping = map("a name", INVALID_HANDLE_VALUE, PAGE_READWRITE, 65536, "latewrite-mapping");
  HANDLE again = map("the name again", INVALID_HANDLE_VALUE, PAGE_READWRITE, 10, "latewrite-mapping");
  HANDLE read = OpenFileMappingA(FILE_MAP_READ, FALSE, "latewrite-mapping");
  char *one = view("the first", mapping, FILE_MAP_ALL_ACCESS, 0, 0);
  char *other = view("the second", again, FILE_MAP_ALL_ACCESS, 0, 0);
  one[65535] = 7;
  printf("%d\n", other[65535]);
  view("writing, with a handle for reading", read, FILE_MAP_WRITE, 0, 0);
  other = view("reading", read, FILE_MAP_READ, 0, 0);
  printf("%d\n", other[65535]);
  HANDLE none = OpenFileMappingA(FILE_MAP_READ, FALSE, "latewrite-no-mapping");
  printf("another name: %d, error %lu\n", none != NULL, GetLastError());
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, "latewrite-mapping");
  printf("an event of that name: %d, error %lu\n", event != NULL, GetLastError());
  view("at 1", mapping, FILE_MAP_READ, 1, 10);
  view("at the end", mapping, FILE_MAP_READ, 65536, 10);
  view("too many", mapping, FILE_MAP_READ, 0, 65537);
  view("of nothing", NULL, FILE_MAP_READ, 0, 0);
  view("of an event", CreateEventA(NULL, FALSE, FALSE, NULL), FILE_MAP_READ, 0, 0);
  DWORD waited = WaitForSingleObject(mapping, 0);
  printf("wait: %lx, error %lu\n", waited, GetLastError());
}

static void of_files(void) {
  DWORD bytes = 0;
  char text[16] = {0};
  HANDLE file = CreateFileA("mapped.bin", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                            CREATE_ALWAYS, 0, NULL);
  map("an empty file", file, PAGE_READWRITE, 0, NULL);
  WriteFile(file, "0123456789", 10, &bytes, NULL);
  HANDLE mapping = map("ten bytes", file, PAGE_READWRITE, 0, NULL);
  char *start = view("writing", mapping, FILE_MAP_WRITE, 0, 0);
  printf("\"%.10s\" and %d\n", start, start[10]);
  start[3] = 'X';
  printf("flush: %d\n", FlushViewOfFile(start, 0));
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  ReadFile(file, text, 10, &bytes, NULL);
  printf("\"%s\"\n", text);
  map("it grows", file, PAGE_READWRITE, 5000, NULL);
  printf("%lu bytes\n", GetFileSize(file, NULL));
  HANDLE copies = map("copies", file, PAGE_WRITECOPY, 0, NULL);
  char *copy = view("a copy", copies, FILE_MAP_COPY, 0, 0);
  copy[4] = 'C';
  printf("%c beside %c\n", copy[4], start[4]);
  view("writing to the file of copies", copies, FILE_MAP_WRITE, 0, 0);

  HANDLE reader =
      CreateFileA("mapped.bin", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
  map("writing through a handle for reading", reader, PAGE_READWRITE, 0, NULL);
  map("more than there is to read", reader, PAGE_READONLY, 9000, NULL);
  mapping = map("to read", reader, PAGE_READONLY, 0, NULL);
  view("to write", mapping, FILE_MAP_WRITE, 0, 0);
  start = view("to read", mapping, FILE_MAP_READ, 0, 4);
  printf("\"%.4s\"\n", start);
  map("no file", (HANDLE)(ULONG_PTR)0xBAD0, PAGE_READONLY, 0, NULL);
}

int main(void) {
  of_memory();
  of_names();
  of_files();
  return 0;
}
