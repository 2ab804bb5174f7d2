// Kernel-like objects, the handles that name them and the one lock that decides about their signals.
//
// Lifetime: an object lives while it is referred to. A handle is one reference; a call, a registered wait or a watch on
// a child hold others. Signals: as in NT, one dispatcher lock guards every signal state and every list of waits;
// whoever signals satisfies the waits under it, so waiting for all objects is atomic and an auto-reset event is
// consumed exactly once. Threads are woken after the lock was released.
#pragma once

#include <sys/queue.h>

#include "errhandlingapi.h"
#include "lw_awaited.h"
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
void lw_wakes_release_some_(lw_wakes *wakes);
static inline void lw_wakes_release_(lw_wakes *wakes) {
  if (__builtin_expect(wakes->first != NULL, 0)) lw_wakes_release_some_(wakes);
}

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
struct lw_thread_object;

/// What a type of object does; one constant each. The functions from `give` on are called under the dispatcher lock.
typedef struct lw_object_type {
  const char *name;
  void (*_Nullable closed)(lw_object *object); ///< its last handle has been closed; no lock is held
  void (*destroy)(lw_object *object);          ///< nothing refers to it any more: gives its memory back
  /// A file: its completions go to `port` under `key` from now on; it takes a reference of its own. ERROR_SUCCESS, or
  /// why not: ERROR_INVALID_PARAMETER when it has a port or is not overlapped. Without a port it says only whether it
  /// could.
  DWORD (*_Nullable bind)(lw_object *object, lw_object *_Nullable port, ULONG_PTR key);
  /// The signal that SignalObjectAndWait gives; ERROR_SUCCESS, or why it cannot. NULL: no object to signal so.
  DWORD (*_Nullable give)(lw_object *object, struct lw_thread_object *_Nullable thread, struct lw_wakes *wakes);
  DWORD give_access; ///< the right that this needs
  /// Whether a wait of `thread` (NULL: a registered one) is satisfied though `signal` is 0. NULL: never.
  bool (*_Nullable is_ready_for)(const lw_object *object, const struct lw_thread_object *_Nullable thread);
  /// A wait of `thread` has been satisfied. True when the object was abandoned. NULL: nothing to do.
  bool (*_Nullable taken)(lw_object *object, struct lw_thread_object *_Nullable thread);
  /// The thread that stands in this relation to the object ("held by"), without any lock, for reports; 0: none.
  const char *_Nullable relation;
  lw_thread_number (*_Nullable thread)(const void *object);
  const struct lw_joint_type *_Nullable joint; ///< how several processes have one (joint.h). NULL: they cannot
} lw_object_type;
extern const lw_object_type lw_event_type_, lw_mutex_type_, lw_port_type_, lw_process_type_, lw_semaphore_type_,
    lw_thread_type_;

struct lw_wait_block;
/// What a kind of waiter does, under the dispatcher lock.
typedef struct lw_waiter_type {
  /// The object is signalled: consumes the signal, takes the block off the list and returns true, or leaves all as it
  /// is.
  bool (*satisfy)(struct lw_wait_block *block, lw_wakes *wakes);
  /// Of a joint object: it was given to the wait, with all others that it is for, and the signals are consumed.
  void (*granted)(struct lw_wait_block *block, bool abandoned, lw_wakes *wakes);
  /// The object has become a joint one: joins its waits, and leaves those of other joint ones before.
  void (*join)(struct lw_wait_block *block);
} lw_waiter_type;

/// A wait for one object, on that object's list.
typedef struct lw_wait_block {
  TAILQ_ENTRY(lw_wait_block) link;
  lw_object *_Nullable object;
  const lw_waiter_type *_Nullable waiter_type;
  void *_Nullable waiter;
  uint32_t index;
  uint32_t record; ///< of the wait for a joint object (joint_waits.c); 0: none
} lw_wait_block;
typedef TAILQ_HEAD(lw_wait_blocks, lw_wait_block) lw_wait_blocks;

struct lw_registration;
typedef TAILQ_HEAD(lw_object_waits, lw_registration) lw_object_waits;

