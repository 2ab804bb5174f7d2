// Threads that run: what the calling one is, how CreateThread makes one, and how one leaves.
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <unistd.h>

#include "file.h"
#include "handleapi.h"
#include "processthreadsapi.h"
#include "thread.h"

// ---------------------------------------------------------------------------------------------- the calling thread

static _Thread_local lw_thread_object *_Nullable current;
static _Thread_local DWORD way_out_code; ///< that it gave ExitThread

/// The calling thread will not run the program any more: what it still owes to others, then its signal.
static void end(lw_thread_object *self, DWORD code) {
  lw_thread_settle_(self, code);
  current = NULL;
  lw_object_release_(&self->object);
  lw_thread_program_may_end_(code);
}

/// Of a thread that CreateThread did not start, or that left it by pthread_exit.
static void end_adopted(void) {
  if (current) {
    end(current, way_out_code);
    return;
  }
  lw_files_thread_ends_();
  lw_port_thread_ends_();
}

void lw_thread_mind_end_(void) { lw_thread_at_end(end_adopted); }

/// From here on the calling thread is `self`, which keeps the caller's reference until the thread ends.
static void begin(lw_thread_object *self) {
  lw_thread_mind_end_();
  self->id = lw_thread_self();
  atomic_store(&self->stop.system_id, (int32_t)gettid());
  lw_thread_hear_stops_();
  current = self;
}

lw_thread_object *lw_thread_known_(void) { return current; }

lw_thread_object *lw_thread_current_(void) {
  if (current) return current;
  lw_thread_object *made = lw_thread_prepare_(0);
  if (!made) return NULL;
  lw_dispatcher_enter_();
  made->begun = true;
  lw_lock_release_quietly(&lw_dispatcher_);
  begin(made);
  lw_thread_announce_(made);
  return made;
}

// ---------------------------------------------------------------------------------------------------------- running

/// Where ExitThread goes, in a thread of CreateThread.
static _Thread_local jmp_buf *way_out;

static DWORD call_start(const lw_thread_object *self) {
  jmp_buf here;
  if (setjmp(here) != 0) return way_out_code;
  way_out = &here;
  lw_apc_deliver_(); // queued before it began
  return self->start(self->parameter);
}

/// Waits until the thread may begin. False when it was ended before.
static bool wait_to_begin(lw_thread_object *self) {
  for (;;) {
    lw_sleeper sleeper = lw_sleeper_();
    lw_dispatcher_enter_();
    bool terminated = self->terminated;
    bool held = self->suspended > 0 && !terminated;
    self->held = held ? &sleeper : NULL;
    self->begun = !held;
    lw_lock_release(&lw_dispatcher_);
    if (!held) return !terminated;
    lw_sleep_(&sleeper, self, LW_NEVER);
  }
}

static void run(void *context) {
  lw_thread_object *self = context;
  begin(self);
  DWORD code = wait_to_begin(self) ? call_start(self) : self->terminated_with;
  way_out = NULL;
  end(self, code);
}

void lw_thread_leave_(lw_thread_object *self) {
  DWORD code = self->terminated_with;
  atomic_store(&self->stop.is_leaving, true);
  if (way_out) {
    way_out_code = code;
    longjmp(*way_out, 1);
  }
  // One that something else started: nobody can end it in its place, so it sleeps from here on.
  end(self, code);
  for (;;) lw_park(NULL, LW_NEVER);
}

void ExitThread(DWORD code) {
  way_out_code = code;
  if (!way_out) { // the first thread, or one that something else started
    lw_thread_current_();
    if (gettid() == getpid()) lw_thread_first_leaves_();
    pthread_exit(NULL);
  }
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
  (void)stack_bytes;
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
    lw_thread_announce_(made);
    lw_rights rights = lw_rights_(THREAD_ALL_ACCESS, attributes && attributes->bInheritHandle);
    if (lw_object_retain_(&made->object))
      handle = lw_handle_open_with_(&made->object, rights); // the second reference is the thread's
  }
  if (handle && start(made)) {
    if (thread_id) *thread_id = made->id;
    lw_point(LW_POINT_BEGIN, made, LW_ACCESS_READ); // the new thread may be faster than what its maker does next
    return handle;
  }
  if (handle) lw_close_handle_(handle);
  if (made) {
    lw_thread_withdraw_(made);
    lw_object_release_(&made->object);
  }
  lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  return NULL;
}
