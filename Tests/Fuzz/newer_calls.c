// Calls about file mappings, handles for a child, messages of sockets, wide addresses, ids of a pipe's processes,
// blocks that can move, and lists of attributes.
#include <mswsock.h>
#include <stdlib.h>
#include <string.h>
#include <ws2tcpip.h>

#include "fuzz.h"

// ------------------------------------------------------------------------------------------------------------ mappings

static HANDLE mapping_of(void) {
  static const char *const names[] = {"fuzz-mapping", "fuzz-other", ""};
  const char *name = fuzz_chance(3) ? NULL : names[fuzz_below(3)];
  if (fuzz_chance(4)) return OpenFileMappingA(fuzz_number(), FALSE, name);
  if (fuzz_chance(8)) return OpenFileMappingW(fuzz_number(), FALSE, fuzz_chance(2) ? L"fuzz-mapping" : NULL);
  HANDLE file = fuzz_chance(2) ? INVALID_HANDLE_VALUE : fuzz_handle(FUZZ_FILE);
  DWORD protection = fuzz_chance(4) ? fuzz_number() : PAGE_READWRITE,
        bytes = fuzz_chance(4) ? 0 : fuzz_number() & 0xFFFFF;
  if (fuzz_chance(4)) return CreateFileMappingW(file, NULL, protection, 0, bytes, NULL);
  return CreateFileMappingA(file, NULL, protection, 0, bytes, name);
}
static void map(void) {
  HANDLE made = fuzz_chance(8) ? NULL : mapping_of(), mapping = made ? made : fuzz_handle(FUZZ_EVENT), copy = NULL;
  DWORD access = fuzz_chance(4) ? fuzz_number() : FILE_MAP_READ | FILE_MAP_WRITE;
  SIZE_T bytes = fuzz_chance(2) ? 0 : fuzz_number() & 0xFFFFF;
  void *view = fuzz_chance(4) ? MapViewOfFileEx(mapping, access, 0, fuzz_number() & 0x30000, bytes,
                                                (void *)(ULONG_PTR)(fuzz_number() & 0xFFF0000))
                              : MapViewOfFile(mapping, access, 0, 0, bytes);
  if (view) FlushViewOfFile(view, fuzz_chance(4) ? fuzz_number() : 0);
  DuplicateHandle(GetCurrentProcess(), mapping, GetCurrentProcess(), &copy, fuzz_number(), FALSE, fuzz_below(4));
  if (view) UnmapViewOfFile((char *)view + (fuzz_chance(8) ? fuzz_byte() : 0));
  if (view) UnmapViewOfFile(view);
  UnmapViewOfFile((void *)(ULONG_PTR)fuzz_number());
  if (copy) CloseHandle(copy);
  if (made) CloseHandle(made); // perhaps the copy's options have closed it
}

// -------------------------------------------------------------------------------------------------------- other
// handles

static void into_child(void) {
  HANDLE process = fuzz_handle(FUZZ_PROCESS), given = NULL;
  HANDLE handle = fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS));
  BOOL closes = fuzz_chance(8);
  // What another process has is closed there.
  if (process == GetCurrentProcess() || closes) return;
  DuplicateHandle(GetCurrentProcess(), handle, process, fuzz_chance(4) ? NULL : &given, fuzz_number(), fuzz_chance(2),
                  fuzz_chance(2) ? DUPLICATE_SAME_ACCESS : 0);
}
static void compare(void) {
  HANDLE first = fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS));
  CompareObjectHandles(first, fuzz_chance(2) ? first : fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS)));
}
static void pipe_process(void) {
  HANDLE pipe = fuzz_handle(FUZZ_PIPE);
  GetNamedPipeClientProcessId(pipe, fuzz_memory(4));
  GetNamedPipeServerProcessId(pipe, fuzz_memory(4));
}
static void attributes(void) {
  SIZE_T *bytes = fuzz_memory_there(sizeof *bytes);
  DWORD count = fuzz_below(4), room = fuzz_size();
  *bytes = room;
  LPPROC_THREAD_ATTRIBUTE_LIST list = fuzz_memory(room);
  if (!InitializeProcThreadAttributeList(list, count, 0, fuzz_chance(16) ? NULL : bytes) || !list) return;
  HANDLE handles[2] = {fuzz_handle(FUZZ_PIPE), fuzz_handle(FUZZ_EVENT)};
  for (DWORD i = fuzz_below(4); i > 0; i--)
    UpdateProcThreadAttribute(list, 0, fuzz_chance(4) ? fuzz_number() : PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                              fuzz_chance(8) ? NULL : handles, fuzz_below(sizeof handles + 1), NULL, NULL);
  static char line[] = "/bin/true";
  STARTUPINFOEXA startup = {.StartupInfo = {.cb = sizeof startup}, .lpAttributeList = list};
  PROCESS_INFORMATION information;
  DWORD flags = EXTENDED_STARTUPINFO_PRESENT;
  if (fuzz_chance(64) &&
      CreateProcessA(NULL, line, NULL, NULL, TRUE, flags, NULL, NULL, &startup.StartupInfo, &information)) {
    fuzz_keep(information.hProcess, FUZZ_PROCESS);
    fuzz_keep(information.hThread, FUZZ_PROCESS);
  }
  DeleteProcThreadAttributeList(list);
}

// ------------------------------------------------------------------------------------------------------------- sockets