/// First member of every object.
struct lw_object {
  const lw_object_type *type;
  _Atomic int64_t references;
  _Atomic uint32_t handles; ///< that are open
  _Atomic(uint64_t) handle; ///< the value of its first; for the trace
  bool consumed;            ///< a satisfied wait takes one from the signal (all but manual-reset events and ends)
  bool named;               ///< set before others can find it by its name
  int32_t signal LW_GUARDED_BY(&lw_dispatcher_);   ///< of a joint object always 0
  uint32_t joint LW_GUARDED_BY(&lw_dispatcher_);   ///< its number among the joint ones; 0: it is this process's own
  uint32_t telling LW_GUARDED_BY(&lw_dispatcher_); ///< operations that have ended and are about to signal it for that
  lw_wakes awaits_told LW_GUARDED_BY(&lw_dispatcher_); ///< threads that wait until there are none
  lw_wait_blocks blocks LW_GUARDED_BY(&lw_dispatcher_);
  lw_object_waits registrations LW_GUARDED_BY(&lw_dispatcher_); ///< that wait for it now or will again
};

/// Prepares a zeroed object with one reference, the caller's.
void lw_object_prepare_(lw_object *object, const lw_object_type *type);
/// Takes a further reference if there is still one; false when the object is on its way out.
bool lw_object_retain_(lw_object *object);
/// Holds an object open as a handle does, with the caller's reference, and ends that.
void lw_object_hold_open_(lw_object *object);
void lw_object_let_close_(lw_object *object);
/// Nothing refers to the object any more.
void lw_object_end_(lw_object *object);
/// Gives `count` references back (or, below 0, takes some); the last one destroys the object. No lock may be held.
static inline void lw_object_give_(lw_object *object, int64_t count) {
  // acquire and release: all uses of the object happen before its destruction.
  int64_t before = atomic_fetch_sub_explicit(&object->references, count, memory_order_acq_rel);
  if (__builtin_expect(before == count, 0)) lw_object_end_(object);
}
static inline void lw_object_release_(lw_object *object) { lw_object_give_(object, 1); }
/// What a thread that waits for the object, and for `others` more, waits for.
static inline lw_awaited lw_object_awaited_(const lw_object *object, uint32_t others) {
  // relaxed: the value that it got first; for reports.
  return (lw_awaited){.kind = object->type->name,
                      .shown = atomic_load_explicit(&object->handle, memory_order_relaxed),
                      .others = others,
                      .relation = object->type->relation,
                      .thread = object->type->thread,
                      .object = object};
}

// ---------------------------------------------------------------------------------------------------------- handles

/// What a handle may be used for: Win32's access mask, and its two flags in the bits that no mask has.
typedef uint32_t lw_rights;
enum {
  LW_RIGHTS_ALL = 0x1F01FF | 0xFFFF, ///< every standard and specific right
  LW_RIGHTS_INHERIT = 1 << 25,       ///< HANDLE_FLAG_INHERIT
  LW_RIGHTS_PROTECT = 1 << 26        ///< HANDLE_FLAG_PROTECT_FROM_CLOSE
};
/// The rights that a call asked for: generic ones in the terms of events, semaphores and mutexes, and the wish to
/// inherit.
lw_rights lw_rights_(DWORD access, BOOL inherit);

/// Marks an open handle as one to be inherited, if `attributes` says so; returns it. NULL and INVALID_HANDLE_VALUE
/// pass.
HANDLE _Nullable lw_handle_inheritable_(HANDLE _Nullable handle, const SECURITY_ATTRIBUTES *_Nullable attributes);

/// Opens a handle with all rights, which takes over the caller's reference. NULL and ERROR_NOT_ENOUGH_MEMORY when there
/// is no room; the reference is then given back.
HANDLE _Nullable lw_handle_open_(lw_object *object);
HANDLE _Nullable lw_handle_open_with_(lw_object *object, lw_rights rights);
/// The same under a value, which has to be free; NULL takes the next.
HANDLE _Nullable lw_handle_open_at_(lw_object *object, lw_rights rights, HANDLE _Nullable value);
/// The object of the first open handle above `*handle` that children inherit, with a reference; NULL behind the last.
lw_object *_Nullable lw_handle_next_inherited_(HANDLE _Nullable *_Nonnull handle, lw_rights *rights);
/// The object of a handle, with a reference for the caller; `type` NULL takes any. A pseudo
/// handle is the caller's own process or thread. NULL and ERROR_INVALID_HANDLE for what is no open handle or of another
/// type, ERROR_ACCESS_DENIED for one that lacks a right of `access` (without type, SYNCHRONIZE). `api` is the function
/// that reports name.
lw_object *_Nullable lw_handle_object_for_(HANDLE _Nullable handle, const lw_object_type *_Nullable type, DWORD access,
                                           const char *api);
