// Processors: which there are, what they can do, and where a thread or process would rather run, which is kept and
// without effect.
#include <sched.h>
#include <unistd.h>

#include "accounting.h"
#include "object.h"
#include "process.h"
#include "processthreadsapi.h"
#include "sysinfoapi.h"
#include "thread.h"

DWORD GetCurrentProcessorNumber(void) {
  int number = sched_getcpu();
  return number < 0 ? 0 : (DWORD)number;
}

BOOL IsProcessorFeaturePresent(DWORD feature) {
  // What every x86-64 processor has, and no more.
  const DWORD there = 1u << PF_COMPARE_EXCHANGE_DOUBLE | 1u << PF_MMX_INSTRUCTIONS_AVAILABLE |
                      1u << PF_XMMI_INSTRUCTIONS_AVAILABLE | 1u << PF_RDTSC_INSTRUCTION_AVAILABLE |
                      1u << PF_PAE_ENABLED | 1u << PF_XMMI64_INSTRUCTIONS_AVAILABLE | 1u << PF_NX_ENABLED |
                      1u << PF_SSE3_INSTRUCTIONS_AVAILABLE | 1u << PF_COMPARE_EXCHANGE128;
  return feature < 32 && there >> feature & 1;
}

static DWORD_PTR all_processors(void) {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwActiveProcessorMask;
}

/// Whether the handle is a process's that one may ask; false and the last error.
static bool is_process(HANDLE _Nullable handle, DWORD access, const char *api) {
  lw_object *process = lw_handle_object_for_(handle, &lw_process_type_, access, api);
  if (process) lw_object_release_(process);
  return process != NULL;
}

BOOL GetProcessAffinityMask(HANDLE process, DWORD_PTR *own, DWORD_PTR *system) {
  if (!own || !system) return lw_failed_(ERROR_NOACCESS);
  if (!is_process(process, PROCESS_QUERY_LIMITED_INFORMATION, __func__)) return FALSE;
  *own = *system = all_processors();
  return TRUE;
}

DWORD_PTR SetThreadAffinityMask(HANDLE handle, DWORD_PTR mask) {
  lw_object *thread = lw_handle_object_for_(handle, &lw_thread_type_, THREAD_SET_INFORMATION, __func__);
  if (!thread) return 0;
  lw_object_release_(thread);
  DWORD_PTR all = all_processors();
  return mask && !(mask & ~all) ? all : (DWORD_PTR)lw_failed_(ERROR_INVALID_PARAMETER);
}

BOOL GetProcessHandleCount(HANDLE process, DWORD *count) {
  if (!count) return lw_failed_(ERROR_NOACCESS);
  lw_object *object = lw_handle_object_for_(process, &lw_process_type_, PROCESS_QUERY_LIMITED_INFORMATION, __func__);
  if (!object) return FALSE;
  bool is_own = object == (lw_object *)lw_process_current_();
  lw_object_release_(object);
  if (!is_own) return lw_failed_(ERROR_NOT_SUPPORTED);
  *count = (DWORD)lw_handle_count_();
  return TRUE;
}

static _Atomic DWORD own_class = NORMAL_PRIORITY_CLASS;

DWORD GetPriorityClass(HANDLE process) {
  return is_process(process, PROCESS_QUERY_LIMITED_INFORMATION, __func__) ? atomic_load(&own_class) : 0;
}

BOOL SetPriorityClass(HANDLE process, DWORD wanted) {
  const DWORD classes[] = {NORMAL_PRIORITY_CLASS,   IDLE_PRIORITY_CLASS,         HIGH_PRIORITY_CLASS,
                           REALTIME_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, ABOVE_NORMAL_PRIORITY_CLASS};
  if (!is_process(process, PROCESS_SET_INFORMATION, __func__)) return FALSE;
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
    if (classes[i] != wanted) continue;
    atomic_store(&own_class, wanted);
    return TRUE;
  }
  return lw_failed_(ERROR_INVALID_PARAMETER);
}
