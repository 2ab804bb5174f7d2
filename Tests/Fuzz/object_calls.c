// Calls about handles, events, threads, processes and waits.
#include <string.h>

#include "fuzz.h"

static SECURITY_ATTRIBUTES *attributes(void) {
  static SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  return fuzz_chance(4) ? &inherited : NULL;
}

static void close_handle(void) { fuzz_close(fuzz_victim((fuzz_kind)fuzz_below(FUZZ_KINDS))); }

// ------------------------------------------------------------------------------------------------------------ events

static void create_event(void) {
  BOOL manual = fuzz_chance(2), set = fuzz_chance(2);
  fuzz_keep(CreateEventA(attributes(), manual, set, fuzz_chance(4) ? "fuzz" : NULL), FUZZ_EVENT);
}
static void create_event_w(void) {
  BOOL manual = fuzz_chance(2), set = fuzz_chance(2);
  fuzz_keep(CreateEventW(attributes(), manual, set, fuzz_chance(4) ? L"fuzz" : NULL), FUZZ_EVENT);
}
static void open_event(void) {
  DWORD access = fuzz_number();
  fuzz_keep(OpenEventA(access, fuzz_chance(2), fuzz_chance(4) ? NULL : "fuzz"), FUZZ_EVENT);
}
static void set_event(void) { SetEvent(fuzz_handle(FUZZ_EVENT)); }
static void reset_event(void) { ResetEvent(fuzz_handle(FUZZ_EVENT)); }

// ------------------------------------------------------------------------------------------------------------- waits

static void wait_one(void) {
  HANDLE object = fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS));
  WaitForSingleObject(object, fuzz_ms());
}
static void wait_many(void) {
  HANDLE set[MAXIMUM_WAIT_OBJECTS + 2];
  DWORD count = fuzz_chance(8) ? MAXIMUM_WAIT_OBJECTS + fuzz_below(3) : fuzz_below(6);
  for (DWORD i = 0; i < count; i++) set[i] = fuzz_handle(FUZZ_EVENT);
  BOOL all = fuzz_chance(2);
  DWORD ms = fuzz_ms();
  WaitForMultipleObjects(count, fuzz_chance(16) ? NULL : set, all, ms);
}

// ----------------------------------------------------------------------------------------------- threads, processes

static DWORD WINAPI brief(void *context) {
  fuzz_called(context);
  if ((ULONG_PTR)context % 5 == 0) ExitThread((DWORD)(ULONG_PTR)context);
  Sleep((ULONG_PTR)context % 2);
  return (DWORD)(ULONG_PTR)context;
}

static void create_thread(void) {
  BOOL suspended = fuzz_chance(4), no_start = fuzz_chance(16);
  DWORD flags = suspended ? CREATE_SUSPENDED : fuzz_chance(8) ? fuzz_number() & ~(DWORD)CREATE_SUSPENDED : 0;
  DWORD stack_bytes = fuzz_number() & 0xFFFFF;
  void *context = no_start ? NULL : fuzz_expect();
  HANDLE thread =
      CreateThread(attributes(), stack_bytes, no_start ? NULL : brief, context, flags, fuzz_memory(sizeof(DWORD)));
  if (!thread && !no_start) fuzz_expect_no_more();
  if (thread && suspended) ResumeThread(thread);
  fuzz_keep(thread, FUZZ_THREAD);
}
static void resume_thread(void) { ResumeThread(fuzz_victim(FUZZ_THREAD)); }
static void get_exit_code_thread(void) { GetExitCodeThread(fuzz_handle(FUZZ_THREAD), fuzz_memory(sizeof(DWORD))); }
static void get_thread_id(void) { GetThreadId(fuzz_handle(FUZZ_THREAD)); }

static void create_process(void) {
  // A process costs a thousand other calls.
  if (!fuzz_chance(64)) return;
  static STARTUPINFOA startup = {.cb = sizeof startup};
  char line[] = "/bin/true \"a b\" c";
  PROCESS_INFORMATION information = {0};
  DWORD flags = fuzz_chance(4) ? fuzz_number() & ~(DWORD)CREATE_SUSPENDED : 0;
  BOOL inherit = fuzz_chance(2);
  static const WCHAR wide_environment[] = L"A=B\0";
  void *environment = flags & CREATE_UNICODE_ENVIRONMENT ? (void *)wide_environment : (void *)"A=B\0";
  if (!CreateProcessA(fuzz_chance(2) ? "/bin/true" : NULL, fuzz_chance(8) ? NULL : line, attributes(), NULL, inherit,
                      flags, fuzz_chance(8) ? environment : NULL, fuzz_chance(4) ? "/" : NULL,
                      fuzz_chance(16) ? NULL : &startup, fuzz_chance(16) ? NULL : &information))
    return;
  fuzz_keep(information.hProcess, FUZZ_PROCESS);
  fuzz_keep(information.hThread, FUZZ_PROCESS);
}
static void get_exit_code_process(void) { GetExitCodeProcess(fuzz_handle(FUZZ_PROCESS), fuzz_memory(sizeof(DWORD))); }
static void terminate_process(void) {
  HANDLE process = fuzz_victim(FUZZ_PROCESS);
  DWORD code = fuzz_number();
  if (GetProcessId(process) != GetCurrentProcessId()) TerminateProcess(process, code);
}
static void get_process_id(void) { GetProcessId(fuzz_handle(FUZZ_PROCESS)); }

const fuzz_call fuzz_object_calls[] = {
    {"CloseHandle", close_handle},
    {"CreateEventA", create_event},
    {"CreateEventW", create_event_w},
    {"OpenEventA", open_event},
    {"SetEvent", set_event},
    {"ResetEvent", reset_event},
    {"WaitForSingleObject", wait_one},
    {"WaitForMultipleObjects", wait_many},
    {"CreateThread", create_thread},
    {"ResumeThread", resume_thread},
    {"GetExitCodeThread", get_exit_code_thread},
    {"GetThreadId", get_thread_id},
    {"CreateProcessA", create_process},
    {"GetExitCodeProcess", get_exit_code_process},
    {"TerminateProcess", terminate_process},
    {"GetProcessId", get_process_id},
    {NULL, NULL},
};
