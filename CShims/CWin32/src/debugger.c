// What a program can say to a debugger.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugapi.h"

BOOL IsDebuggerPresent(void) {
  char line[128];
  FILE *status = fopen("/proc/self/status", "re");
  BOOL traced = FALSE;
  while (status && fgets(line, sizeof line, status)) {
    if (strncmp(line, "TracerPid:", strlen("TracerPid:")) == 0) traced = atoi(line + strlen("TracerPid:")) != 0;
  }
  if (status) fclose(status);
  return traced;
}

void OutputDebugStringA(LPCSTR text) { (void)text; }
void OutputDebugStringW(LPCWSTR text) { (void)text; }

void DebugBreak(void) { raise(SIGTRAP); }
