// A request is handed to a thread, the answer does not come in time, and the request is freed although the thread still
// writes into it: nothing but the C library. In the default order the answer comes in time.
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct request {
  int answer;
} request;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static int is_answered;

static void *answer(void *context) {
  request *asked = context;
  char *work = malloc(16);
  free(work);
  asked->answer = 42;
  pthread_mutex_lock(&lock);
  is_answered = 1;
  pthread_cond_signal(&answered);
  pthread_mutex_unlock(&lock);
  return context;
}

int main(void) {
  request *asked = calloc(1, sizeof *asked);
  pthread_t thread;
  if (pthread_create(&thread, NULL, answer, asked) != 0) return 3;
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 1;
  int failed = 0;
  pthread_mutex_lock(&lock);
  while (!is_answered && failed == 0) failed = pthread_cond_timedwait(&answered, &lock, &until);
  pthread_mutex_unlock(&lock);
  puts(failed == ETIMEDOUT ? "given up" : "answered");
  free(asked);
  void *result;
  if (pthread_join(thread, &result) != 0 || result != asked) return 4;
  return 0;
}
