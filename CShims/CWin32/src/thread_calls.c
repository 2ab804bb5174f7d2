// What a program can do to a thread that it has a handle of, and ask of it.
#include <sys/socket.h>
#include <unistd.h>

#include "handleapi.h"
#include "process.h"
#include "processthreadsapi.h"
#include "synchapi.h"
#include "thread.h"

/// The thread of a handle, with a reference for the caller; see `lw_handle_object_for_`.
static lw_thread_object *_Nullable thread_of(HANDLE _Nullable handle, DWORD access, const char *api) {
  return (lw_thread_object *)lw_handle_object_for_(handle, &lw_thread_type_, access, api);
}

static DWORD fail(DWORD error) {
  SetLastError(error);
  return (DWORD)-1;
}

// ---------------------------------------------------------------------------------------------------- held and ended

/// Lets the thread look again whether it may begin.
static void wake_held(lw_thread_object *thread, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  if (thread->held) lw_wakes_add_(wakes, thread->held);
  thread->held = NULL;
}

void lw_thread_hold_(lw_thread_object *thread, int gate) {
  lw_dispatcher_enter_();
  thread->gate = gate;
  thread->suspended = 1;
  lw_lock_release(&lw_dispatcher_);
}

/// Lets a suspended child begin, unless it has ended meanwhile.
static void open_gate(int gate) {
  char byte = 0;
  send(gate, &byte, sizeof byte, MSG_NOSIGNAL);
  close(gate);
}

