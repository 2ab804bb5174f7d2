// Threads as objects.
#pragma once

#include "apc.h"
#include "run_times.h"

#pragma clang assume_nonnull begin

struct lw_mutex;

/// What others want of a thread that runs, and what it says to that (thread_stops.c).
typedef struct lw_thread_stop {
  _Atomic int32_t system_id; ///< the system's number, once it has begun
  _Atomic uint32_t wanted;   ///< LW_STOP_...; changed under the dispatcher lock
  _Atomic uint32_t sleep;    ///< lw_thread_sleep
  _Atomic uint32_t answer;   ///< lw_thread_answer, to the last question
  _Atomic bool leaves;       ///< ends a sleep that can be given up
  _Atomic bool held;
  _Atomic bool is_leaving; ///< it has begun to end
  _Atomic lw_thread_number asker;
} lw_thread_stop;
enum { LW_STOP_HOLD = 1, LW_STOP_LEAVE = 2 };

typedef struct lw_thread_object {
  lw_object object;
  bool is_own; ///< of this process, not a child's first
  _Atomic DWORD id;
  LPTHREAD_START_ROUTINE _Nullable start;
  LPVOID _Nullable parameter;
  _Atomic int priority;                                      ///< THREAD_PRIORITY_...; kept, without effect
  DWORD terminated_with;                                     ///< its exit code then
  DWORD exit_code LW_GUARDED_BY(&lw_dispatcher_);            ///< STILL_ACTIVE until it has ended
  bool ended LW_GUARDED_BY(&lw_dispatcher_);                 ///< runs no more of the program
  bool begun LW_GUARDED_BY(&lw_dispatcher_);                 ///< runs the program
  bool terminated LW_GUARDED_BY(&lw_dispatcher_);            ///< by TerminateThread
  DWORD suspended LW_GUARDED_BY(&lw_dispatcher_);            ///< times; it may not begin while that is not 0
  lw_sleeper *_Nullable held LW_GUARDED_BY(&lw_dispatcher_); ///< the thread, which waits to begin
  int gate LW_GUARDED_BY(&lw_dispatcher_);                   ///< of a suspended child, which a byte lets begin; 0: none
  lw_apcs apcs LW_GUARDED_BY(&lw_dispatcher_);               ///< calls queued to it, oldest first
  bool alertable LW_GUARDED_BY(&lw_dispatcher_);             ///< it sleeps, and a queued call sets `alerted`
  _Atomic bool alerted;
  lw_thread_stop stop;
  lw_run_times times LW_GUARDED_BY(&lw_dispatcher_);
  TAILQ_HEAD(, lw_mutex) owned LW_GUARDED_BY(&lw_dispatcher_);
  TAILQ_ENTRY(lw_thread_object) on_threads LW_GUARDED_BY(&lw_dispatcher_);
} lw_thread_object;

/// A thread object without a thread yet, with one reference; NULL when there is no memory.
lw_thread_object *_Nullable lw_thread_prepare_(DWORD id);
/// A prepared object is one of a thread of this process: from here on it can be found, until it is withdrawn.
void lw_thread_announce_(lw_thread_object *thread);
void lw_thread_withdraw_(lw_thread_object *thread);
/// The calling thread, which is `self`, ends: what it owes to others, then its signal.
void lw_thread_settle_(lw_thread_object *self, DWORD code);
/// The first thread ends by itself: then the program ends with its last thread, with that one's code.
void lw_thread_first_leaves_(void);
/// A thread has ended with `code`; no return when it was the last of such a program.
void lw_thread_program_may_end_(DWORD code);
/// The object of the calling thread, made when it is asked for the first time; lives at least as long as the thread.
/// NULL when there is no memory.
lw_thread_object *_Nullable lw_thread_current_(void);
/// The thread of this process that has the number, or had it last and has an open handle, with a reference for the
/// caller; or NULL.
lw_thread_object *_Nullable lw_thread_find_(DWORD id);
/// From here on what a thread owes to others is settled when it ends, whoever started it.
void lw_thread_mind_end_(void);
/// The first thread of a child that waits at `gate`, a descriptor that is the object's to write to and to close.
void lw_thread_hold_(lw_thread_object *thread, int gate);
/// The thread has ended.
void lw_thread_ended_(lw_thread_object *thread, DWORD code, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);

/// The calling thread's object, if it has one; also in a signal handler.
lw_thread_object *_Nullable lw_thread_known_(void);
/// Ends the calling thread as TerminateThread asked for.
_Noreturn void lw_thread_leave_(lw_thread_object *self);
/// Does for a thread that sleeps for ever what its end would do.
void lw_thread_give_up_(lw_thread_object *thread, DWORD code);

// ----------------------------------------------------------------------------------------- stopping (thread_stops.c)

/// Whether running threads can be stopped here: in a program that tools/cc has built, and not under control.
bool lw_thread_can_stop_(void);
/// Has a thread of the program, not the calling one, do what is `wanted` of it as soon as it may. False when that
/// could not be had: it stays in a place that cannot be told from this layer.
bool lw_thread_stop_(lw_thread_object *thread);
/// Lets the calling thread be asked, also where the program was started with its signals blocked, as children of
/// libdispatch's threads are.
void lw_thread_hear_stops_(void);
/// Stays until nobody wants the calling thread to be held.
void lw_thread_stay_(lw_thread_object *self);
/// Stands at the end of calls whose sleep can be given up; no return when the calling thread has been terminated.
void lw_thread_leave_if_asked_(void);

/// Calls back about the values that the calling thread, which ends, has left (fiber_storage.c).
void lw_fiber_storage_thread_ends_(void);
/// Drops calls that no thread will make (apc.c).
void lw_apcs_drop_(lw_apcs *apcs);
/// Frees the joint mutexes of a thread that has ended as abandoned ones (mutexes.c).
void lw_mutexes_abandon_joint_(lw_thread_object *thread);
/// The same with all others.
void lw_mutexes_abandon_(lw_thread_object *thread, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);

#pragma clang assume_nonnull end
