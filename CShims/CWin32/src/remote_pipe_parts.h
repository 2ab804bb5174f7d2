// What the two halves of a handle of another process's pipe end share: asking (remote_calls.c) and being a file
// (remote_pipe.c).
#pragma once

#include "pipe_wire.h"
#include "remote_pipe.h"

#pragma clang assume_nonnull begin

/// A thread that waits for its answer; on its stack.
typedef struct lw_remote_call {
  TAILQ_ENTRY(lw_remote_call) link;
  lw_sleeper sleeper;
  lw_pipe_message answer;
  lw_operation *_Nullable operation; ///< that is started
  char *_Nullable to;                ///< where peeked bytes go
  bool lost;                         ///< the other process is gone
} lw_remote_call;

struct lw_remote_pipe {
  lw_file file;
  int fd;
  bool is_server;
  _Atomic bool reads_messages; ///< as it was set here; what a process has left is read so
  lw_lock sending;             ///< of whoever sends
  lw_lock lock;
  bool hears LW_GUARDED_BY(&lock); ///< the thread has been started
  bool lost LW_GUARDED_BY(&lock);
  uint64_t last_id LW_GUARDED_BY(&lock);
  TAILQ_HEAD(, lw_remote_call) calls LW_GUARDED_BY(&lock);
  lw_operations pending LW_GUARDED_BY(&lock);
  lw_pipe_chunks left LW_GUARDED_BY(&lock); ///< by a process that has ended
};

/// The number of an operation.
static inline uint64_t *lw_remote_id_of_(lw_operation *operation) { return (uint64_t *)(void *)operation->kind_data; }

/// Sends a message with what follows and waits for its answer, which takes its place; `operation` is started by it, and
/// what is peeked goes to `to`. False when the other process is gone.
bool lw_remote_call_(lw_remote_pipe *pipe, lw_pipe_message *message, const void *_Nullable bytes,
                     lw_operation *_Nullable operation, char *_Nullable to);

#pragma clang assume_nonnull end
