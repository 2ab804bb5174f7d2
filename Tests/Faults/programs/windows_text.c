// No finding: what Windows programs print and read. `long` has 32 bits, wchar_t has 16, and printf knows both.
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tchar.h>
#include <wchar.h>
#include <Windows.h>

#pragma comment(lib, "kernel32.lib")

static long counter = 5L;
static unsigned __int64 largest = ~0ui64;

static void numbers(void) {
  DWORD code = 4000000000u;
  long int negative = -3;
  unsigned long all = ULONG_MAX;
  LONGLONG big = -1234567890123LL;
  printf("%lu %ld %lu %I64d %lld %zu %u\n", code, negative, all, big, big, sizeof(long), (unsigned)sizeof(L'x'));
  printf("[%10ld] [%-6lu] [%08lX] [%#lx] [%5.2f] [%*d]\n", negative, 5ul, code, all, 3.14159, 6, 42);
  printf("%ld %ld %lu\n", strtol("99999999999", NULL, 10), LONG_MAX, strtoul("-1", NULL, 10));
  printf("%" PRId64 " %" PRIu64 "\n", (int64_t)INT64_C(1) << 40, UINT64_MAX);
  printf("%I64u %I64X\n", largest, largest);
  printf("%ld %d\n", InterlockedIncrement(&counter), ULONG_MAX + 1 == 0);
}

static void strings(void) {
  wchar_t buffer[32], small[4];
  printf("[%s] [%S] [%ls] [%ws] [%5ls] [%.2S]\n", "narrow", L"wïde", L"ls", L"ws", L"ten", L"prec");
  wprintf(L"%ls %s %hs %c %ld\n", L"wide", "narrow", "hs", L'é', counter);
  int count = swprintf(buffer, 32, L"%ls-%d", L"abcé\U0001F600", 12);
  wprintf(L"%ls %d %zu\n", buffer, count, wcslen(buffer));
  printf("%d [%ls]\n", swprintf(small, 4, L"abcdef"), small);
  printf("%d %d %d\n", wcscmp(L"a", L"b"), _wcsicmp(L"ABC", L"abc"), (int)(wcschr(buffer, L'-') - buffer));
  _tprintf(_T("%s\n"), TEXT("text"));
  char narrow[6];
  printf("%d [%s]", _snprintf_s(narrow, sizeof narrow, _TRUNCATE, "%ld", 1234567l), narrow);
  printf(" %d [%s]", _snprintf_s(narrow, sizeof narrow, 3, "%s", "abcd"), narrow);
  printf(" %d [%s]", strcpy_s(narrow, sizeof narrow, "abcdef"), narrow);
  printf(" %d [%s]\n", strncpy_s(narrow, sizeof narrow, "abcdef", 2), narrow);
  size_t units = 0;
  for (const wchar_t *at = buffer; *at; at++) units++;
  printf("%zu\n", units);
}

static void input(void) {
  long first = 1;
  unsigned long second = 2;
  LONGLONG third = 3;
  int count = sscanf("12 34 -5000000000", "%ld %lu %I64d", &first, &second, &third);
  printf("%d %ld %lu %I64d\n", count, first, second, third);
}

int wmain(int count, wchar_t **arguments) {
  numbers();
  strings();
  input();
  wprintf(L"%d %ls\n", count, arguments[count - 1]);
  return 0;
}
