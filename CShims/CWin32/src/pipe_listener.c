// Listening for other processes, and their first words.
#include "pipe_listener.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "family.h"
#include "family_sockets.h"
#include "joint_pipes.h"
#include "namedpipeapi.h"
#include "pipe_service.h"
#include "pipe_wire.h"

struct lw_pipe_listener {
  int fd;
  lw_watch *_Nullable watch;
};

static lw_pool pool = LW_POOL(lw_pipe_listener);

/// The address of a name and a process in this family, and its length.
static socklen_t address_of(const char *folded, uint32_t place, struct sockaddr_un *address) {
  uint64_t hash = 14695981039346656037u; // FNV-1a; the name itself follows in the first message
  for (const char *at = folded; *at; at++) hash = (hash ^ (uint8_t)*at) * 1099511628211u;
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  int length = snprintf(address->sun_path + 1, sizeof address->sun_path - 1, "latewrite-pipe-%016llx-%016llx-%u",
                        (unsigned long long)lw_family_(), (unsigned long long)hash, place);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

// --------------------------------------------------------------------------------------------------------- first words

/// The name that follows a first message; false when it is none.
static bool receive_name(int fd, const lw_pipe_message *message, char folded[LW_PIPE_NAME_BYTES], uint32_t *bucket) {
  char name[LW_PIPE_NAME_BYTES];
  if (message->bytes == 0 || message->bytes > sizeof name || !lw_pipe_receive_(fd, name, message->bytes)) return false;
  return name[message->bytes - 1] == 0 && lw_pipe_fold_(name, folded, bucket);
}

static void open_for(int fd, lw_pipe_message *message, const char *folded, uint32_t bucket) {
  DWORD error = ERROR_SUCCESS;
  struct ucred other = {0};
  socklen_t length = sizeof other;
  getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &other, &length);
  lw_pipe_client opener = {.rights = message->access, .overlapped = true, .process = (DWORD)other.pid};
  lw_pipe_end *end = lw_pipe_open_end_(folded, bucket, &opener, &error);
  lw_pipe_message answer = {.kind = LW_PIPE_ANSWER, .status = end ? ERROR_SUCCESS : error};
  if (!end) {
    lw_pipe_send_(fd, &answer, NULL);
    close(fd);
    return;
  }
  lw_object_hold_open_(&end->file.object);
  if (lw_pipe_send_(fd, &answer, NULL) && lw_pipe_serve_(fd, &end->file, NULL, NULL)) return;
  lw_object_let_close_(&end->file.object);
  close(fd);
}

/// In a thread of its own: hears what a process wants, and serves it.
static void greet(void *context) {
  int fd = (int)(intptr_t)context;
  char folded[LW_PIPE_NAME_BYTES];
  uint32_t bucket;
  lw_pipe_message message;
  bool heard = lw_pipe_receive_(fd, &message, sizeof message) && receive_name(fd, &message, folded, &bucket);
  if (heard && message.kind == LW_PIPE_OPEN) {
    open_for(fd, &message, folded, bucket);
    return;
  }
  close(fd);
}

/// On the poller's thread: somebody has come.
static void accept_all(void *context) {
  lw_pipe_listener *self = context;
  int fd;
  while ((fd = accept4(self->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
    lw_thread *thread =
        lw_family_is_same_user_(fd) ? lw_thread_create("lw-pipe-server", greet, (void *)(intptr_t)fd) : NULL;
    if (thread)
      lw_thread_detach(thread);
    else
      close(fd);
  }
  // Set before the watch was armed for the first time, or by this very watch.
  lw_watch_arm(self->watch, LW_READABLE);
}

// ----------------------------------------------------------------------------------------------------------- listening

void lw_pipe_listener_open_(const char *folded, lw_pipe_listener **listener) {
  struct sockaddr_un address;
  socklen_t length = address_of(folded, lw_joint_own_place_(), &address);
  *listener = NULL;
  int fd = lw_family_listen_(&address, length);
  if (fd < 0) return;
  lw_pipe_listener *made = lw_pool_take(&pool);
  if (made) {
    made->fd = fd;
    made->watch = lw_watch_open(fd, accept_all, made);
  }
  if (made && made->watch) {
    lw_watch_arm(made->watch, LW_READABLE);
    *listener = made;
    return;
  }
  if (made) lw_pool_give(&pool, made);
  close(fd);
}

void lw_pipe_listener_end_(lw_pipe_listener *listener) {
  lw_watch_end(listener->watch);
  close(listener->fd);
  lw_pool_give(&pool, listener);
}

int lw_pipe_listener_find_(const char *folded, uint32_t place) {
  struct sockaddr_un address;
  socklen_t length = address_of(folded, place, &address);
  int fd = lw_family_() ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
  if (fd < 0) return -1;
  if (connect(fd, (const struct sockaddr *)&address, length) == 0 && lw_family_is_same_user_(fd)) return fd;
  close(fd);
  return -1;
}
