// Completion ports inside the layer: what a file needs of the port that it is bound to, the queue, and the threads that
// run for a port.
#pragma once

#include "lw_win32.h"
#include "object.h"

#pragma clang assume_nonnull begin

// ------------------------------------------------------------------------------------------------ for files (ports.c)

/// The end of an operation, as a port tells it.
typedef struct lw_completion {
  OVERLAPPED *_Nullable overlapped;
  ULONG_PTR key;
  DWORD bytes;
  DWORD status; ///< NTSTATUS
  DWORD error;  ///< the Win32 code of `status`; 0: a success
  lw_loan loan; ///< on the block of `overlapped`, or none; the packet holds it from here on
  /// Called once, without a lock, when the packet leaves the port - dequeued (before the dequeuing call returns),
  /// discarded with it, or never let in - and `loan` has been settled.
  void (*_Nullable left)(void *_Nullable context);
  void *_Nullable context;
} lw_completion;

/// Posts a completion to `port` (of lw_port_type_). A port that has been closed discards it.
void lw_port_complete_(lw_object *port, const lw_completion *completion);
/// Whether it has been closed: no packet will leave it by being dequeued.
bool lw_port_is_closed_(lw_object *port);
/// Has the completions of a file go to `port`, or asks whether it could: `bind` of its type. ERROR_INVALID_HANDLE for
/// what is no file.
DWORD lw_port_bind_(HANDLE _Nullable file, lw_object *_Nullable port, ULONG_PTR key);

// ------------------------------------------------------------------------------------------------------- the queue

typedef struct lw_queued_packet {
  STAILQ_ENTRY(lw_queued_packet) link;
  lw_packet packet;
} lw_queued_packet;
typedef STAILQ_HEAD(lw_queued_packets, lw_queued_packet) lw_queued_packets;

/// A thread that waits for a packet; on its stack.
typedef struct lw_port_waiter {
  lw_sleeper sleeper;
  TAILQ_ENTRY(lw_port_waiter) link;
  lw_packet *into;
  bool got;
  bool abandoned;
} lw_port_waiter;

typedef struct lw_port {
  lw_object object;
  uint32_t concurrency; ///< threads that may run for it at a time
  /// Where packets go at once in place of the queue (see port_callbacks.c); false when there is no memory.
  bool (*_Nullable hand_on)(const lw_packet *packet);
  lw_lock lock;
  _Atomic bool is_watched; ///< somebody has waited for the port itself
  _Atomic bool closed;     ///< for good; changes under the lock
  uint32_t running LW_GUARDED_BY(&lock);
  lw_queued_packets queue LW_GUARDED_BY(&lock);
  lw_queued_packets spare LW_GUARDED_BY(&lock); ///< emptied nodes, so that the pool's lock stays out of the hot path
  TAILQ_HEAD(, lw_port_waiter) waiters LW_GUARDED_BY(&lock); ///< the newest first
} lw_port;

/// A new port with one reference, the caller's; NULL when there is no memory.
lw_port *_Nullable lw_port_make_(DWORD concurrency);
/// Takes the oldest packet, which has to be there.
void lw_port_take_(lw_port *port, lw_packet *into) LW_REQUIRES(port->lock);
/// Hands queued packets to waiting threads while the port may have more threads run. True when it handed one over.
bool lw_port_release_waiters_(lw_port *port, lw_wakes *wakes) LW_REQUIRES(port->lock);
/// A packet leaves its port: settles what it carries and tells whoever wants to know.
static inline void lw_packet_leaves_(const lw_packet *packet) {
  if (!lw_loan_is_none(packet->loan)) lw_settle(packet->loan);
  if (packet->left) packet->left(packet->context);
}
/// What lives at the packet's address in the moment in which it is dequeued.
void lw_packet_note_dequeue_(lw_packet *packet);
/// Reports what a dequeued packet means to a program that trusts its address: LW004, LW005 or LW006.
void lw_packet_judge_(lw_packet *packet, const char *api);

// -------------------------------------------------------------------------------------------- waits (port_waits.c)

/// `is_ready_for` of the type.
bool lw_port_is_ready_for_(const lw_object *object, const struct lw_thread_object *_Nullable thread)
    LW_REQUIRES(lw_dispatcher_);
/// Stands behind whatever made the port ready, without a lock.
void lw_port_tell_waits_(lw_port *port);

// ------------------------------------------------------------------------------------------ threads (port_threads.c)

/// The port of a handle, for a thread that comes for a packet; `*borrowed`: with a reference for the caller, because it
/// is not the one that the thread came to last, to which it has one. NULL and the last error.
lw_port *_Nullable lw_port_of_(HANDLE _Nullable handle, bool *borrowed);
/// The port that the calling thread came to last, with a reference.
extern _Thread_local lw_port *_Nullable lw_port_here_ __attribute__((tls_model("initial-exec")));
/// It comes to another one than that.
void lw_port_change_(lw_port *port);
/// The calling thread comes for a packet: it runs for no other port any more. True when `port` counts it as running,
/// which the caller takes back under the lock.
static inline bool lw_port_enter_(lw_port *port) {
  if (__builtin_expect(lw_port_here_ != port, 0)) lw_port_change_(port);
  bool counted = lw_runs_for_port_;
  lw_runs_for_port_ = false;
  return counted;
}
/// It goes on to run for the port it came to last, which counts it again.
static inline void lw_port_leave_(void) { lw_runs_for_port_ = true; }

#pragma clang assume_nonnull end
