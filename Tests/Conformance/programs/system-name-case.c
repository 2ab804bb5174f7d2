// Names of pipes and files are the same in capitals and small letters, in every script; names of objects are not.
#include <stdio.h>
#include <windows.h>

static void show(const char *what, BOOL done) {
  DWORD error = GetLastError();
  printf("%s: %d error %lu\n", what, done, done ? 0 : error);
}

int main(void) {
  HANDLE server = CreateNamedPipeW(L"\\\\.\\pipe\\latewrite-case-Gr\u00fc\u00dfe-\u00c9\u0416\u03a9\u0141",
                                   PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 0, 0, 0, NULL);
  show("server", server != INVALID_HANDLE_VALUE);
  HANDLE client = CreateFileW(L"\\\\.\\PIPE\\LATEWRITE-case-GR\u00dc\u00dfE-\u00e9\u0436\u03c9\u0142", GENERIC_READ, 0,
                              NULL, OPEN_EXISTING, 0, NULL);
  show("client", client != INVALID_HANDLE_VALUE);
  CloseHandle(client);
  CloseHandle(server);
  show("without a server", WaitNamedPipeW(L"\\\\.\\pipe\\latewrite-case-gr\u00fc\u00dfe-\u00e9\u0436\u03c9\u0142", 1));

  HANDLE event = CreateEventW(NULL, FALSE, FALSE, L"latewrite-case-\u00e9");
  show("event", event != NULL);
  show("capital", OpenEventW(SYNCHRONIZE, FALSE, L"latewrite-case-\u00c9") != NULL);
  show("small", OpenEventW(SYNCHRONIZE, FALSE, L"latewrite-case-\u00e9") != NULL);

  HANDLE file = CreateFileW(L"Stra\u00dfe-\u00e4\u0434\u03b1", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
  show("file", file != INVALID_HANDLE_VALUE);
  CloseHandle(file);
  show("attributes", GetFileAttributesW(L"STRA\u00dfE-\u00c4\u0414\u0391") != INVALID_FILE_ATTRIBUTES);
  file = CreateFileW(L"stra\u00dfe-\u00c4\u0414\u0391", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
  show("new", file != INVALID_HANDLE_VALUE);
  show("deleted", DeleteFileW(L"stra\u00dfe-\u00c4\u0414\u0391"));
  show("folder", CreateDirectoryW(L"Z\u00fcrich", NULL));
  show("again", CreateDirectoryW(L"z\u00dcRICH", NULL));
  show("removed", RemoveDirectoryW(L"Z\u00dcRICH"));
  return 0;
}
