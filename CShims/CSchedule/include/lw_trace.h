// Events: what happened, recorded in rings, one per thread; and what of it nobody asks for. Included by lw_schedule.h.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

/// What happened. `X(symbol, name)`. An event's `object`, `before`, `after`, `operation` and `result` mean, per kind,
/// what the comment in the table says; unused fields are 0. "incarnation" is slot << 40 | generation (lw_arena.h).
#define LW_EVENTS(X)                                                                                                   \
  X(LW_EVENT_ALLOC, "alloc")             /* object = incarnation, before/after = word, result = requested size    */   \
  X(LW_EVENT_LEND, "lend")               /* object = incarnation, before/after = word, operation = loan           */   \
  X(LW_EVENT_SETTLE, "settle")           /* same; object is the lent incarnation; before = after = 0 when retired */   \
  X(LW_EVENT_FREE, "free")               /* object = incarnation, word (live -> freeing; inert: -> quarantined)   */   \
  X(LW_EVENT_POISONED, "poisoned")       /* word (freeing -> quarantined)                                         */   \
  X(LW_EVENT_RETIRE, "retire")           /* word before; after = 0: incarnation left its slot with loans or writers */ \
  X(LW_EVENT_VERIFY, "verify")           /* word (quarantined -> verifying)                                       */   \
  X(LW_EVENT_VERIFIED, "verified")       /* word (verifying -> quarantined or free), result = damaged bytes       */   \
  X(LW_EVENT_WRITE_BEGIN, "write")       /* object = lent incarnation, word, operation = loan, result = lw_landing */  \
  X(LW_EVENT_WRITE_END, "written")       /* same                                                                   */  \
  X(LW_EVENT_RESET, "reset")             /* object = arena                                                         */  \
  X(LW_EVENT_REGISTER_WAIT, "register")  /* object = wait number, operation = loan, result = object handle       */    \
  X(LW_EVENT_CALLBACK_ENTER, "callback") /* object = wait number, operation = loan, result = timed out          */     \
  X(LW_EVENT_CALLBACK_LEAVE, "returned") /* object = wait number                                                */     \
  X(LW_EVENT_UNREGISTER_WAIT, "unregister") /* object = wait number (0: unregistered before), before = event handle,   \
                                               operation = loan, result = last error or 0 */                           \
  X(LW_EVENT_SIGNAL, "signal") /* object = handle, result = 6 when it was closed                        */             \
  X(LW_EVENT_POST,                                                                                                     \
    "post") /* object = stamped incarnation, operation = loan (0: none), result = serial of the packet */              \
  X(LW_EVENT_DEQUEUE,                                                                                                  \
    "dequeue") /* object = stamped incarnation, before = alive incarnation, operation = loan, result = serial */       \
  X(LW_EVENT_DISCARD, "discard") /* as post: the packet left with its port or its post failed             */           \
  X(LW_EVENT_CANCEL, "cancel")   /* object = incarnation, operation = the scenario's number               */           \
  X(LW_EVENT_OPERATION,                                                                                                \
    "operation") /* object = incarnation, operation = the scenario's number: they belong together */                   \
  X(LW_EVENT_UNEXPECTED,                                                                                               \
    "unexpected") /* object = stamped incarnation, result = serial: the subject found no operation */                  \
  X(LW_EVENT_COMPLETED, "completed") /* object = stamped incarnation, before = incarnation of the operation it         \
                                        completed, operation = the scenario's number, result = serial of the packet */ \
  X(LW_EVENT_RESULT, "result")       /* operation = the scenario's number, result = 0 none, 1 right, 2 wrong   */      \
  X(LW_EVENT_SUBMIT, "submit")       /* object = number of the I/O operation, operation = loan of its OVERLAPPED  */   \
  X(LW_EVENT_DONE, "done")           /* as submit, result = its status                                            */   \
  X(LW_EVENT_QUEUE, "queue-apc")     /* object = number of the thread that it is queued to                     */      \
  X(LW_EVENT_APC, "apc")             /* object = number of the calling thread                                  */      \
  X(LW_EVENT_CALL, "call")           /* object = handle, operation = number of the call (Latewrite), result    */      \
  X(LW_EVENT_FUTURE, "future")       /* operation = its ticket, result = 0 result, 1 cancelled, 2 error        */

typedef enum __attribute__((enum_extensibility(closed))) lw_event_kind {
#define X(symbol, name) symbol,
  LW_EVENTS(X)
#undef X
      LW_EVENT_COUNT
} lw_event_kind;

