// What the thread that serves a pipe end to another process (pipe_service.c) and the operations of that process
// (served_operations.c) share.
#pragma once

#include "pipe_service.h"
#include "pipe_wire.h"

#pragma clang assume_nonnull begin

/// An operation of the other process.
typedef struct lw_served {
  TAILQ_ENTRY(lw_served) link;
  struct lw_pipe_service *service;
  lw_operation *operation; ///< a reference
  uint64_t id;
  lw_pipe_memory room; ///< what is read, then what is written
} lw_served;
typedef TAILQ_HEAD(lw_served_list, lw_served) lw_served_list;

typedef struct lw_pipe_service {
  TAILQ_ENTRY(lw_pipe_service) on_services;
  int fd;
  int wake; ///< an eventfd: something has ended
  lw_file *pipe;
  void (*_Nullable told)(void *context); ///< of the end of the service
  void *_Nullable context;
  lw_lock speaking; ///< held from what is asked to its answer
  lw_lock lock;
  lw_served_list started LW_GUARDED_BY(&lock);
  lw_served_list ended LW_GUARDED_BY(&lock); ///< and not told yet
  bool over LW_GUARDED_BY(&lock);            ///< nobody is told any more
  _Atomic uint32_t references;               ///< the thread's, and one for each operation
} lw_pipe_service;

/// Gives one reference back.
void lw_pipe_service_release_(lw_pipe_service *service);

/// Starts an operation that was asked for and answers; what follows is received. False when the other side is gone or
/// there is no memory.
bool lw_served_start_(lw_pipe_service *service, const lw_pipe_message *message);
/// Asks for the end of an operation, if it goes on.
void lw_served_cancel_(lw_pipe_service *service, uint64_t id);
/// Tells of all that has ended; false when the other side is gone.
bool lw_served_tell_ended_(lw_pipe_service *service);
void lw_served_give_(lw_served *item);

#pragma clang assume_nonnull end
