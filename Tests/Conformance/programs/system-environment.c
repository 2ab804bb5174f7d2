// Environment variables: sizes, names in any case, removal, blocks and expansion.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void get(const char *name, DWORD room) {
  char value[64];
  memset(value, '#', sizeof value);
  value[63] = 0;
  SetLastError(0);
  DWORD length = GetEnvironmentVariableA(name, value, room);
  printf("get %s with %lu: %lu error %lu", name, room, length, GetLastError());
  printf(length > 0 && length < room ? " [%s]\n" : "\n", value);
}

static void set(const char *name, const char *value) {
  SetLastError(0);
  BOOL done = SetEnvironmentVariableA(name, value);
  printf("set %s to %s: %d error %lu\n", name ? name : "NULL", value ? value : "NULL", done, done ? 0 : GetLastError());
}

int main(void) {
  get("LW_PROBE", 64);
  set("LW_PROBE", "value");
  get("LW_PROBE", 64);
  get("lw_probe", 64);
  get("LW_PROBE", 6);
  get("LW_PROBE", 5);
  get("LW_PROBE", 0);
  set("lw_Probe", "other");
  get("LW_PROBE", 64);
  set("LW_PROBE", NULL);
  get("LW_PROBE", 64);
  set("LW_PROBE", NULL);
  set("", "x");
  set("A=B", "x");
  set(NULL, "x");

  SetEnvironmentVariableW(L"LW_WIDE", L"w\u00e4rme");
  WCHAR wide[32];
  DWORD length = GetEnvironmentVariableW(L"LW_WIDE", wide, 32);
  printf("wide: %lu %d, needs %lu\n", length, wcscmp(wide, L"w\u00e4rme"),
         GetEnvironmentVariableW(L"LW_WIDE", wide, 2));
  set("LW_PROBE", "seen");
  char *block = GetEnvironmentStrings(), *at = block;
  int seen = 0;
  for (; *at; at += strlen(at) + 1) seen += strcmp(at, "LW_PROBE=seen") == 0;
  printf("in the block: %d, freed %d\n", seen, FreeEnvironmentStringsA(block));
  WCHAR *wide_block = GetEnvironmentStringsW(), *wide_at = wide_block;
  for (seen = 0; *wide_at; wide_at += wcslen(wide_at) + 1) seen += wcscmp(wide_at, L"LW_PROBE=seen") == 0;
  printf("in the wide block: %d, freed %d\n", seen, FreeEnvironmentStringsW(wide_block));
  char text[64];
  length = ExpandEnvironmentStringsA("<%LW_PROBE%> %lw_none% 100%", text, sizeof text);
  printf("expanded: %lu [%s]\n", length, text);
  return 0;
}
