// Threads as objects.
#pragma once

#include "apc.h"

#pragma clang assume_nonnull begin

struct lw_mutex;

typedef struct lw_thread_object {
  lw_object object;
  bool is_own; ///< of this process, not a child's first
  _Atomic DWORD id;
  LPTHREAD_START_ROUTINE _Nullable start;
  LPVOID _Nullable parameter;
  _Atomic int priority;                                      ///< THREAD_PRIORITY_...; kept, without effect
  DWORD terminated_with;                                     ///< its exit code when it was ended before it began
  DWORD exit_code LW_GUARDED_BY(&lw_dispatcher_);            ///< STILL_ACTIVE until it has ended
  bool ended LW_GUARDED_BY(&lw_dispatcher_);                 ///< runs no more of the program
  bool begun LW_GUARDED_BY(&lw_dispatcher_);                 ///< runs the program
  bool terminated LW_GUARDED_BY(&lw_dispatcher_);            ///< before it began
  DWORD suspended LW_GUARDED_BY(&lw_dispatcher_);            ///< times; it may not begin while that is not 0
  lw_sleeper *_Nullable held LW_GUARDED_BY(&lw_dispatcher_); ///< the thread, which waits to begin
  int gate LW_GUARDED_BY(&lw_dispatcher_);                   ///< of a suspended child, which a byte lets begin; 0: none
  lw_apcs apcs LW_GUARDED_BY(&lw_dispatcher_);               ///< calls queued to it, oldest first
  bool alertable LW_GUARDED_BY(&lw_dispatcher_);             ///< it sleeps, and a queued call sets `alerted`
  _Atomic bool alerted;
  TAILQ_HEAD(, lw_mutex) owned LW_GUARDED_BY(&lw_dispatcher_);
  TAILQ_ENTRY(lw_thread_object) on_live LW_GUARDED_BY(&lw_dispatcher_);
} lw_thread_object;

/// A thread object without a thread yet, with one reference; NULL when there is no memory.
lw_thread_object *_Nullable lw_thread_prepare_(DWORD id);
/// The object of the calling thread, made when it is asked for the first time; lives at least as long as the thread.
/// NULL when there is no memory.
lw_thread_object *_Nullable lw_thread_current_(void);
/// The thread of this process that has the number and has not ended, with a reference for the caller; or NULL.
lw_thread_object *_Nullable lw_thread_find_(DWORD id);
/// From here on what a thread owes to others is settled when it ends, whoever started it.
void lw_thread_mind_end_(void);
/// The first thread of a child that waits at `gate`, a descriptor that is the object's to write to and to close.
void lw_thread_hold_(lw_thread_object *thread, int gate);
/// The thread has ended.
void lw_thread_ended_(lw_thread_object *thread, DWORD code, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);

/// Calls back about the values that the calling thread, which ends, has left (fiber_storage.c).
void lw_fiber_storage_thread_ends_(void);
/// Drops calls that no thread will make (apc.c).
void lw_apcs_drop_(lw_apcs *apcs);
/// Frees the mutexes of a thread that has ended as abandoned ones (mutexes.c).
void lw_mutexes_abandon_(lw_thread_object *thread, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);

#pragma clang assume_nonnull end
