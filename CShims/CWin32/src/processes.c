// Child processes as objects: their end, and what can be asked of them. A child is watched through a pidfd by the
// poller's thread and reaped there at once, so no zombie stays; its object keeps the exit code. The watch is a
// reference of its own: closing the handle does not stop the reaping.
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exit_codes.h"
#include "pipe_service.h"
#include "sysinfoapi.h"

static lw_pool pool = LW_POOL(lw_process);
/// Stands in `watch` for "has fired before the watch was known".
static char fired;

static TAILQ_HEAD(, lw_process) processes LW_GUARDED_BY(lw_dispatcher_) = TAILQ_HEAD_INITIALIZER(processes);

static void destroy(lw_object *object) {
  lw_process *self = (lw_process *)object;
  lw_dispatcher_enter_();
  TAILQ_REMOVE(&processes, self, on_processes);
  lw_lock_release(&lw_dispatcher_);
  lw_joint_child_ended_(&self->joint);
  if (self->memory >= 0) close(self->memory);
  if (self->handles >= 0) close(self->handles);
  if (self->pidfd >= 0) close(self->pidfd);
  if (self->primary) lw_object_release_(&self->primary->object);
  for (int i = 0; i < LW_CHILD_STREAMS; i++)
    if (self->bridges[i]) lw_bridge_release_(self->bridges[i]);
  lw_pool_give(&pool, self);
}

const lw_object_type lw_process_type_ = {.name = "process", .destroy = destroy};

lw_process *lw_process_prepare_(void) {
  lw_process *made = lw_pool_take(&pool);
  if (!made) return NULL;
  lw_object_prepare_(&made->object, &lw_process_type_);
  made->pidfd = -1;
  made->memory = -1;
  made->handles = -1;
  made->joint.fd = -1;
  atomic_store(&made->unfinished, 1);
  lw_dispatcher_enter_();
  made->exit_code = STILL_ACTIVE;
  GetSystemTimeAsFileTime(&made->times.began);
  TAILQ_INSERT_HEAD(&processes, made, on_processes);
  // Quietly: the caller's own process is made once, so a point here would be in one execution and in no other.
  lw_lock_release_quietly(&lw_dispatcher_);
  return made;
}

lw_process *lw_process_current_(void) {
  static lw_process *_Atomic current;
  lw_process *known = atomic_load(&current);
  if (known) return known;
  lw_process *made = lw_process_prepare_();
  if (!made) return NULL;
  made->id = (DWORD)getpid();
  if (atomic_compare_exchange_strong(&current, &known, made)) return made;
  lw_object_release_(&made->object);
  return known;
}

// ------------------------------------------------------------------------------------------------------- the exit

/// The code that Windows gives a like end.
static DWORD code_of_signal(int number) {
  switch (number) {
  case SIGSEGV:
  case SIGBUS:
    return STATUS_ACCESS_VIOLATION;
  case SIGILL:
    return STATUS_ILLEGAL_INSTRUCTION;
  case SIGFPE:
    return STATUS_INTEGER_DIVIDE_BY_ZERO;
  case SIGTRAP:
    return STATUS_BREAKPOINT;
  case SIGINT:
    return STATUS_CONTROL_C_EXIT;
  case SIGABRT:
    return 3; // what abort() exits with there
  default:
    return 128 + (DWORD)number;
  }
}

