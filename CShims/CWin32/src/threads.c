// CreateThread: named threads ("thread-N") whose object is signalled when they end. The thread holds a reference of its
// own.
#include "thread.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>

#include "file.h"
#include "handleapi.h"
#include "processthreadsapi.h"
#include "synchapi.h"

static lw_pool pool = LW_POOL(lw_thread_object);

static void destroy(lw_object *object) { lw_pool_give(&pool, object); }

const lw_object_type lw_thread_type_ = {.name = "thread", .waitable = true, .destroy = destroy};

lw_thread_object *lw_thread_prepare_(DWORD id) {
  lw_thread_object *made = lw_pool_take(&pool);
  if (!made) return NULL;
  lw_object_prepare_(&made->object, &lw_thread_type_);
  made->id = id;
  lw_dispatcher_enter_();
  made->exit_code = STILL_ACTIVE;
  lw_lock_release(&lw_dispatcher_);
  return made;
}

void lw_thread_ended_(lw_thread_object *thread, DWORD code, lw_wakes *wakes) {
  thread->exit_code = code;
  lw_object_signal_(&thread->object, wakes);
}

// ---------------------------------------------------------------------------------------------------------- running

/// Where ExitThread goes, in a thread of CreateThread.
static _Thread_local jmp_buf *way_out;
static _Thread_local DWORD way_out_code;

static DWORD call_start(const lw_thread_object *self) {
  jmp_buf here;
  if (setjmp(here) != 0) return way_out_code;
  way_out = &here;
  return self->start(self->parameter);
}

static void run(void *context) {
  lw_thread_object *self = context;
  lw_wakes wakes = {NULL};
  lw_sleeper sleeper = lw_sleeper_();
  lw_dispatcher_enter_();
  bool held = self->suspended > 0;
  if (held) self->held = &sleeper;
  lw_lock_release(&lw_dispatcher_);
  if (held) lw_sleep_(&sleeper, self, LW_NEVER);

  DWORD code = call_start(self);
  way_out = NULL;
  lw_files_thread_ends_();
  lw_port_thread_ends_();
  lw_point(LW_POINT_SIGNAL, self, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  lw_thread_ended_(self, code, &wakes);
  lw_dispatcher_leave_(&wakes);
  lw_object_release_(&self->object);
}

void ExitThread(DWORD code) {
  if (!way_out) pthread_exit(NULL); // the first thread, or one that something else started
  way_out_code = code;
  longjmp(*way_out, 1);
}

// --------------------------------------------------------------------------------------------------------- creating

/// Starts the thread of a prepared object; the thread takes over one reference. False when the system has none left.
static bool start(lw_thread_object *self) {
  static _Atomic uint32_t named;
  char name[LW_THREAD_NAME_BYTES];
  // relaxed: a number for a name.
  snprintf(name, sizeof name, "thread-%u", 1 + atomic_fetch_add_explicit(&named, 1, memory_order_relaxed));
  lw_thread *thread = lw_thread_create(name, run, self);
  if (!thread) return false;
  self->id = lw_thread_number_of(thread);
  lw_thread_detach(thread);
  return true;
}

HANDLE CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack_bytes, LPTHREAD_START_ROUTINE start_routine,
                    LPVOID parameter, DWORD flags, DWORD *thread_id) {
  (void)attributes, (void)stack_bytes;
  if (!start_routine) {
    lw_failed_(ERROR_INVALID_PARAMETER);
    return NULL;
  }
  lw_thread_object *made = lw_thread_prepare_(0);
  HANDLE handle = NULL;
  if (made) {
    made->start = start_routine;
    made->parameter = parameter;
    lw_dispatcher_enter_();
    made->suspended = flags & CREATE_SUSPENDED ? 1 : 0;
    lw_lock_release(&lw_dispatcher_);
    if (lw_object_retain_(&made->object))
      handle = lw_handle_open_(&made->object); // the second reference is the thread's
  }
  if (handle && start(made)) {
    if (thread_id) *thread_id = made->id;
    return handle;
  }
  if (handle) lw_close_handle_(handle);
  if (made) lw_object_release_(&made->object);
  lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  return NULL;
}

DWORD ResumeThread(HANDLE handle) {
  lw_thread_object *self = (lw_thread_object *)lw_handle_object_(handle, &lw_thread_type_);
  if (!self) return (DWORD)-1;
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  DWORD before = self->suspended;
  self->suspended = 0;
  if (self->held) lw_wakes_add_(&wakes, self->held);
  self->held = NULL;
  lw_dispatcher_leave_(&wakes);
  lw_object_release_(&self->object);
  return before;
}

// ---------------------------------------------------------------------------------------------------------- queries

BOOL GetExitCodeThread(HANDLE handle, DWORD *code) {
  if (!code) return lw_failed_(ERROR_NOACCESS);
  lw_thread_object *self = (lw_thread_object *)lw_handle_object_(handle, &lw_thread_type_);
  if (!self) return FALSE;
  lw_dispatcher_enter_();
  *code = self->exit_code;
  lw_lock_release(&lw_dispatcher_);
  lw_object_release_(&self->object);
  return TRUE;
}

DWORD GetThreadId(HANDLE handle) {
  lw_thread_object *self = (lw_thread_object *)lw_handle_object_(handle, &lw_thread_type_);
  if (!self) return 0;
  DWORD id = self->id;
  lw_object_release_(&self->object);
  return id;
}

DWORD GetCurrentThreadId(void) { return lw_thread_self(); }

BOOL SwitchToThread(void) {
  Sleep(0);
  return TRUE;
}