DWORD ResumeThread(HANDLE handle) {
  lw_thread_object *thread = thread_of(handle, THREAD_SUSPEND_RESUME, __func__);
  if (!thread) return (DWORD)-1;
  lw_wakes wakes = {NULL};
  lw_point(LW_POINT_SIGNAL, thread, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  DWORD before = thread->suspended;
  if (before > 0) thread->suspended--;
  if (before == 1) wake_held(thread, &wakes);
  bool goes_on = before == 1 && thread->begun;
  if (goes_on) atomic_fetch_and(&thread->stop.wanted, ~(uint32_t)LW_STOP_HOLD);
  int gate = before == 1 ? thread->gate : 0;
  if (gate) thread->gate = 0;
  lw_dispatcher_leave_(&wakes);
  if (gate) open_gate(gate);
  if (goes_on) lw_unpark(thread->id);
  lw_object_release_(&thread->object);
  return before;
}

/// Why a thread cannot be stopped; ERROR_SUCCESS when it can.
static DWORD refusal(const lw_thread_object *thread) LW_REQUIRES(lw_dispatcher_) {
  if (thread->ended || thread->terminated) return ERROR_ACCESS_DENIED;
  return !thread->is_own || (thread->begun && !lw_thread_can_stop_()) ? ERROR_NOT_SUPPORTED : ERROR_SUCCESS;
}

/// Takes back what could not be had.
static void take_suspension_back(lw_thread_object *thread) {
  lw_dispatcher_enter_();
  if (--thread->suspended == 0) atomic_fetch_and(&thread->stop.wanted, ~(uint32_t)LW_STOP_HOLD);
  lw_lock_release(&lw_dispatcher_);
  lw_unpark(thread->id);
}

DWORD SuspendThread(HANDLE handle) {
  lw_thread_object *thread = thread_of(handle, THREAD_SUSPEND_RESUME, __func__);
  if (!thread) return (DWORD)-1;
  bool is_self = thread == lw_thread_current_();
  lw_dispatcher_enter_();
  DWORD before = thread->suspended;
  DWORD error = refusal(thread);
  if (error == ERROR_SUCCESS && before == MAXIMUM_SUSPEND_COUNT) error = ERROR_SIGNAL_REFUSED;
  if (error == ERROR_SUCCESS) thread->suspended++;
  bool stops = error == ERROR_SUCCESS && before == 0 && thread->begun;
  if (stops) atomic_fetch_or(&thread->stop.wanted, LW_STOP_HOLD);
  lw_lock_release(&lw_dispatcher_);
  if (stops && is_self) {
    lw_thread_stay_(thread);
  } else if (stops && !lw_thread_stop_(thread)) {
    take_suspension_back(thread);
    error = ERROR_NOT_SUPPORTED;
  }
  lw_object_release_(&thread->object);
  return error == ERROR_SUCCESS ? before : fail(error);
}

BOOL TerminateThread(HANDLE handle, DWORD code) {
  lw_thread_object *thread = thread_of(handle, THREAD_TERMINATE, __func__);
  if (!thread) return FALSE;
  bool is_self = thread == lw_thread_current_();
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  bool over = thread->ended || thread->terminated;
  DWORD error = over || is_self ? ERROR_SUCCESS : refusal(thread);
  bool ends = !over && !is_self && error == ERROR_SUCCESS, stops = ends && thread->begun;
  if (ends) {
    thread->terminated = true;
    thread->terminated_with = code;
    wake_held(thread, &wakes);
  }
  if (stops) atomic_fetch_or(&thread->stop.wanted, LW_STOP_LEAVE);
  lw_dispatcher_leave_(&wakes);
  if (stops && !lw_thread_stop_(thread)) error = ERROR_NOT_SUPPORTED; // it ends in the next sleep that can be given up
  lw_object_release_(&thread->object);
  if (is_self) ExitThread(code);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

// --------------------------------------------------------------------------------------------------------- priority

static bool is_priority(int priority) {
  return (priority >= THREAD_PRIORITY_LOWEST && priority <= THREAD_PRIORITY_HIGHEST) ||
         priority == THREAD_PRIORITY_IDLE || priority == THREAD_PRIORITY_TIME_CRITICAL;
}

BOOL SetThreadPriority(HANDLE handle, int priority) {
  lw_thread_object *thread = thread_of(handle, THREAD_SET_INFORMATION, __func__);
  if (!thread) return FALSE;
  bool known = is_priority(priority);
  if (known) thread->priority = priority;
  lw_object_release_(&thread->object);
  return known ? TRUE : lw_failed_(ERROR_INVALID_PARAMETER);
}

int GetThreadPriority(HANDLE handle) {
  lw_thread_object *thread = thread_of(handle, THREAD_QUERY_LIMITED_INFORMATION, __func__);
  if (!thread) return THREAD_PRIORITY_ERROR_RETURN;
  int priority = thread->priority;
  lw_object_release_(&thread->object);
  return priority;
}

// ---------------------------------------------------------------------------------------------------------- queries

BOOL GetExitCodeThread(HANDLE handle, DWORD *code) {
  if (!code) return lw_failed_(ERROR_NOACCESS);
  lw_thread_object *thread = thread_of(handle, THREAD_QUERY_LIMITED_INFORMATION, __func__);
  if (!thread) return FALSE;
  lw_dispatcher_enter_();
  *code = thread->exit_code;
  lw_lock_release(&lw_dispatcher_);
  lw_object_release_(&thread->object);
  return TRUE;
}

DWORD GetThreadId(HANDLE handle) {
  lw_thread_object *thread = thread_of(handle, THREAD_QUERY_LIMITED_INFORMATION, __func__);
  if (!thread) return 0;
  DWORD id = thread->id;
  lw_object_release_(&thread->object);
  return id;
}

DWORD GetProcessIdOfThread(HANDLE handle) {
  lw_thread_object *thread = thread_of(handle, THREAD_QUERY_LIMITED_INFORMATION, __func__);
  if (!thread) return 0;
  // The first thread of a child has the child's number.
  DWORD id = thread->is_own ? GetCurrentProcessId() : thread->id;
  lw_object_release_(&thread->object);
  return id;
}

HANDLE OpenThread(DWORD access, BOOL inherit, DWORD id) {
  lw_thread_object *thread = lw_thread_find_(id);
  if (thread) return lw_handle_open_with_(&thread->object, lw_rights_(access, inherit));
  lw_failed_(ERROR_INVALID_PARAMETER);
  return NULL;
}

HANDLE GetCurrentThread(void) { return (HANDLE)(LONG_PTR)-2; }

DWORD GetCurrentThreadId(void) {
  lw_thread_current_(); // so that OpenThread finds it
  return lw_thread_self();
}

BOOL SwitchToThread(void) {
  Sleep(0);
  return TRUE;
}
