// Calls queued to a thread (user APCs). A thread makes them in an alertable wait of its own and nowhere else, in the
// order in which they were queued, before the wait if they are queued already.
//
// A wait is alertable in two steps, so that it needs no lock but its own: it sleeps by `lw_sleep_either_`, and an
// alert ends that as the end of the time does. The caller then settles, under its own lock, whether it was served after
// all; only if not it calls `lw_apc_deliver_` and answers WAIT_IO_COMPLETION. So what is waited for comes before the
// calls, and the calls come before the end of the time.
#pragma once

#include "object.h"

#pragma clang assume_nonnull begin

struct lw_thread_object;

/// A queued call; part of a record of whoever queues it. Exactly one of the two functions is called, once, without a
/// lock; from then on the record is that function's.
typedef struct lw_apc {
  STAILQ_ENTRY(lw_apc) link;
  void (*run)(struct lw_apc *apc);     ///< in the thread, in an alertable wait
  void (*dropped)(struct lw_apc *apc); ///< the thread ends without another alertable wait; in that thread
} lw_apc;
typedef STAILQ_HEAD(lw_apcs, lw_apc) lw_apcs;

/// Queues a call to a thread; from any thread, no lock held. False when the thread has ended or is none of this
/// process: then neither function is called.
bool lw_apc_queue_(struct lw_thread_object *thread, lw_apc *apc);
/// Makes all calls queued to the calling thread, those queued meanwhile too. Whether there was one.
bool lw_apc_deliver_(void);

typedef enum lw_slept { LW_SLEPT_RELEASED, LW_SLEPT_TIMEOUT, LW_SLEPT_ALERTED } lw_slept;
/// The two kinds of sleep in one. Both can be given up: they answer LW_SLEPT_TIMEOUT before their time when the thread
/// has been terminated, and the call that sleeps ends with `lw_thread_leave_if_asked_`. `polls`: it is a wait at a
/// port, in which the thread does the poller's work.
lw_slept lw_sleep_either_(lw_sleeper *sleeper, const void *_Nullable object, lw_time deadline, bool alertable,
                          bool polls);

#pragma clang assume_nonnull end
