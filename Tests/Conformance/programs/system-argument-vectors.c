// CommandLineToArgvW: every line of six characters out of a, blank, quote and backslash, as a checksum of each 64; and
// some in full.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include <shellapi.h>

static void show(const WCHAR *line) {
  int count = 0;
  LPWSTR *vector = CommandLineToArgvW(line, &count);
  printf("%d:", count);
  for (int i = 0; i < count; i++) {
    putchar('|');
    for (WCHAR *at = vector[i]; *at; at++) putchar((char)*at);
  }
  printf("| %d\n", vector[count] == NULL);
  LocalFree(vector);
}

static unsigned sum(const WCHAR *line, unsigned hash) {
  int count = 0;
  LPWSTR *vector = CommandLineToArgvW(line, &count);
  for (int i = 0; i < count; i++) {
    for (WCHAR *at = vector[i]; *at; at++) hash = (hash ^ *at) * 16777619u;
    hash = (hash ^ 0xFFu) * 16777619u;
  }
  LocalFree(vector);
  return hash;
}

int main(void) {
  static const WCHAR letters[] = L"a \"\\";
  unsigned hash = 2166136261u;
  for (unsigned number = 0; number < 4096; number++) {
    WCHAR line[16] = L"p ";
    for (int i = 0; i < 6; i++) line[2 + i] = letters[number >> 2 * i & 3];
    line[8] = L'z';
    hash = sum(line, hash);
    if (number % 64 == 63) printf("%08x%s", hash, number % 512 == 511 ? "\n" : " ");
  }
  show(L"\"a b\"c d");
  show(L" x y");
  show(L"\"\"b");
  show(L"a\"b\" c");
  show(L"\"never closed");
  show(L"p \"in \"\" side\" z");
  show(L"p \"\"\"\"\"\" q");
  show(L"p \"\"\"three words\"\"\" q");
  show(L"p\t\ta");
  show(L"p a\nb");
  show(L"p \\\\server\\share\\ \"c:\\dir\\\\\" end");
  return 0;
}
