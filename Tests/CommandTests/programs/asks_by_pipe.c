// Two threads ask and answer each other through pipes. With HANGS each reads first if the other was faster to begin;
// with FREES the one that has its answer frees what the other still writes to.
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int asked[2], answered[2];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int begun;

static int is_first(void) {
  pthread_mutex_lock(&lock);
  int first = begun++ == 0;
  pthread_mutex_unlock(&lock);
  return first;
}

static int take(int from) {
  char byte;
  return read(from, &byte, 1) == 1;
}

static void *answers(void *context) {
  int *note = context;
#ifdef HANGS
  if (is_first()) take(asked[0]);
  write(answered[1], "a", 1);
#else
  for (int i = 0; i < 2; i++)
    if (take(asked[0])) write(answered[1], "a", 1);
#ifdef FREES
  *note = 5;
#endif
#endif
  return note;
}

/// The same with sockets, a time-out and a child.
static int asks_otherwise(void) {
  int pair[2], status;
  char byte;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  pid_t child = fork();
  if (child == 0) {
    dup2(pair[1], STDOUT_FILENO);
    execlp("echo", "echo", NULL);
    _exit(1);
  }
  struct pollfd polled = {.fd = pair[0], .events = POLLIN};
  if (poll(&polled, 1, 20000) != 1 || recv(pair[0], &byte, 1, 0) != 1) return 5;
  return waitpid(child, &status, 0) == child && status == 0 ? 0 : 6;
}

int main(void) {
  pthread_t thread;
  int *note = calloc(1, sizeof *note);
  pipe(asked);
  pipe(answered);
  pthread_create(&thread, NULL, answers, note);
#ifdef HANGS
  if (is_first()) write(asked[1], "q", 1);
  take(answered[0]);
  write(asked[1], "q", 1);
  if (begun == 2) take(answered[0]);
#else
  for (int i = 0; i < 2; i++) {
    write(asked[1], "q", 1);
    if (!take(answered[0])) return 3;
  }
#endif
  free(note);
  pthread_join(thread, NULL);
#if !defined HANGS && !defined FREES
  return asks_otherwise();
#endif
  return 0;
}
