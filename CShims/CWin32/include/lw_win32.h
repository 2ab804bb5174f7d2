// What the Win32-shaped layer offers beside Win32's own names: waits and packets that carry loans, and packets that
// tell which incarnation they were posted for. COverlapped and the Swift layers stand on these; windows.h is made of
// them.
//
// DESIGN rule 3: the registration holds a wait's loan until its callback posts; then the packet holds it; it is settled
// when the registration ends and no callback ran or ever will, or when that very packet leaves the port. Rule 4:
// settled before the completion event is set, before the unregistering call returns, before the dequeuing call returns.
#pragma once

#include "lw_arena.h"
#include "windows.h"

#pragma clang assume_nonnull begin

// ------------------------------------------------------------------------------------------------- registered waits

/// Called exactly once for a registration, without a lock, when no callback of it is running or will run any more: on
/// the thread that ends it, before the unregistering call returns TRUE and before the completion event is set.
/// (A callback that unregisters its own wait may see TRUE; then it is called after that callback has returned.)
/// `callbacks` is how many have run. The place to settle a loan that no callback passed on, and to release `context`.
typedef void (*lw_wait_ended)(void *_Nullable context, uint32_t callbacks);

BOOL lw_register_wait_(HANDLE _Nullable *_Nonnull wait, HANDLE _Nullable object, WAITORTIMERCALLBACK callback,
                       void *_Nullable context, ULONG ms, ULONG flags, lw_loan loan, lw_wait_ended _Nullable ended);
/// RegisterWaitForSingleObject with a loan (for the trace and for the note "cancelled" when it is unregistered; none is
/// allowed) and an end. On failure FALSE and GetLastError, and `ended` is not called.
static inline BOOL lw_register_wait(HANDLE _Nullable *_Nonnull wait, HANDLE _Nullable object,
                                    WAITORTIMERCALLBACK callback, void *_Nullable context, ULONG ms, ULONG flags,
                                    lw_loan loan, lw_wait_ended _Nullable ended) {
  BOOL done = lw_register_wait_(wait, object, callback, context, ms, flags, loan, ended);
  LW_KEEP_CALLER_FRAME();
  return done;
}

/// A promise of an unregistration that the layer can be told to break, in the whole process: the classic faults of wait
/// pools, for showing what finds them. None by default.
typedef enum __attribute__((enum_extensibility(closed))) lw_wait_fault {
  LW_WAIT_FAULT_NONE,
  LW_WAIT_FAULT_FORGETS_QUEUED,  ///< a blocking one does not wait for a callback that has not begun
  LW_WAIT_FAULT_FORGETS_RUNNING, ///< nor for one that has
  LW_WAIT_FAULT_ANSWERS_TRUE     ///< one that does not block answers TRUE although a callback is pending
} lw_wait_fault;
void lw_wait_fault_commit(lw_wait_fault fault);
/// Whether wait threads notice a signal only when they get to run, in the whole process; off by default. An
/// unregistration that comes between signal and notice then takes the wait back, answers TRUE, and no callback follows.
/// Windows allows both orders: its wait threads learn of signals by returning from their own wait. Here a signal fires
/// its waits in the same moment, so that this order is asked for. (Waits with WT_EXECUTEINWAITTHREAD only.)
void lw_wait_notice_late(bool late);

// ---------------------------------------------------------------------------------------------------------- packets

/// A packet as it left a port.
typedef struct lw_packet {
  DWORD bytes;
  DWORD error;  ///< Win32 code of a failed operation; 0 for success and for posted packets
  DWORD status; ///< NTSTATUS of an operation; 0 for posted packets
  ULONG_PTR key;
  OVERLAPPED *_Nullable overlapped;
  uint64_t serial;        ///< its number among the packets of the process, never 0
  lw_arena_number arena;  ///< of the address; 0: in no arena
  lw_incarnation stamped; ///< at `overlapped` when it was posted (of the loan, when it carried one); 0 none
  lw_incarnation alive;   ///< at `overlapped` when it was dequeued; 0 when no block is live there
  lw_loan loan;           ///< carried, settled by now; for the trace only
  lw_stack_id posted;     ///< stack of the post
  lw_thread_number posted_by;
  uint64_t posted_stamp;
  bool reported; ///< a finding about this packet was made
  /// The layer's own: whom an operation has told when its packet leaves. Done by now.
  void (*_Nullable left)(void *_Nullable context);
  void *_Nullable context;
} lw_packet;

BOOL lw_post_packet_(HANDLE _Nullable port, DWORD bytes, ULONG_PTR key, OVERLAPPED *_Nullable overlapped, lw_loan loan);
/// Posts a packet that carries `loan` (none is allowed), which the port now holds. When it fails (FALSE, GetLastError)
/// the loan has been settled (rule 3: "post failed").
static inline BOOL lw_post_packet(HANDLE _Nullable port, DWORD bytes, ULONG_PTR key, OVERLAPPED *_Nullable overlapped,
                                  lw_loan loan) {
  BOOL done = lw_post_packet_(port, bytes, key, overlapped, loan);
  LW_KEEP_CALLER_FRAME();
  return done;
}
/// GetQueuedCompletionStatus without a judgement: TRUE and the packet (also of a failed operation, see `error`), or
/// FALSE and GetLastError (WAIT_TIMEOUT, ERROR_ABANDONED_WAIT_0, ERROR_INVALID_HANDLE) when nothing was dequeued. The
/// loan it carried is settled. The caller says what came of it by exactly one of the two calls below.
BOOL lw_get_packet(HANDLE _Nullable port, lw_packet *packet, DWORD ms);

void lw_packet_unexpected_(lw_packet *packet);
/// The subject found no registered operation for the packet: LW004, unless the packet has no arena address.
static inline void lw_packet_unexpected(lw_packet *packet) {
  lw_packet_unexpected_(packet);
  LW_KEEP_CALLER_FRAME();
}
void lw_packet_completed_(lw_packet *packet, lw_incarnation operation, uint64_t number);
/// The subject completed an operation with the packet: the one whose OVERLAPPED is incarnation `operation`, the
/// scenario's operation `number`. Another incarnation than the stamped one is LW005.
static inline void lw_packet_completed(lw_packet *packet, lw_incarnation operation, uint64_t number) {
  lw_packet_completed_(packet, operation, number);
  LW_KEEP_CALLER_FRAME();
}

// ------------------------------------------------------------------------------------------------------- accounting

/// What is open in this process; for tests of leaks.
typedef struct lw_win32_counts {
  uint64_t handles;
  uint64_t registrations;
  uint64_t packets; ///< queued in ports
  uint64_t wait_threads;
  uint64_t pool_threads;
  uint64_t files;      ///< pipe ends, disk files and sockets, with a handle or in use
  uint64_t operations; ///< started, and not everybody is done with them
} lw_win32_counts;
lw_win32_counts lw_win32_count(void);

/// Whether ExitProcess, or the end of the last thread, is ending the program: a C run time does not call then what the
/// program has given to atexit.
bool lw_process_ends(void);

/// Starts a child process that runs `path` with `arguments` (argv, terminated by NULL) and environment `environment`
/// (or the caller's own, when NULL); its standard input is `input`, or /dev/null when -1. The handle is signalled at
/// its exit and is closed by CloseHandle. FALSE and GetLastError (2 not found, 5 no permission, 8 no resources).
BOOL lw_spawn(const char *path, char *_Nullable const *_Nonnull arguments, char *_Nullable const *_Nullable environment,
              int input, HANDLE _Nullable *_Nonnull process, DWORD *_Nullable process_id);

#pragma clang assume_nonnull end