/// The same without a wish about rights, in the API function that it stands in.
#define lw_handle_object_(handle, type) lw_handle_object_for_(handle, type, 0, __func__)
/// Whether it is one of the constants that stand for the caller's own process, thread and tokens (-1 ... -6).
static inline bool lw_handle_is_pseudo_(HANDLE _Nullable handle) {
  intptr_t value = (intptr_t)handle;
  return value >= -6 && value < 0;
}
/// Whether a handle is an open one of `object`, to which the caller has a reference, with the rights of `access`: what
/// a lookup comes to where it need not take one.
bool lw_handle_is_of_(HANDLE _Nullable handle, const lw_object *object, DWORD access);
/// Any object, whatever its type, and the handle's rights.
lw_object *_Nullable lw_handle_any_object_(HANDLE _Nullable handle, lw_rights *rights, const char *api);
/// Whether a value that was the first handle of `object` is one of another object by now: then LW009, of `api`. For
/// where it is known that the value stands for that object.
void lw_handle_check_(HANDLE _Nullable handle, lw_object *object, const char *api);
/// The rights of an open handle; 0 for what is none.
lw_rights lw_handle_rights_(HANDLE _Nullable handle);
/// Changes the flags in `mask` of an open handle; false and ERROR_INVALID_HANDLE for what is none.
bool lw_handle_set_flags_(HANDLE _Nullable handle, lw_rights mask, lw_rights flags, const char *api);

/// What closing a handle left to do.
typedef struct lw_closing {
  lw_object *_Nullable object; ///< NULL: it was no open handle, or is protected
  int64_t references;          ///< the handle's share of the object's count, to be given back
  bool last;                   ///< the object has no other handle
} lw_closing;
/// Makes a handle invalid.
lw_closing lw_handle_remove_(HANDLE _Nullable handle, const char *api);

// -------------------------------------------------------------------------------------------------------- dispatcher

static inline void lw_dispatcher_enter_(void) LW_ACQUIRE(lw_dispatcher_) { lw_lock_acquire(&lw_dispatcher_); }
/// Releases the lock, then wakes who was released under it.
static inline void lw_dispatcher_leave_(lw_wakes *wakes) LW_RELEASE(lw_dispatcher_) {
  lw_lock_release(&lw_dispatcher_);
  lw_wakes_release_(wakes);
}
/// The same of a joint object (joint.h), the same as `lw_object_take_`, and as `lw_wait_block_leave_`.
bool lw_joint_is_ready_(const lw_object *object, const struct lw_thread_object *_Nullable thread)
    LW_REQUIRES(lw_dispatcher_);
bool lw_joint_take_(lw_object *object, struct lw_thread_object *_Nullable thread) LW_REQUIRES(lw_dispatcher_);
bool lw_joint_leave_(lw_wait_block *block) LW_REQUIRES(lw_dispatcher_);
/// Whether a wait of `thread` for the object is satisfied now.
static inline bool lw_object_is_ready_(const lw_object *object, const struct lw_thread_object *_Nullable thread)
    LW_REQUIRES(lw_dispatcher_) {
  if (object->signal > 0) return true;
  if (object->joint) return lw_joint_is_ready_(object, thread);
  return object->type->is_ready_for && object->type->is_ready_for(object, thread);
}
/// Takes the signal for a satisfied wait of `thread`. True when the object, a mutex, was abandoned by its owner.
static inline bool lw_object_take_(lw_object *object, struct lw_thread_object *_Nullable thread)
    LW_REQUIRES(lw_dispatcher_) {
  if (object->joint) return lw_joint_take_(object, thread);
  if (object->consumed && object->signal > 0) object->signal--;
  return object->type->taken && object->type->taken(object, thread);
}
/// The same for a wait that is no thread's.
static inline void lw_object_consume_(lw_object *object) LW_REQUIRES(lw_dispatcher_) { lw_object_take_(object, NULL); }
/// Takes a wait off its object; true when that is a joint one and had been granted meanwhile.
static inline bool lw_wait_block_leave_(lw_wait_block *block) LW_REQUIRES(lw_dispatcher_) {
  TAILQ_REMOVE(&block->object->blocks, block, link);
  return block->record && lw_joint_leave_(block);
}
/// Signals an object and satisfies its waits, oldest first, while the signal lasts.
void lw_object_signal_(lw_object *object, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// Takes the signal back.
void lw_object_reset_(lw_object *object) LW_REQUIRES(lw_dispatcher_);
/// The second half of that, when `signal` has been raised. Its event is recorded here, under the lock, because
/// releasing the lock may hand the processor over.
void lw_object_offer_(lw_object *object, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// The whole act from outside: point, signal, wake.
void lw_object_set_(lw_object *object);

/// FALSE, and the last error.
static inline BOOL lw_failed_(DWORD error) {
  SetLastError(error);
  return FALSE;
}

#pragma clang assume_nonnull end
