// One asynchronous request, from its start to the moment in which everybody knows of its end.
//
// Who starts it fills it and calls `lw_operation_run_`, once. Who completes it calls `lw_operation_complete_`, once, on
// whatever thread made the end possible, with no lock held. In between it belongs to the file's kind. Its loans are
// opened before it starts and end as DESIGN.md's table under rule 10 says:
//
//   failed at once                    never lent
//   succeeded at once                 when its packet leaves the port, or before the call returns
//   pending, on a port                when its packet leaves the port
//   pending, with an event            before the status is stored and the event set
//   pending, with a routine           when the routine has run
//
// The last act on an OVERLAPPED that nobody else is told about is the store of its status: whoever sees it may free the
// block. So the loan is settled right before that store, and nothing stands between the two.
#pragma once

#include "file.h"
#include "thread.h"

#pragma clang assume_nonnull begin

/// What is asked for; kinds may have more, from LW_VERB_KIND on.
typedef enum lw_verb { LW_VERB_READ, LW_VERB_WRITE, LW_VERB_FLUSH, LW_VERB_KIND } lw_verb;

/// Memory that an operation reads from or writes into.
typedef struct lw_buffer {
  char *_Nullable address;
  size_t bytes;
  lw_loan loan;  ///< none: foreign memory, or the OVERLAPPED's block (then `shared`)
  size_t offset; ///< of `address` in the block
  bool shared;   ///< the OVERLAPPED's loan covers it
} lw_buffer;

enum { LW_OPERATION_BUFFERS = 2, LW_OPERATION_KIND_BYTES = 128 };

/// As position of a write: at the end of the file.
#define LW_FILE_END UINT64_MAX

struct lw_operation {
  TAILQ_ENTRY(lw_operation) link; ///< the kind's, under the kind's lock, until it is claimed
  bool queued;                    ///< it is on one of the kind's lists; under the kind's lock
  TAILQ_ENTRY(lw_operation) on_file;
  _Atomic uint32_t references;
  lw_verb verb;
  lw_file *file;
  const char *api;                ///< static
  uint64_t number;                ///< of the process; reports show it
  uint64_t issuer;                ///< the thread that started it, by a number that is never used again
  uint64_t position;              ///< in the file, where it has one, or LW_FILE_END
  const lw_file *_Nullable fills; ///< another file that it makes something of: AcceptEx's second socket, which the kind
                                  ///< keeps
  DWORD status;                   ///< set by the end
  DWORD transferred;
  bool listed; ///< in the file's list; under the file's lock, like `done`
  bool done;

  OVERLAPPED *_Nullable overlapped;
  lw_loan loan;  ///< of the OVERLAPPED's block; none in foreign memory
  size_t offset; ///< of the OVERLAPPED in its block
  lw_object *_Nullable event;
  bool silent; ///< its event's low bit asks for no packet
  LPOVERLAPPED_COMPLETION_ROUTINE _Nullable routine;
  void (*_Nullable call_routine)(const lw_operation *operation); ///< where the routine has another form
  lw_thread_object *_Nullable thread;                            ///< that runs the routine; a reference
  lw_apc apc;
  lw_sleeper *_Nullable waiter;                      ///< the thread that started it and waits for its end
  void (*_Nullable served)(lw_operation *operation); ///< of another process, which is told of the end
  void *_Nullable serves;                            ///< whoever tells it

  lw_buffer *buffers;
  uint32_t buffer_count;
  uint32_t buffer_capacity;
  lw_buffer own_buffers[LW_OPERATION_BUFFERS];
  _Alignas(16) char kind_data[LW_OPERATION_KIND_BYTES]; ///< zeroed; the kind's
};

/// A new operation on `file`, which is retained until its end. NULL and ERROR_NOT_ENOUGH_MEMORY.
lw_operation *_Nullable lw_operation_take_(lw_file *file, const char *api, lw_verb verb,
                                           OVERLAPPED *_Nullable overlapped);
/// The same, which takes the caller's reference to the file over; without an operation it stays the caller's.
lw_operation *_Nullable lw_operation_take_over_(lw_file *file, const char *api, lw_verb verb,
                                                OVERLAPPED *_Nullable overlapped);
/// Adds a buffer. False and ERROR_NOT_ENOUGH_MEMORY; the operation is then the caller's to drop.
bool lw_operation_add_buffer_(lw_operation *operation, const void *_Nullable address, size_t bytes);
/// Has a routine called in the calling thread when the operation has ended. False and ERROR_NOT_ENOUGH_MEMORY; then the
/// operation has been dropped.
bool lw_operation_add_routine_(lw_operation *operation, LPOVERLAPPED_COMPLETION_ROUTINE routine);
/// What a call says in an OVERLAPPED before anything else, so that it stays where the call fails at once.
void lw_overlapped_pends_(OVERLAPPED *_Nullable overlapped);
/// Gives back an operation that was not run.
void lw_operation_drop_(lw_operation *operation);

/// Starts it, waits for its end where the file is not overlapped or no OVERLAPPED is given, and says what the starting
/// call returns: TRUE, or FALSE and the last error (ERROR_IO_PENDING while it goes on). `*transferred` is set when it
/// has ended. The caller may not touch the operation afterwards.
BOOL lw_operation_run_(lw_operation *operation, DWORD *_Nullable transferred);
/// The same, and its status: STATUS_PENDING while it goes on, STATUS_SUCCESS where it was not started.
BOOL lw_operation_run_with_(lw_operation *operation, DWORD *_Nullable transferred, DWORD *status);

/// Starts an operation of another process: it has no OVERLAPPED, no loans, and nobody waits. Its status, STATUS_PENDING
/// when `served` will be called at its end. The starter's reference stays the caller's.
DWORD lw_operation_serve_(lw_operation *operation, void (*served)(lw_operation *operation), void *serves);

/// Ends an operation that was pending. The caller has claimed it: it is on none of the kind's lists.
void lw_operation_complete_(lw_operation *operation, DWORD status, DWORD transferred);
/// The same on the I/O thread, after the calling thread has gone on.
void lw_operation_complete_later_(lw_operation *operation, DWORD status, DWORD transferred);

/// Announces a write of `bytes` at `at` of buffer `index`, through its loan: where to store, NULL when refused. Ended
/// by `lw_write_end(write)`, always.
char *_Nullable lw_operation_write_begin_(const lw_operation *operation, uint32_t index, size_t at, size_t bytes,
                                          lw_write *write);
/// Stores `bytes` at `at` of buffer `index`.
void lw_operation_store_(const lw_operation *operation, uint32_t index, size_t at, const void *source, size_t bytes);

/// Asks a listed operation to end; the caller's reference is given back.
void lw_operation_cancel_(lw_operation *operation);
/// (file.c) 0: the calling thread has started nothing yet.
extern _Thread_local uint64_t lw_issuer_number_ __attribute__((tls_model("initial-exec")));
uint64_t lw_issuer_begin_(void);
/// The calling thread, by a number that is never used again.
static inline uint64_t lw_issuer_(void) {
  return __builtin_expect(lw_issuer_number_ != 0, 1) ? lw_issuer_number_ : lw_issuer_begin_();
}

/// Keeps the record while somebody beside its completer looks at it.
static inline void lw_operation_retain_(lw_operation *operation) {
  // relaxed: whoever takes a further reference has one, or the lock that keeps it.
  atomic_fetch_add_explicit(&operation->references, 1, memory_order_relaxed);
}
void lw_operation_release_(lw_operation *operation);

#pragma clang assume_nonnull end
