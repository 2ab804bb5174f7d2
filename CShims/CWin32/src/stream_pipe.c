// What can be asked of a standard stream that is a pipe of the system, or a socket that stands for one: what lies in
// it, its mode, and what it is.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "disk_file.h"
#include "error_table.h"
#include "namedpipeapi.h"
#include "pipe.h"

/// Copies what lies in a pipe of the system: it can only be doubled into another pipe.
static ssize_t peek_pipe(int fd, char *to, size_t room) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  ssize_t bytes = tee(fd, ends[1], room, SPLICE_F_NONBLOCK);
  if (bytes > 0) bytes = read(ends[0], to, (size_t)bytes);
  close(ends[0]);
  close(ends[1]);
  return bytes;
}

static DWORD peek(const lw_disk_file *file, lw_pipe_question *question, char *_Nullable to) {
  struct pollfd state = {.fd = file->fd, .events = POLLIN};
  int available = 0;
  if (poll(&state, 1, 0) > 0 && ioctl(file->fd, FIONREAD, &available) != 0) return lw_error_of_errno_(errno);
  if (available == 0 && state.revents) return ERROR_BROKEN_PIPE; // nothing lies there, and reading would not wait
  ssize_t copied = 0;
  if (to && question->room > 0 && available > 0) {
    copied = recv(file->fd, to, question->room, MSG_PEEK | MSG_DONTWAIT);
    if (copied < 0 && errno == ENOTSOCK) copied = peek_pipe(file->fd, to, question->room);
  }
  question->copied = copied > 0 ? (uint32_t)copied : 0;
  question->available = (uint32_t)available;
  return ERROR_SUCCESS;
}

bool lw_stream_pipe_is_empty_(const lw_disk_file *file) {
  struct pollfd state = {.fd = file->fd, .events = POLLIN};
  return poll(&state, 1, 0) == 0;
}

static DWORD set_mode(lw_disk_file *file, DWORD mode) {
  if (mode & PIPE_READMODE_MESSAGE) return ERROR_INVALID_PARAMETER;
  atomic_store(&file->never_waits, mode & PIPE_NOWAIT);
  return ERROR_SUCCESS;
}

/// As of an anonymous pipe, whose reading end is the server's.
static void facts(const lw_disk_file *file, lw_pipe_question *question) {
  enum { BYTES = 4096 };
  question->mode = PIPE_READMODE_BYTE | (atomic_load(&file->never_waits) ? PIPE_NOWAIT : PIPE_WAIT);
  question->flags = file->file.access & FILE_READ_DATA ? PIPE_SERVER_END : PIPE_CLIENT_END;
  question->out_bytes = question->in_bytes = BYTES;
  question->instances = question->instances_max = 1;
  question->server_process = question->client_process = GetCurrentProcessId();
}

DWORD lw_stream_pipe_ask_(lw_disk_file *file, lw_pipe_question *question, char *to) {
  switch (question->ask) {
  case LW_PIPE_ASK_PEEK:
    return peek(file, question, to);
  case LW_PIPE_ASK_SET_MODE:
    return set_mode(file, question->mode);
  case LW_PIPE_ASK_DISCONNECT:
    return ERROR_INVALID_FUNCTION;
  default:
    facts(file, question);
    return ERROR_SUCCESS;
  }
}
