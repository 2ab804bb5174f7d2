// Threads of the C run time, beside Winsock's headers: _beginthreadex, its identifier, _endthreadex.
#include <winsock2.h>

#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static unsigned __stdcall ends(void *parameter) {
  _endthreadex((unsigned)(UINT_PTR)parameter);
  return 0;
}

static unsigned __stdcall returns(void *parameter) { return (unsigned)(UINT_PTR)parameter + 1; }

int main(void) {
  unsigned id = 0;
  DWORD code = 0;
  HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, ends, (void *)7, 0, &id);
  printf("begun: %d, identifier %d\n", thread != NULL, id == GetThreadId(thread));
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("ended with %lu\n", code);
  CloseHandle(thread);
  thread = (HANDLE)_beginthreadex(NULL, 65536, returns, (void *)7, CREATE_SUSPENDED, NULL);
  printf("resumed: %lu\n", ResumeThread(thread));
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("returned %lu\n", code);
  CloseHandle(thread);
  printf("process: %d\n", _getpid() == (int)GetCurrentProcessId());
  return 0;
}
