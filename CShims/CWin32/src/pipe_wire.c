// Sending and receiving messages about a pipe end.
#include "pipe_wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "lw_control.h"

/// Sends what is left of two parts.
static bool send_parts(int fd, struct iovec parts[2]) {
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  while (parts[0].iov_len + parts[1].iov_len > 0) {
    ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    for (int i = 0; i < 2; i++) {
      size_t taken = (size_t)sent < parts[i].iov_len ? (size_t)sent : parts[i].iov_len;
      parts[i].iov_base = (char *)parts[i].iov_base + taken;
      parts[i].iov_len -= taken;
      sent -= (ssize_t)taken;
    }
  }
  return true;
}

bool lw_pipe_send_(int fd, const lw_pipe_message *message, const void *bytes) {
  static char nothing;
  struct iovec parts[] = {{(void *)(uintptr_t)message, sizeof *message},
                          {bytes ? (void *)(uintptr_t)bytes : &nothing, bytes ? message->bytes : 0}};
  lw_outside_begin();
  bool sent = send_parts(fd, parts);
  lw_outside_end();
  return sent;
}

bool lw_pipe_receive_(int fd, void *to, size_t bytes) {
  size_t received = 0;
  lw_outside_begin();
  while (received < bytes) {
    ssize_t got = recv(fd, (char *)to + received, bytes - received, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    received += (size_t)got;
  }
  lw_outside_end();
  return received == bytes;
}

char *lw_pipe_memory_(lw_pipe_memory *memory, size_t bytes) {
  enum { SMALLEST = 4096 };
  if (bytes <= memory->bytes && memory->pages) return memory->pages;
  lw_pipe_memory_free_(memory);
  memory->bytes = bytes < SMALLEST ? SMALLEST : bytes;
  memory->pages = lw_pages_reserve(memory->bytes);
  if (!memory->pages) memory->bytes = 0;
  return memory->pages;
}

void lw_pipe_memory_free_(lw_pipe_memory *memory) {
  if (memory->pages) lw_pages_release(memory->pages, memory->bytes);
  *memory = (lw_pipe_memory){.pages = NULL};
}
