// The C run time's streams and Windows' calls name the same files.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

int main(void) {
  char path[MAX_PATH], other[MAX_PATH], text[32];
  GetTempPathA(sizeof path, path);
  strcpy(other, path);
  strcat(path, "lw-stdio.tmp");
  strcat(other, "lw-stdio-2.tmp");
  remove(path);
  remove(other);
  FILE *stream = fopen(path, "wb");
  printf("opened: %d", stream != NULL);
  printf(", written %d", (int)fwrite("by fwrite", 1, 9, stream));
  printf(", closed %d\n", fclose(stream));
  HANDLE file =
      CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
  DWORD moved = 0;
  printf("size %lu\n", GetFileSize(file, NULL));
  SetFilePointer(file, 0, NULL, FILE_END);
  WriteFile(file, " and WriteFile", 14, &moved, NULL);
  CloseHandle(file);
  stream = fopen(path, "rb");
  size_t bytes = fread(text, 1, sizeof text, stream);
  fclose(stream);
  printf("[%.*s]\n", (int)bytes, text);
  printf("renamed: %d\n", rename(path, other));
  printf("there: %d %d\n", GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES,
         GetFileAttributesA(other) != INVALID_FILE_ATTRIBUTES);
  stream = fopen(path, "wb");
  fclose(stream);
  printf("onto another: %d\n", rename(path, other));
  WCHAR wide[MAX_PATH];
  MultiByteToWideChar(CP_ACP, 0, other, -1, wide, MAX_PATH);
  stream = _wfopen(wide, L"rb");
  printf("wide: %d\n", stream != NULL);
  fclose(stream);
  printf("removed: %d", remove(path));
  printf(" %d", remove(other));
  printf(" %d\n", remove(other));
  printf("none: %d\n", fopen(other, "rb") == NULL);
  return 0;
}
