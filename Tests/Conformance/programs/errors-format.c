// FormatMessage of strings: inserts by number and format, escapes, argument arrays, room that is too small.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void show(const char *what, DWORD length, const char *text) {
  DWORD error = GetLastError();
  printf("%s: %lu", what, length);
  if (length == 0) printf(" error %lu", error);
  for (DWORD i = 0; i < length; i++)
    if (i == 0 || text[i] < ' ' || text[i - 1] < ' ')
      printf(text[i] < ' ' ? " \\x%02x" : " %c", text[i]);
    else
      printf("%c", text[i]);
  printf("\n");
}

static void format(const char *text, ...) {
  char to[256];
  va_list arguments;
  va_start(arguments, text);
  memset(to, '#', sizeof to);
  SetLastError(0);
  DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING, text, 0, 0, to, sizeof to, &arguments);
  va_end(arguments);
  show(text, length, to);
}

static void plain(const char *what, DWORD flags, const char *text, DWORD room) {
  char to[256];
  memset(to, '#', sizeof to);
  SetLastError(0);
  DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | flags, text, 0, 0, to, room, NULL);
  show(what, length, to);
}

int main(void) {
  format("plain");
  format("%1", "one");
  format("%2 and %1, %2", "a", "b");
  format("%1!d! %2!x! %3!X! %4!u! %5!i!", 42, 255, 255, 7, -7);
  format("[%1!5d!] [%2!-5d!] [%3!05d!] [%4!+d!]", 42, 42, 42, 42);
  format("[%1!8s!] [%2!-8s!] [%3!.2s!]", "abc", "abc", "abc");
  format("%1!ld! %2!lu! %3!I64d! %4!hd!", -3, 3, 1234567890123LL, 70000);
  format("%1!c!%2!c! %3!S! %4!ls! %5!hs!", 'x', 'y', L"wide", L"long", "narrow");
  format("%1!s", "unfinished");
  format("a%nb%tc%rd");
  format("100%% done%. really%!");
  format("cut%0 here");
  format("ends in %");
  format("");
  format("%%1 is no insert");

  plain("ignored", FORMAT_MESSAGE_IGNORE_INSERTS, "%1 %2!d! %n%t%% %z", 256);
  plain("one line", FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK, "a\nb\r\nc%nd", 256);
  plain("ten wide", 10, "aaaa bbbb cccc dddd eeee", 256);
  plain("ten wide, of lines", 10, "aaaa bbbb\ncccc dddd%neeee ffff gggg", 256);
  plain("line feeds", 0, "a\nb\r\nc", 256);
  plain("exactly", 0, "abc", 4);
  plain("too small", 0, "abc", 3);
  plain("no room", 0, "abc", 0);
  plain("no arguments", 0, "needs %1", 256);

  char to[64];
  DWORD_PTR array[] = {(DWORD_PTR) "first", 7, (DWORD_PTR) "third"};
  DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, "%3 %1 %2!d!", 0, 0, to,
                                sizeof to, (va_list *)array);
  show("array", length, to);
  WCHAR wide[64];
  length = FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, L"%1!hs! %2!d! %3!S!", 0, 0, wide,
                          64, (va_list *)array);
  printf("wide: %lu, %d\n", length, wcscmp(wide, L"first 7 third"));
  char *allocated = NULL;
  length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER, "allocated", 0, 0,
                          (LPSTR)&allocated, 0, NULL);
  show("allocated", length, allocated);
  printf("freed: %d\n", LocalFree(allocated) == NULL);
  SetLastError(0);
  length = FormatMessageA(0, "abc", 0, 0, to, sizeof to, NULL);
  show("no source", length, to);
  SetLastError(0);
  length = FormatMessageA(FORMAT_MESSAGE_FROM_HMODULE, NULL, ERROR_FILE_NOT_FOUND, 0, to, sizeof to, NULL);
  show("the program's messages", length, to);
  SetLastError(0);
  length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER, "abc", 0, 0, NULL, 0, NULL);
  show("nowhere", length, to);
  return 0;
}
