// Watches, as the poller of a free run and the one under control share them.
#pragma once

#include <sys/epoll.h>

#include "control.h"

#pragma clang assume_nonnull begin

struct lw_watch {
  int fd;
  bool running;               ///< its callback
  bool ends;                  ///< what the system has told last was an end or an error
  bool urgent;                ///< it has told of an urgent byte
  uint32_t wanted;            ///< LW_READABLE, LW_WRITABLE; 0: it is not armed
  uint32_t told;              ///< the sides whose changes the system tells
  _Atomic uint32_t exhausted; ///< those that are not ready, as far as the system has told; written under the lock
  _Atomic uint32_t changes;   ///< how often the system has told of it; written under the lock
  uint32_t generation;        ///< raised when the watch is ended
  uint32_t next;              ///< in the list of free watches
  lw_thread_number ender;
  void (*ready)(void *_Nullable context);
  void *_Nullable context;
  bool controlled; ///< of a session: not in the epoll set
};

/// Runs the callback of the watch that an event names, unless the watch has been ended or waits for none of `events`,
/// which are epoll's.
void lw_watch_deliver_(uint32_t index, uint32_t generation, uint32_t events);

/// Events that the system has handed out, and which are to be delivered.
enum { LW_READY_MAX = 64 };
typedef struct lw_ready {
  int count;
  struct epoll_event events[LW_READY_MAX];
} lw_ready;
/// Waits for events until `deadline` (0: only looks), for who has the seat. False when that has passed, events or not.
bool lw_poll_wait_(lw_ready *ready, lw_time deadline);
/// Looks without waiting.
void lw_poll_look_(lw_ready *ready);
void lw_poll_deliver_(const lw_ready *ready);
/// Both.
void lw_poll_once_(lw_time deadline);
/// The poller's thread.
lw_thread_number lw_poller_number_(void);

/// (seat.c) For the poller, after it has polled: leaves the seat to a thread that waits at a port, if there is one.
/// Returns with the seat.
void lw_seat_share_(void);

/// (park.c) Parks the thread that has the seat, and polls meanwhile.
bool lw_park_polling_(const _Atomic bool *done, const _Atomic bool *other, lw_time deadline);

/// Starts the thread that delivers. NULL and errno when the system has none left.
lw_thread *_Nullable lw_poller_thread_(void (*entry)(void *_Nullable context));

/// (outside.c) Watches under control: by whoever comes past a point, not by a thread that waits for all of them. A
/// watch is a source while it is armed; false and errno when there are too many.
bool lw_outside_open_(const lw_watch *watch);
bool lw_outside_arm_(lw_watch *watch, uint32_t index);
void lw_outside_remove_(const lw_watch *watch);

#pragma clang assume_nonnull end
