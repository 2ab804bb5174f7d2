// A thread that serves operations one after the other, in the order in which they were queued: what the disk thread and
// the I/O thread both are.
#pragma once

#include "operation.h"

#pragma clang assume_nonnull begin

/// One constant-initialised variable each, by `LW_OPERATION_THREAD`.
typedef struct lw_operation_thread {
  const char *name;
  const char *without; ///< what is said when the system has no thread left
  void (*serve)(lw_operation *operation);
  bool gives_back; ///< what is queued can be withdrawn; else it is claimed already, and `queued` is its kind's
  lw_lock lock;
  lw_operations queue LW_GUARDED_BY(&lock);
  lw_sleeper *_Nullable sleeping LW_GUARDED_BY(&lock);
  bool running LW_GUARDED_BY(&lock);
} lw_operation_thread;
#define LW_OPERATION_THREAD(variable, its_name, its_serve, can_give_back, sentence)                                    \
  static lw_operation_thread variable = {.name = its_name,                                                             \
                                         .without = sentence,                                                          \
                                         .serve = its_serve,                                                           \
                                         .gives_back = can_give_back,                                                  \
                                         .queue = TAILQ_HEAD_INITIALIZER(variable.queue)}

/// Has the thread, which is started with the first one, serve an operation.
void lw_operation_thread_queue_(lw_operation_thread *thread, lw_operation *operation);
/// Takes an operation off the queue; false when the thread has begun it.
bool lw_operation_thread_withdraw_(lw_operation_thread *thread, lw_operation *operation);

#pragma clang assume_nonnull end
