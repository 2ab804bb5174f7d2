// What two processes say to each other about a pipe end: one has the end, the other a handle of it (remote_pipe.h).
// Everything that a pipe is - its queues, instances, modes, who is connected - stays in the process that made it, which
// serves (pipe_service.h); the other asks, call by call, and its operations end when it is told so. So a pipe between
// processes is the same pipe.
#pragma once

#include "pipe.h"

#pragma clang assume_nonnull begin

typedef enum lw_pipe_message_kind {
  LW_PIPE_OPEN,   ///< to a listener: `access`, and the name follows; answered
  LW_PIPE_START,  ///< an operation, with what is written; answered with its status
  LW_PIPE_CANCEL, ///< an operation; not answered
  LW_PIPE_ASK,    ///< a question; answered
  LW_PIPE_ANSWER,
  LW_PIPE_ENDED, ///< an operation that was answered with STATUS_PENDING
  LW_PIPE_LEFT   ///< a chunk of the queue, from a process that ends and has broken the connection
} lw_pipe_message_kind;

typedef struct lw_pipe_message {
  uint32_t kind;
  uint32_t verb;
  uint64_t id;     ///< of the call or the operation
  uint32_t status; ///< or the error
  uint32_t transferred;
  uint32_t access; ///< FILE_READ_DATA, ...
  uint32_t room;   ///< for what is read
  uint32_t bytes;  ///< that follow
  lw_pipe_question question;
} lw_pipe_message;

/// Sends a message and the bytes behind it; false when the other is gone. One thread at a time.
bool lw_pipe_send_(int fd, const lw_pipe_message *message, const void *_Nullable bytes);
/// Receives `bytes` whole; false when the other is gone.
bool lw_pipe_receive_(int fd, void *to, size_t bytes);

/// Pages that grow; zeroed at first. `lw_pipe_memory_free_` gives them back.
typedef struct lw_pipe_memory {
  char *_Nullable pages;
  size_t bytes;
} lw_pipe_memory;
/// At least `bytes`, what was in there is lost; NULL when there are none.
char *_Nullable lw_pipe_memory_(lw_pipe_memory *memory, size_t bytes);
void lw_pipe_memory_free_(lw_pipe_memory *memory);

#pragma clang assume_nonnull end
