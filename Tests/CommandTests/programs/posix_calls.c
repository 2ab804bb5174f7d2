// Everything in POSIX threads that waits, used rightly: in no order may a thread be stuck, or see what it must not.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t readers = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t start;
static pthread_spinlock_t spin;
static sem_t items;
static int step, shared, made, serial;

static void expect(int truth, int code) {
  if (!truth) _exit(code);
}

static void make(void) {
  free(malloc(32)); // others may run here
  made++;
}

static void *worker(void *context) {
  pthread_once(&once, make);
  expect(made == 1, 10);
  int last = pthread_barrier_wait(&start);
  expect(last == 0 || last == PTHREAD_BARRIER_SERIAL_THREAD, 11);
  pthread_spin_lock(&spin);
  serial += last == PTHREAD_BARRIER_SERIAL_THREAD;
  pthread_spin_unlock(&spin);
  expect(sem_wait(&items) == 0, 12);
  pthread_rwlock_rdlock(&readers);
  int before = shared;
  free(malloc(48));
  expect(shared == before, 13);
  pthread_rwlock_unlock(&readers);
  pthread_mutex_lock(&lock);
  while (step == 0) pthread_cond_wait(&changed, &lock);
  step++;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  usleep(1000);
  if (context) pthread_exit(context);
  return "returned";
}

static void *detached(void *context) {
  sched_yield();
  sem_post(context);
  return NULL;
}

static void clocks(void) {
  struct timespec before, after, until;
  struct timeval day;
  clock_gettime(CLOCK_MONOTONIC, &before);
  struct timespec pause = {.tv_sec = 0, .tv_nsec = 20000000};
  nanosleep(&pause, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  expect((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >= 20000000, 20);
  gettimeofday(&day, NULL);
  expect(time(NULL) - day.tv_sec <= 1, 21);
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += until.tv_nsec < 900000000 ? 50000000 : 0;
  pthread_mutex_lock(&lock);
  int failed = 0;
  while (failed == 0) failed = pthread_cond_timedwait(&changed, &lock, &until);
  expect(failed == ETIMEDOUT, 22);
  pthread_mutex_unlock(&lock);
  sem_t none;
  sem_init(&none, 0, 0);
  expect(sem_timedwait(&none, &until) == -1 && errno == ETIMEDOUT, 23);
  pthread_mutexattr_t checked;
  pthread_mutexattr_init(&checked);
  pthread_mutexattr_settype(&checked, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_t own;
  pthread_mutex_init(&own, &checked);
  expect(pthread_mutex_lock(&own) == 0 && pthread_mutex_lock(&own) == EDEADLK, 24);
  expect(pthread_mutex_unlock(&own) == 0 && pthread_mutex_unlock(&own) == EPERM, 25);
}

int main(void) {
  pthread_t threads[2];
  pthread_barrier_init(&start, NULL, 2);
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  sem_init(&items, 0, 0);
  clocks();
  for (int i = 0; i < 2; i++) expect(pthread_create(&threads[i], NULL, worker, i == 0 ? "left" : NULL) == 0, 30);
  sem_post(&items);
  pthread_rwlock_wrlock(&readers);
  shared = 1;
  free(malloc(64));
  shared = 2;
  pthread_rwlock_unlock(&readers);
  sem_post(&items);
  pthread_mutex_lock(&lock);
  step = 1;
  pthread_cond_broadcast(&changed);
  while (step != 3) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
  void *result;
  expect(pthread_join(threads[0], &result) == 0 && strcmp(result, "left") == 0, 31);
  expect(pthread_join(threads[1], &result) == 0 && strcmp(result, "returned") == 0, 32);
  expect(serial == 1, 33);
  sem_t done;
  sem_init(&done, 0, 0);
  pthread_t gone;
  expect(pthread_create(&gone, NULL, detached, &done) == 0 && pthread_detach(gone) == 0, 34);
  expect(sem_wait(&done) == 0, 35);
  pthread_barrier_destroy(&start);
  return 0;
}
