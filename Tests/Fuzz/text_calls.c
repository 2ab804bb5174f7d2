// Calls about text: messages of errors, conversions, the environment, and short strings.
#include "fuzz.h"
#include <winternl.h>

/// Text of up to 40 units of the input, always ended.
static const char *text(void) {
  static __thread char texts[4][41];
  static __thread DWORD next;
  char *to = texts[next++ % 4];
  DWORD length = fuzz_below(41);
  for (DWORD i = 0; i < length; i++) to[i] = (char)fuzz_byte();
  to[length] = 0;
  return to;
}
static const WCHAR *wide_text(void) {
  static __thread WCHAR texts[4][41];
  static __thread DWORD next;
  WCHAR *to = texts[next++ % 4];
  DWORD length = fuzz_below(41);
  for (DWORD i = 0; i < length; i++) to[i] = (WCHAR)(fuzz_chance(4) ? 0xD800 + fuzz_byte() * 8 : fuzz_byte());
  to[length] = 0;
  return to;
}

static void message(void) {
  static const DWORD_PTR arguments[] = {1, 2, 3};
  DWORD flags = (fuzz_number() & ~(DWORD)(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_STRING)) |
                FORMAT_MESSAGE_IGNORE_INSERTS;
  DWORD size = fuzz_size(), code = fuzz_chance(2) ? fuzz_byte() : fuzz_number();
  FormatMessageA(flags, NULL, code, 0, fuzz_memory(size), size, NULL);
  FormatMessageW(flags, NULL, code, 0, fuzz_memory(2 * size), size, NULL);
  // Inserts that are numbers: nothing of the program's memory is read.
  FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, "%1!d! %2!08x! %3!u!%%%n", 0, 0,
                 fuzz_memory(size), size, (va_list *)(void *)arguments);
  LPSTR made = NULL;
  if (FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_ALLOCATE_BUFFER,
                     text(), 0, 0, (LPSTR)&made, 0, NULL))
    LocalFree(made);
}
static void convert(void) {
  DWORD size = fuzz_size(), page = fuzz_chance(2) ? CP_UTF8 : fuzz_number(), flags = fuzz_chance(4) ? fuzz_number() : 0;
  MultiByteToWideChar(page, flags, text(), fuzz_chance(2) ? -1 : (int)fuzz_below(41), fuzz_memory(2 * size), (int)size);
  BOOL *used = fuzz_chance(2) ? NULL : fuzz_memory(4);
  WideCharToMultiByte(page, flags, wide_text(), fuzz_chance(2) ? -1 : (int)fuzz_below(41), fuzz_memory(size), (int)size,
                      fuzz_chance(2) ? NULL : "?", used);
}
static void strings(void) {
  DWORD size = fuzz_size();
  lstrcmpA(text(), text());
  lstrcmpiW(wide_text(), wide_text());
  lstrcpynA(fuzz_memory(size), text(), (int)size);
  lstrcpynW(fuzz_memory(2 * size), wide_text(), (int)size);
}
static void environment(void) {
  DWORD size = fuzz_size();
  // Names of its own: the variables of the sanitizer and of this layer stay.
  static const char *const names[] = {"FUZZ_A", "FUZZ_B", "", "=X", "FUZZ=C"};
  const char *variable = fuzz_chance(16) ? NULL : names[fuzz_below(5)];
  SetEnvironmentVariableA(variable, fuzz_chance(4) ? NULL : text());
  GetEnvironmentVariableA(variable, fuzz_memory(size), size);
  GetEnvironmentVariableW(L"FUZZ_A", fuzz_memory(2 * size), size);
  ExpandEnvironmentStringsA("%FUZZ_A% %FUZZ_B% %", fuzz_memory(size), size);
  LPWSTR block = GetEnvironmentStringsW();
  if (block) FreeEnvironmentStringsW(block);
}
static void command_line(void) {
  int *count = fuzz_memory(4);
  LPWSTR *arguments = CommandLineToArgvW(wide_text(), count);
  if (arguments) LocalFree(arguments);
}
static void names_of_system(void) {
  DWORD size = fuzz_size(); // nobody else's: memory of the fuzzer may be written by what another thread has begun
  GetComputerNameA(fuzz_memory(size), fuzz_chance(8) ? NULL : &size);
  DWORD room = fuzz_size();
  GetModuleFileNameW(NULL, fuzz_memory(2 * room), room);
  GetModuleHandleA(fuzz_chance(2) ? NULL : text());
}
static void time_fields(void) {
  FILETIME *time = fuzz_memory(8);
  SYSTEMTIME *fields = fuzz_memory(sizeof *fields);
  if (time && fuzz_chance(2)) time->dwHighDateTime = fuzz_number();
  if (fields && fuzz_chance(2)) fields->wDay = (WORD)fuzz_number();
  FileTimeToSystemTime(time, fields);
  SystemTimeToFileTime(fields, time);
}
static void local_memory(void) {
  HLOCAL block = LocalAlloc(fuzz_number(), fuzz_size());
  LocalSize(fuzz_chance(4) ? (HLOCAL)(ULONG_PTR)fuzz_number() : block);
  LocalFree(block);
}
static void statuses(void) {
  RtlNtStatusToDosError((NTSTATUS)(fuzz_chance(2) ? 0xC0000000 + fuzz_byte() : fuzz_number()));
}

const fuzz_call fuzz_text_calls[] = {
    {"FormatMessage", message},
    {"MultiByteToWideChar", convert},
    {"lstr...", strings},
    {"SetEnvironmentVariableA", environment},
    {"CommandLineToArgvW", command_line},
    {"GetComputerNameA", names_of_system},
    {"FileTimeToSystemTime", time_fields},
    {"LocalAlloc", local_memory},
    {"RtlNtStatusToDosError", statuses},
    {NULL, NULL},
};