/// One recorded act; 64 bytes, flat, no pointers that anybody follows.
typedef struct lw_event_record {
  uint64_t stamp; ///< lw_clock_stamp
  uint16_t kind;  ///< lw_event_kind
  uint16_t thread;
  uint32_t arena; ///< lw_arena_number, 0 where no arena is concerned
  uint64_t object;
  uint64_t before;
  uint64_t after;
  uint64_t operation;
  int64_t result;
  uint64_t step; ///< of a controlled execution; 0 when free running
} lw_event_record;

extern _Atomic uint32_t lw_trace_armed_;
/// What it says when events are only touched, see lw_trace_start_unrecorded.
enum { LW_TRACE_UNRECORDED = 1 };
void lw_event_slow_(lw_event_kind kind, uint32_t arena, uint64_t object, uint64_t before, uint64_t after,
                    uint64_t operation, int64_t result);
void lw_event_at_slow_(uint64_t stamp, lw_event_kind kind, uint32_t arena, uint64_t object, uint64_t before,
                       uint64_t after, uint64_t operation, int64_t result);

/// Whether nobody asks when what happened, and where in the program: then no stamp and no stack need be taken for it.
static inline bool lw_trace_is_unrecorded(void) {
  // relaxed: as in lw_event.
  return atomic_load_explicit(&lw_trace_armed_, memory_order_relaxed) == LW_TRACE_UNRECORDED;
}
/// A stamp of now for an event, and for what else is noted of its act; 0 where nobody asks. Reading the counter is most
/// of what an event costs.
static inline uint64_t lw_event_stamp(void) { return lw_trace_is_unrecorded() ? 0 : lw_clock_stamp(); }

/// Records an act just done, in the calling thread's ring. Lock-free, async-signal-safe once the thread is known.
static inline void lw_event(lw_event_kind kind, uint32_t arena, uint64_t object, uint64_t before, uint64_t after,
                            uint64_t operation, int64_t result) {
  // relaxed: tracing is switched on before the threads that it shall record are let go.
  if (__builtin_expect(atomic_load_explicit(&lw_trace_armed_, memory_order_relaxed) != 0, 0))
    lw_event_slow_(kind, arena, object, before, after, operation, result);
}
/// The same with a stamp that was taken just now.
static inline void lw_event_at(uint64_t stamp, lw_event_kind kind, uint32_t arena, uint64_t object, uint64_t before,
                               uint64_t after, uint64_t operation, int64_t result) {
  // relaxed: as in lw_event.
  if (atomic_load_explicit(&lw_trace_armed_, memory_order_relaxed) != 0)
    lw_event_at_slow_(stamp, kind, arena, object, before, after, operation, result);
}

const char *lw_event_name(lw_event_kind kind);

/// Starts recording in rings of `events_per_thread` (rounded up to a power of two, at least 64) events. A full ring
/// drops what comes and counts it. One trace a process: started again with another size, threads get new rings, and
/// what was not drained counts as lost. Returns false and sets errno when there is no memory.
bool lw_trace_start(uint32_t events_per_thread);
/// The same for a program whose trace nobody drains: a full ring drops its oldest event, so that `lw_trace_recent`
/// finds the newest at any time. `lw_trace_drain` must not be called before the next `lw_trace_start`.
bool lw_trace_start_newest(uint32_t events_per_thread);
/// For controlled executions of which nothing is asked but what they came to: events are not recorded, they only tell
/// the controller what acts touch. Reports of what is found then hold no events, no stamps and no stacks of handles.
void lw_trace_start_unrecorded(void);
void lw_trace_stop(void);
/// Hands over all that was recorded since the last drain, thread by thread, each thread's events in order, and
/// returns how many were lost meanwhile. One drainer at a time; threads may go on recording.
uint64_t lw_trace_drain(void (*consume)(void *_Nullable context, const lw_event_record *events, size_t count),
                        void *_Nullable context);
/// Copies up to `limit` of the newest events that concern `slot` of `arena` into `out`, oldest first, without removing
/// them; for reports. Looks at the newest 65,536 events of each thread, drained or not, and may miss events of threads
/// that record at the same moment. Lock-free, async-signal-safe.
size_t lw_trace_recent(uint32_t arena, uint64_t slot, lw_event_record *out, size_t limit);

#pragma clang assume_nonnull end