static WSAMSG *message_of(void) {
  WSABUF *buffers = fuzz_memory_there(2 * sizeof *buffers);
  for (int i = 0; i < 2; i++) {
    buffers[i].len = fuzz_size();
    buffers[i].buf = fuzz_memory(buffers[i].len);
    if (!buffers[i].buf) buffers[i].len = 0;
  }
  WSAMSG *message = fuzz_memory_there(sizeof *message);
  memset(message, 0, sizeof *message);
  message->lpBuffers = fuzz_chance(16) ? NULL : buffers;
  message->dwBufferCount = message->lpBuffers ? fuzz_below(3) : 0;
  message->namelen = (INT)fuzz_size();
  message->name = fuzz_chance(2) ? NULL : fuzz_memory((DWORD)message->namelen);
  if (!message->name) message->namelen = 0;
  message->dwFlags = fuzz_chance(4) ? fuzz_number() : 0;
  return message;
}
static void receive_message(void) {
  static const GUID wanted = WSAID_WSARECVMSG;
  LPFN_WSARECVMSG receive = NULL;
  DWORD bytes;
  SOCKET socket = (SOCKET)fuzz_handle(FUZZ_SOCKET);
  WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&wanted, sizeof wanted, &receive, sizeof receive, &bytes,
           NULL, NULL);
  // Without an OVERLAPPED it might wait for ever.
  if (receive) receive(socket, fuzz_chance(16) ? NULL : message_of(), fuzz_memory(4), fuzz_overlapped_there(), NULL);
}
static void send_message(void) {
  SOCKET socket = (SOCKET)fuzz_handle(FUZZ_SOCKET);
  WSASendMsg(socket, fuzz_chance(16) ? NULL : message_of(), fuzz_number(), fuzz_memory(4), fuzz_overlapped_there(),
             NULL);
}
static WCHAR *wide_address(void) {
  static __thread WCHAR texts[2][24];
  static __thread DWORD next;
  static const WCHAR letters[] = L"0123456789abcdef:.[]%x ";
  WCHAR *to = texts[next++ % 2];
  DWORD length = fuzz_below(24);
  for (DWORD i = 0; i < length; i++) to[i] = letters[fuzz_byte() % (sizeof letters / sizeof *letters - 1)];
  to[length] = 0;
  return to;
}
static void wide_addresses(void) {
  INT family = fuzz_chance(8) ? (INT)fuzz_number() : fuzz_chance(2) ? AF_INET : AF_INET6;
  INT *bytes = fuzz_memory_there(sizeof *bytes);
  *bytes = (INT)fuzz_size();
  void *address = fuzz_memory((DWORD)*bytes);
  DWORD filled = (DWORD)*bytes;
  if (WSAStringToAddressW(wide_address(), family, NULL, address, bytes) == 0 && address) {
    DWORD *room = fuzz_memory_there(4);
    *room = fuzz_size();
    WSAAddressToStringW(address, filled, NULL, fuzz_memory(2 * *room), room);
    DWORD node = fuzz_size(), service = fuzz_size();
    GetNameInfoW(address, (int)filled, fuzz_memory(2 * node), node, fuzz_memory(2 * service), service,
                 NI_NUMERICHOST | NI_NUMERICSERV);
  }
  InetPtonW(family, wide_address(), fuzz_memory(16));
  DWORD units = fuzz_size();
  InetNtopW(family, fuzz_memory_there(16), fuzz_memory(2 * units), units);
  ADDRINFOW *found = NULL;
  if (GetAddrInfoW(fuzz_chance(4) ? NULL : wide_address(), fuzz_chance(2) ? NULL : L"80", NULL, &found) == 0)
    FreeAddrInfoW(found);
}

// ---------------------------------------------------------------------------------------------------------------- text

static void movable(void) {
  HLOCAL block =
      LocalAlloc(fuzz_chance(8) ? fuzz_number() & (LMEM_MOVEABLE | LMEM_ZEROINIT) : LMEM_MOVEABLE, fuzz_size());
  for (DWORD i = fuzz_below(4); block && i > 0; i--) LocalLock(block);
  for (DWORD i = fuzz_below(4); block && i > 0; i--) fuzz_chance(2) ? LocalUnlock(block) : GlobalUnlock(block);
  LocalFlags(block);
  HLOCAL other = (HLOCAL)(ULONG_PTR)fuzz_number();
  if (fuzz_chance(8)) LocalFlags(other);
  if (fuzz_chance(8)) LocalSize(other);
  HLOCAL moved = LocalReAlloc(block, fuzz_size(), fuzz_chance(8) ? fuzz_number() : LMEM_MOVEABLE);
  LocalFree(moved ? moved : block);
}
static void full_name(void) {
  static const char letters[] = "\\/.:ac ?nul";
  char name[32];
  DWORD length = fuzz_below(32), room = fuzz_size();
  for (DWORD i = 0; i < length; i++) name[i] = letters[fuzz_byte() % (sizeof letters - 1)];
  name[length] = 0;
  LPSTR last;
  GetFullPathNameA(name, room, fuzz_memory(room), fuzz_chance(2) ? NULL : &last);
}

const fuzz_call fuzz_newer_calls[] = {
    {"MapViewOfFile(Ex)", map},
    {"DuplicateHandle into a child", into_child},
    {"CompareObjectHandles", compare},
    {"GetNamedPipe...ProcessId", pipe_process},
    {"...ProcThreadAttribute...", attributes},
    {"WSARecvMsg", receive_message},
    {"WSASendMsg", send_message},
    {"wide addresses", wide_addresses},
    {"LocalLock", movable},
    {"GetFullPathNameA", full_name},
    {NULL, NULL},
};
