// Kernel-like objects, the handles that name them and the one lock that decides about their signals.
//
// Lifetime: an object lives while it is referred to. A handle is one reference; a call, a registered wait or a watch on
// a child hold others. Signals: as in NT, one dispatcher lock guards every signal state and every list of waits;
// whoever signals satisfies the waits under it, so waiting for all objects is atomic and an auto-reset event is
// consumed exactly once. Threads are woken after the lock was released.
#pragma once

#include <sys/queue.h>

#include "errhandlingapi.h"
#include "lw_schedule.h"
#include "minwinbase.h"

// The list macros of <sys/queue.h> declare pointers without nullability.
#pragma clang diagnostic ignored "-Wnullability-completeness"
#pragma clang assume_nonnull begin

extern lw_lock lw_dispatcher_;

// --------------------------------------------------------------------------------------------------------- sleeping

/// A thread that sleeps until somebody else has done something for it; lives on that thread's stack. Whoever takes it
/// off its list, under the list's lock, must release it, and is the only one who may.
typedef struct lw_sleeper {
  struct lw_sleeper *_Nullable next; ///< in lw_wakes
  lw_thread_number thread;
  _Atomic bool released;
} lw_sleeper;

/// Threads to be woken once the lock has been released.
typedef struct lw_wakes {
  lw_sleeper *_Nullable first;
} lw_wakes;

static inline lw_sleeper lw_sleeper_(void) { return (lw_sleeper){.thread = lw_thread_self()}; }
static inline void lw_wakes_add_(lw_wakes *wakes, lw_sleeper *sleeper) {
  sleeper->next = wakes->first;
  wakes->first = sleeper;
}
void lw_wakes_release_(lw_wakes *wakes);

/// Whether the calling thread runs for a completion port (port_threads.c); in the executable or loaded with it.
extern _Thread_local bool lw_runs_for_port_ __attribute__((tls_model("initial-exec")));
void lw_port_thread_waits_slow_(void);
void lw_port_thread_goes_on_(void);
/// Stands before every wait of a program's thread that does not go through `lw_sleep_`: its port may let another thread
/// run meanwhile. True: `lw_port_thread_goes_on_` has to follow.
static inline bool lw_port_thread_waits_(void) {
  if (__builtin_expect(!lw_runs_for_port_, 1)) return false;
  lw_port_thread_waits_slow_();
  return true;
}
/// The calling thread ends: it runs for no port any more.
void lw_port_thread_ends_(void);

/// Parks until the calling thread's `sleeper` is released (true) or `deadline` has passed (false).
bool lw_sleep_(lw_sleeper *sleeper, const void *_Nullable object, lw_time deadline);
/// The moment `ms` milliseconds from now; LW_NEVER for INFINITE.
lw_time lw_deadline_(DWORD ms);

// ---------------------------------------------------------------------------------------------------------- objects

typedef struct lw_object lw_object;

/// What a type of object does; one constant each.
typedef struct lw_object_type {
  const char *name;
  bool waitable;
  void (*_Nullable closed)(lw_object *object); ///< its handle has been closed; no lock is held
  void (*destroy)(lw_object *object);          ///< nothing refers to it any more: gives its memory back
  /// A file: its completions go to `port` under `key` from now on; it takes a reference of its own. ERROR_SUCCESS, or
  /// why not: ERROR_INVALID_PARAMETER when it has a port or is not overlapped.
  DWORD (*_Nullable bind)(lw_object *object, lw_object *port, ULONG_PTR key);
} lw_object_type;
extern const lw_object_type lw_event_type_, lw_port_type_, lw_process_type_, lw_thread_type_;

/// A wait for one object, on that object's list. `satisfy` is called under the dispatcher lock while the object is
/// signalled: it consumes the signal, takes the block off the list and returns true, or leaves all as it is.
typedef struct lw_wait_block {
  TAILQ_ENTRY(lw_wait_block) link;
  lw_object *_Nullable object;
  bool (*_Nullable satisfy)(struct lw_wait_block *block, lw_wakes *wakes);
  void *_Nullable waiter;
  uint32_t index;
} lw_wait_block;
typedef TAILQ_HEAD(lw_wait_blocks, lw_wait_block) lw_wait_blocks;

struct lw_registration;
typedef TAILQ_HEAD(lw_object_waits, lw_registration) lw_object_waits;

/// First member of every object.
struct lw_object {
  const lw_object_type *type;
  _Atomic int64_t references;
  _Atomic(uint64_t) handle; ///< the value of its first; for the trace
  bool consumed;            ///< a satisfied wait takes the signal (auto reset)
  int32_t signal LW_GUARDED_BY(&lw_dispatcher_);
  lw_wait_blocks blocks LW_GUARDED_BY(&lw_dispatcher_);
  lw_object_waits registrations LW_GUARDED_BY(&lw_dispatcher_); ///< that wait for it now or will again
};

/// Prepares a zeroed object with one reference, the caller's.
void lw_object_prepare_(lw_object *object, const lw_object_type *type);
/// Takes a further reference if there is still one; false when the object is on its way out.
bool lw_object_retain_(lw_object *object);
/// Gives `count` references back (or, below 0, takes some); the last one destroys the object. No lock may be held.
void lw_object_give_(lw_object *object, int64_t count);
static inline void lw_object_release_(lw_object *object) { lw_object_give_(object, 1); }

// ---------------------------------------------------------------------------------------------------------- handles

/// Opens a handle, which takes over the caller's reference. NULL and ERROR_NOT_ENOUGH_MEMORY when there is no room; the
/// reference is then given back.
HANDLE _Nullable lw_handle_open_(lw_object *object);
/// The object of a handle, with a reference for the caller; `type` NULL takes any that can be waited for. NULL and
/// ERROR_INVALID_HANDLE for what is no open handle or of another type.
lw_object *_Nullable lw_handle_object_(HANDLE _Nullable handle, const lw_object_type *_Nullable type);
/// Makes a handle invalid and returns its object; NULL when it was none. The handle's share of the object's count, in
/// `references`, is the caller's to give back.
lw_object *_Nullable lw_handle_remove_(HANDLE _Nullable handle, int64_t *references);

// -------------------------------------------------------------------------------------------------------- dispatcher

static inline void lw_dispatcher_enter_(void) LW_ACQUIRE(lw_dispatcher_) { lw_lock_acquire(&lw_dispatcher_); }
/// Releases the lock, then wakes who was released under it.
static inline void lw_dispatcher_leave_(lw_wakes *wakes) LW_RELEASE(lw_dispatcher_) {
  lw_lock_release(&lw_dispatcher_);
  lw_wakes_release_(wakes);
}
/// Takes the signal for a satisfied wait, where the object's kind has it taken.
static inline void lw_object_consume_(lw_object *object) LW_REQUIRES(lw_dispatcher_) {
  if (object->consumed) object->signal = 0;
}
/// Signals an object and satisfies its waits, oldest first, while the signal lasts. Its event is recorded here, under
/// the lock, because releasing the lock may hand the processor over.
void lw_object_signal_(lw_object *object, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// The whole act from outside: point, signal, wake.
void lw_object_set_(lw_object *object);

/// FALSE, and the last error.
static inline BOOL lw_failed_(DWORD error) {
  SetLastError(error);
  return FALSE;
}

#pragma clang assume_nonnull end
