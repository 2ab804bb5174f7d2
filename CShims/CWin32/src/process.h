// Child processes as objects.
#pragma once

#include <signal.h>

#include "child_streams.h"
#include "joint.h"
#include "lw_win32.h"
#include "object.h"
#include "run_times.h"
#include "thread.h"

#pragma clang assume_nonnull begin

typedef struct lw_process {
  lw_object object;
  int pidfd;            ///< open as long as the object lives; -1: none yet
  bool is_child;        ///< it is reaped, and its exit code known
  int memory;           ///< what it is told when it begins, and where it leaves its exit code (family.h); -1: none
  lw_joint_child joint; ///< a child's place in the memory of the family
  int handles;          ///< where handles are sent to it (sent_handles.h); -1: none
  _Atomic uint32_t handles_sent;
  _Atomic DWORD id;
  lw_bridge *_Nullable bridges[LW_CHILD_STREAMS]; ///< from its streams to pipe ends of this process
  _Atomic uint32_t unfinished;                    ///< the child itself, bridges that have more of what it wrote, and
                                                  ///< pipe ends that it has open
  siginfo_t ending;                               ///< how it has ended, before that is known to all
  struct rusage used;                             ///< and what it had used by then
  lw_thread_object *_Nullable primary;            ///< its first thread, where somebody asked for a handle of it
  DWORD exit_code LW_GUARDED_BY(&lw_dispatcher_); ///< STILL_ACTIVE until it has ended
  bool terminated LW_GUARDED_BY(&lw_dispatcher_); ///< by TerminateProcess, which asked for `exit_asked`
  UINT exit_asked LW_GUARDED_BY(&lw_dispatcher_);
  lw_run_times times LW_GUARDED_BY(&lw_dispatcher_);
  _Atomic(lw_watch *) watch;
  TAILQ_ENTRY(lw_process) on_processes LW_GUARDED_BY(&lw_dispatcher_);
} lw_process;

/// A process object without a process yet, with one reference; NULL when there is no memory.
lw_process *_Nullable lw_process_prepare_(void);
/// The object of this process, never signalled; lives for ever. NULL when there is no memory.
lw_process *_Nullable lw_process_current_(void);
/// Has the object signalled and the child reaped at its end, from any moment on; holds a reference until then. False
/// when the system refuses.
bool lw_process_watch_(lw_process *process);

/// An object for a process that is no child of this one, with one reference; takes over the pidfd. NULL when that is
/// -1 or the system has nothing left; then it is the caller's.
lw_process *_Nullable lw_process_foreign_(DWORD id, int pidfd);
/// A pidfd for somebody else, of a child, a foreign process or this one; -1 and errno.
int lw_process_descriptor_(const lw_process *process);

/// One of the `unfinished` is done; gives a reference back.
void lw_process_finish_(void *process);

/// What a child is started from. Strings and arrays are the caller's.
typedef struct lw_child {
  const char *path;
  char *_Nullable const *_Nonnull arguments;
  const char *_Nullable command_line;           ///< what the arguments were split from; a family's
  char *_Nullable const *_Nullable environment; ///< NULL: the caller's own
  const char *_Nullable directory;              ///< NULL: the caller's own
  int streams[3];                               ///< descriptors for standard input, output and error; -1: /dev/null
  lw_bridge *_Nullable *_Nullable bridges;      ///< behind the streams; on success they are the object's, and NULL
  bool suspended;                               ///< it begins when its first thread is resumed
  bool is_family;                               ///< it is told what a child of the family is
  struct lw_inheritance *_Nullable inheritance; ///< of handles, which needs that
} lw_child;

/// Starts it; see `lw_spawn`. `primary` gets a handle of the child's first thread, which is signalled with the process.
BOOL lw_child_start_(lw_child *child, HANDLE _Nullable *_Nonnull process, HANDLE _Nullable *_Nullable primary,
                     DWORD *_Nullable process_id);

#pragma clang assume_nonnull end
