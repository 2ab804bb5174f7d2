// More of Microsoft's C run time that programs of threads use: _beginthread, counting and cutting formats, wide
// strings.
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <windows.h>

static HANDLE done;
static volatile LONG sum;

static void __cdecl returns(void *argument) {
  InterlockedExchangeAdd(&sum, (LONG)(INT_PTR)argument);
  SetEvent(done);
}

static void __cdecl ends(void *argument) {
  returns(argument);
  _endthread();
}

static int print(wchar_t *text, size_t units, const wchar_t *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = _vsnwprintf(text, units, format, arguments);
  va_end(arguments);
  return count;
}

static void threads(void) {
  done = CreateEventA(NULL, FALSE, FALSE, NULL);
  printf("%d", _beginthread(returns, 0, (void *)40) != (uintptr_t)-1);
  WaitForSingleObject(done, INFINITE);
  printf(" %d", _beginthread(ends, 0, (void *)2) != (uintptr_t)-1);
  WaitForSingleObject(done, INFINITE);
  printf(" sum %ld\n", sum);
}

static void wide_strings(void) {
  wchar_t list[] = L",a,b;;c";
  for (wchar_t *part = wcstok(list, L",;"); part; part = wcstok(NULL, L",;")) printf("[%ls]", part);
  printf("\n%d %d %ls %d\n", (int)wcsspn(L"aabbc", L"ab"), (int)wcscspn(L"xyzab", L"ab"),
         wcspbrk(L"hello world", L" o"), wcspbrk(L"x", L"y") == NULL);
  wchar_t *end;
  long long number = wcstoll(L"-9000000000x", &end, 10);
  printf("%I64d %ls %I64u\n", number, end, wcstoull(L"ffffffffffffffff", NULL, 16));
  printf("%I64d %I64d\n", _wtoi64(L"12345678901"), _wcstoi64(L"0x10", NULL, 0));
  wchar_t units[4];
  wmemset(units, L'w', 4);
  printf("%.4ls %d %d\n", units, wmemcmp(units, L"wwww", 4), wmemcmp(units, L"wwwx", 4) < 0);
  wmemcpy(units, L"copy", 4);
  printf("%.4ls\n", units);
}

static DWORD WINAPI first_random(LPVOID unused) { return (DWORD)rand(); }

static void random_numbers(void) {
  printf("%d:", RAND_MAX);
  for (int i = 0; i < 3; i++) printf(" %d", rand());
  srand(42);
  for (int i = 0; i < 3; i++) printf(" %d", rand());
  HANDLE thread = CreateThread(NULL, 0, first_random, NULL, 0, NULL);
  DWORD first;
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &first);
  printf(", a thread's %lu, %d\n", first, rand());
}

static void clocks(void) {
  clock_t begun = clock();
  Sleep(120);
  clock_t passed = clock() - begun;
  printf("%d %d\n", (int)CLOCKS_PER_SEC, passed >= 100 && passed < 60000);
  time_t day = 86400;
  struct tm fields;
  printf("%d", gmtime_s(&fields, &day));
  printf(" %d.%d.%d %d\n", fields.tm_mday, fields.tm_mon + 1, fields.tm_year + 1900, (int)_mkgmtime(&fields));
}

static void wide_formats(void) {
  wchar_t text[10];
  int count = swprintf(text, 4, L"abcdef");
  printf("%d %ls\n", count, text);
  count = swprintf(text, 10, L"%s|%ls", "nar", L"wide");
  printf("%d %ls\n", count, text);
  count = swprintf_s(text, 10, L"%s|%S", L"wide", "nar");
  printf("%d %ls\n", count, text);
  count = _snwprintf(text, 10, L"%s|%hs", L"wide", "nar");
  printf("%d %ls\n", count, text);
  wprintf(L"%s %ls %hs %c%lc\n", "narrow", L"wide", "narrow", 'c', L'w');
  wprintf_s(L"%s %S\n", L"wide", "narrow");
}

int main(void) {
  threads();
  random_numbers();
  clocks();
  wide_formats();
  printf("%d\n", _scprintf("%d-%s", 12345, "xyz"));
  wchar_t text[6];
  wmemset(text, L'#', 6);
  int count = _snwprintf(text, 4, L"%s", L"abcdef");
  printf("%d %.6ls\n", count, text);
  count = print(text, 6, L"%d", 12345);
  printf("%d %ls\n", count, text);
  count = print(text, 5, L"%d", 12345);
  printf("%d %.5ls\n", count, text);
  wide_strings();
  FILE *file = fopen("large", "w+b");
  printf("%d", _fseeki64(file, 5, SEEK_SET));
  fputc('x', file);
  printf(" %I64d\n", _ftelli64(file));
  fclose(file);
  return 0;
}
