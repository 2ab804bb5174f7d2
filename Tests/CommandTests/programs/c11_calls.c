// Everything in C11's <threads.h> that waits, used rightly: in no order may a thread be stuck, or see what it must not.
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static mtx_t lock, again, timed;
static cnd_t changed;
static once_flag once = ONCE_FLAG_INIT;
static tss_t storage;
static atomic_flag spin = ATOMIC_FLAG_INIT;
static atomic_int given_back;
static int step, made, counted;

static void expect(int truth, int code) {
  if (!truth) _exit(code);
}

static void make(void) {
  free(malloc(32)); // others may run here
  made++;
}

static void give_back(void *memory) {
  free(memory);
  given_back++;
}

static int worker(void *context) {
  call_once(&once, make);
  expect(made == 1, 10);
  expect(tss_set(storage, malloc(16)) == thrd_success, 11);
  while (atomic_flag_test_and_set(&spin)) thrd_yield();
  int before = counted;
  free(malloc(48));
  counted = before + 1;
  atomic_flag_clear(&spin);
  expect(mtx_lock(&again) == thrd_success && mtx_lock(&again) == thrd_success, 12);
  expect(mtx_unlock(&again) == thrd_success && mtx_unlock(&again) == thrd_success, 13);
  expect(mtx_lock(&lock) == thrd_success, 14);
  while (step == 0) expect(cnd_wait(&changed, &lock) == thrd_success, 15);
  step++;
  expect(cnd_broadcast(&changed) == thrd_success, 16);
  expect(mtx_unlock(&lock) == thrd_success, 17);
  if (context) thrd_exit(-5);
  return 7;
}

static int detached(void *context) {
  mtx_lock(&lock);
  *(int *)context = 1;
  cnd_signal(&changed);
  mtx_unlock(&lock);
  return 0;
}

static struct timespec soon(void) {
  struct timespec until;
  expect(timespec_get(&until, TIME_UTC) == TIME_UTC, 20);
  until.tv_sec++;
  return until;
}

static void times(void) {
  struct timespec until = soon(), pause = {.tv_nsec = 1000000}, wrong = {.tv_nsec = -1};
  expect(thrd_sleep(&pause, NULL) == 0 && thrd_sleep(&wrong, NULL) < 0, 21);
  expect(mtx_lock(&lock) == thrd_success && mtx_trylock(&lock) == thrd_busy, 22);
  int result = thrd_success;
  while (result == thrd_success) result = cnd_timedwait(&changed, &lock, &until);
  expect(result == thrd_timedout && mtx_unlock(&lock) == thrd_success, 23);
  expect(mtx_trylock(&timed) == thrd_success && mtx_unlock(&timed) == thrd_success, 24);
}

static int holds_on(void *nothing) {
  (void)nothing;
  struct timespec until = soon();
  return mtx_timedlock(&timed, &until);
}

int main(void) {
  expect(mtx_init(&lock, mtx_plain) == thrd_success && mtx_init(&timed, mtx_timed) == thrd_success, 30);
  expect(mtx_init(&again, mtx_plain | mtx_recursive) == thrd_success && cnd_init(&changed) == thrd_success, 31);
  expect(tss_create(&storage, give_back) == thrd_success, 32);
  times();
  thrd_t threads[2], other;
  for (int i = 0; i < 2; i++) expect(thrd_create(&threads[i], worker, i == 0 ? &lock : NULL) == thrd_success, 33);
  mtx_lock(&lock);
  step = 1;
  cnd_broadcast(&changed);
  while (step != 3) cnd_wait(&changed, &lock);
  mtx_unlock(&lock);
  int result;
  expect(thrd_join(threads[0], &result) == thrd_success && result == -5, 34);
  expect(thrd_join(threads[1], &result) == thrd_success && result == 7, 35);
  expect(counted == 2 && given_back == 2, 36);
  mtx_lock(&timed);
  expect(thrd_create(&other, holds_on, NULL) == thrd_success, 37);
  expect(thrd_join(other, &result) == thrd_success && result == thrd_timedout, 38);
  mtx_unlock(&timed);
  int done = 0;
  expect(thrd_create(&other, detached, &done) == thrd_success && thrd_detach(other) == thrd_success, 39);
  mtx_lock(&lock);
  while (!done) cnd_wait(&changed, &lock);
  mtx_unlock(&lock);
  return 0;
}