static void set_exited(lw_process *self) {
  const siginfo_t *info = &self->ending;
  DWORD status = (DWORD)info->si_status;
  if (info->si_code == CLD_EXITED && self->memory >= 0) status = lw_exit_code_(self->memory, status);
  lw_joint_exit known = lw_joint_exit_of_(&self->joint);
  if (!self->is_child) status = known.left.is_there ? known.left.code : known.condemned.code;
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  // What it had is gone before its end is known.
  lw_joint_child_ended_(&self->joint);
  lw_wakes wakes = {NULL};
  lw_point(LW_POINT_SIGNAL, self, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  self->times.ended = now;
  self->times.used = self->used;
  if (self->primary) self->primary->times = self->times;
  if (info->si_code == CLD_EXITED)
    self->exit_code = status;
  else if (self->terminated && info->si_status == SIGKILL)
    self->exit_code = self->exit_asked;
  else if (known.condemned.is_there && info->si_status == SIGKILL)
    self->exit_code = known.condemned.code;
  else
    self->exit_code = code_of_signal(info->si_status);
  lw_object_signal_(&self->object, &wakes);
  if (self->primary) lw_thread_ended_(self->primary, self->exit_code, &wakes);
  lw_dispatcher_leave_(&wakes);
}

void lw_process_finish_(void *context) {
  lw_process *self = context;
  if (atomic_fetch_sub(&self->unfinished, 1) == 1) set_exited(self);
  lw_object_release_(&self->object);
}

/// On the poller's thread, once: the child has ended.
static void reap(void *context) {
  lw_process *self = context;
  int failed = 0;
  if (self->is_child) {
    do failed = (int)syscall(SYS_waitid, P_PIDFD, self->pidfd, &self->ending, WEXITED, &self->used);
    while (failed != 0 && errno == EINTR);
  } else {
    self->ending = (siginfo_t){.si_code = CLD_EXITED, .si_status = 0}; // the system tells its parent alone
  }
  // Somebody else in the program reaped it (SIGCHLD ignored, wait(-1)): its code is lost.
  if (failed != 0) self->ending = (siginfo_t){.si_code = CLD_KILLED, .si_status = 0};
  for (int i = 0; i < LW_CHILD_STREAMS; i++)
    if (self->bridges[i]) lw_bridge_child_ended_(self->bridges[i]);
  lw_pipe_services_end_(self);
  if (lw_object_retain_(&self->object)) lw_process_finish_(self);
  // Whoever comes second, this or `lw_process_watch_`, ends the watch.
  lw_watch *watch = atomic_exchange(&self->watch, (lw_watch *)&fired);
  if (watch) {
    lw_watch_end(watch);
    lw_object_release_(&self->object);
  }
}

bool lw_process_watch_(lw_process *self) {
  if (!lw_object_retain_(&self->object)) return false;
  lw_watch *watch = lw_watch_readable(self->pidfd, reap, self);
  if (!watch) {
    lw_object_release_(&self->object);
    return false;
  }
  if (atomic_exchange(&self->watch, watch) == (lw_watch *)&fired) {
    lw_watch_end(watch);
    lw_object_release_(&self->object);
  }
  return true;
}

// --------------------------------------------------------------------------------------------------------- queries

BOOL GetExitCodeProcess(HANDLE handle, DWORD *code) {
  if (!code) return lw_failed_(ERROR_NOACCESS);
  lw_process *self =
      (lw_process *)lw_handle_object_for_(handle, &lw_process_type_, PROCESS_QUERY_LIMITED_INFORMATION, __func__);
  if (!self) return FALSE;
  lw_dispatcher_enter_();
  *code = self->exit_code;
  lw_lock_release(&lw_dispatcher_);
  lw_object_release_(&self->object);
  return TRUE;
}

BOOL TerminateProcess(HANDLE handle, UINT code) {
  lw_process *self = (lw_process *)lw_handle_object_for_(handle, &lw_process_type_, PROCESS_TERMINATE, __func__);
  if (!self) return FALSE;
  if (self == lw_process_current_()) {
    lw_exit_code_leave_(code);
    _exit((int)code);
  }
  lw_dispatcher_enter_();
  bool active = (self->is_child || self->joint.place) && self->object.signal == 0 && !self->terminated;
  if (active) {
    self->terminated = true;
    self->exit_asked = code;
  }
  lw_lock_release(&lw_dispatcher_);
  if (active) lw_joint_condemn_(&self->joint, code);
  bool sent = active && syscall(SYS_pidfd_send_signal, self->pidfd, SIGKILL, NULL, 0) == 0;
  lw_object_release_(&self->object);
  return sent ? TRUE : lw_failed_(ERROR_ACCESS_DENIED);
}

DWORD GetProcessId(HANDLE handle) {
  lw_process *self =
      (lw_process *)lw_handle_object_for_(handle, &lw_process_type_, PROCESS_QUERY_LIMITED_INFORMATION, __func__);
  if (!self) return 0;
  DWORD id = self->id;
  lw_object_release_(&self->object);
  return id;
}

static lw_process *_Nullable find(DWORD id) {
  lw_dispatcher_enter_();
  lw_process *process;
  TAILQ_FOREACH(process, &processes, on_processes) {
    if (process->id == id) break;
  }
  if (process && !lw_object_retain_(&process->object)) process = NULL;
  lw_lock_release(&lw_dispatcher_);
  return process;
}

lw_process *lw_process_foreign_(DWORD id, int pidfd) {
  lw_process *made = pidfd >= 0 ? lw_process_prepare_() : NULL;
  if (!made) return NULL;
  made->id = id;
  made->pidfd = pidfd;
  made->joint = lw_joint_process_of_(id);
  if (lw_process_watch_(made)) return made;
  made->pidfd = -1;
  lw_object_release_(&made->object);
  return NULL;
}

int lw_process_descriptor_(const lw_process *process) {
  return process->pidfd < 0 ? (int)syscall(SYS_pidfd_open, getpid(), 0) : fcntl(process->pidfd, F_DUPFD_CLOEXEC, 0);
}

HANDLE OpenProcess(DWORD access, BOOL inherit, DWORD id) {
  lw_process_current_(); // so that it is among them
  lw_process *process = id == 0 ? NULL : find(id);
  if (process) return lw_handle_open_with_(&process->object, lw_rights_(access, inherit));
  int pidfd = id != 0 && id <= INT32_MAX ? (int)syscall(SYS_pidfd_open, (pid_t)id, 0) : -1;
  process = lw_process_foreign_(id, pidfd);
  if (process) return lw_handle_open_with_(&process->object, lw_rights_(access, inherit));
  if (pidfd >= 0) close(pidfd);
  lw_failed_(ERROR_INVALID_PARAMETER);
  return NULL;
}

DWORD GetCurrentProcessId(void) { return (DWORD)getpid(); }
HANDLE GetCurrentProcess(void) { return (HANDLE)(LONG_PTR)-1; }
