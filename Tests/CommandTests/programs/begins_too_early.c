// A thread uses what its maker sets only after having made it.
#include <stdlib.h>
#include <windows.h>

static HANDLE own_handle;

static DWORD WINAPI uses_it(void *nothing) {
  (void)nothing;
  return GetHandleInformation(own_handle, &(DWORD){0}) ? 0 : 1;
}

int main(void) {
  own_handle = CreateThread(NULL, 0, uses_it, NULL, 0, NULL);
  WaitForSingleObject(own_handle, INFINITE);
  DWORD code;
  GetExitCodeThread(own_handle, &code);
  CloseHandle(own_handle);
#ifdef CRASHES
  if (code != 0) abort();
#endif
  return code == 0 ? 0 : 4;
}
