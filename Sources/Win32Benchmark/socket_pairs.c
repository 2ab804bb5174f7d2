// The peer of pipes.c: the same over a socket pair. (Of sockets, <windows.h> has other declarations than the system.)
#include "benchmark.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE_BYTES = 64 };

typedef struct socket_ends {
  int fds[2];
  long rounds;
} socket_ends;

static void *answer_on_socket(void *context) {
  const socket_ends *ends = context;
  char message[MESSAGE_BYTES];
  for (long i = 0; i < ends->rounds; i++) {
    need(read(ends->fds[1], message, sizeof message) == sizeof message, "read");
    need(write(ends->fds[1], message, sizeof message) == sizeof message, "write");
  }
  return NULL;
}

double round_trips_by_socketpair(long rounds) {
  socket_ends ends = {.rounds = rounds + 1};
  pthread_t thread;
  need(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.fds) == 0, "socketpair");
  need(pthread_create(&thread, NULL, answer_on_socket, &ends) == 0, "pthread_create");
  char message[MESSAGE_BYTES] = {0};
  double start = 0;
  for (long i = 0; i <= rounds; i++) {
    if (i == 1) start = now_ns();
    need(write(ends.fds[0], message, sizeof message) == sizeof message, "write");
    need(read(ends.fds[0], message, sizeof message) == sizeof message, "read");
  }
  double ns = (now_ns() - start) / (double)rounds;
  pthread_join(thread, NULL);
  close(ends.fds[0]);
  close(ends.fds[1]);
  return ns;
}
