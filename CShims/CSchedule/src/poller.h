// Watches, as the poller of a free run and the one under control share them.
#pragma once

#include "control.h"

#pragma clang assume_nonnull begin

struct lw_watch {
  int fd;
  bool running;        ///< its callback
  uint32_t wanted;     ///< LW_READABLE, LW_WRITABLE; 0: it is not armed
  uint32_t generation; ///< raised when the watch is ended
  uint32_t next;       ///< in the list of free watches
  lw_thread_number ender;
  void (*ready)(void *_Nullable context);
  void *_Nullable context;
  bool controlled; ///< of a session: not in the epoll set
};

/// Runs the callback of the watch that an event names, unless the watch has been ended.
void lw_watch_deliver_(uint32_t index, uint32_t generation);

/// Starts the thread that delivers. NULL and errno when the system has none left.
lw_thread *_Nullable lw_poller_thread_(void (*entry)(void *_Nullable context));

/// (outside.c) Watches under control: by whoever comes past a point, not by a thread that waits for all of them. A
/// watch is a source while it is armed; false and errno when there are too many.
bool lw_outside_open_(const lw_watch *watch);
bool lw_outside_arm_(lw_watch *watch, uint32_t index);
void lw_outside_remove_(const lw_watch *watch);

#pragma clang assume_nonnull end
