// What an instrumented block costs: allocate + free of 256-byte blocks with 1,000 live, against malloc in the same
// loop. Built twice by tools/bench: with the arena (peer: glibc), and with LW_PEER_ONLY under AddressSanitizer (peer:
// ASan's). Prints "name threads ns" lines.
//
// The machine is shared, so the best of many rounds counts, and the time that a thread itself ran: others may interrupt
// it. A round is long enough for what allocators do now and then: AddressSanitizer takes 25 MB at once out of its
// quarantine, every 100,000 pairs, and the best of shorter rounds would be one without that. Two threads count only
// where they ran side by side. Series of rounds are interleaved, each with threads of its own.
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef LW_PEER_ONLY
#include "lw_arena.h"
#endif

enum {
  BLOCK_BYTES = 256,
  LIVE = 1000,
  SERIES = 7,
  SERIES_MAX = 70,
  ROUNDS = 8,
  PAIRS = 204800,
  THREADS_MAX = 2,
  PATIENCE_NS = 100000
};
/// Of the longer of two rounds: as much must lie in the other one too. Of each: as much must the thread have run.
static const double side_by_side_min = 0.9;

static double clock_ns(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}
static double now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
static double ran_ns(void) { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

typedef struct round_time {
  double start;
  double end;
  double ran; ///< of the time between, what the thread had a processor for
} round_time;

/// The threads of a series: where they meet, and what each measured.
static pthread_barrier_t meeting;
static atomic_uint arrived;
static unsigned threads_now;
static round_time times[ROUNDS][THREADS_MAX];

/// Lets the threads of a series start at the same moment: each leaves when all are awake, or after a while, in which
/// case the round will not count.
static void start_together(int round) {
  pthread_barrier_wait(&meeting);
  atomic_fetch_add(&arrived, 1);
  double patience_ends = now_ns() + PATIENCE_NS;
  while (atomic_load(&arrived) < threads_now * (unsigned)(round + 1) && now_ns() < patience_ends) continue;
}

/// The same loop for every allocator: replace one of the live blocks, in an order that is neither first nor last in.
#define DEFINE_SERIES(name, ALLOCATE, FREE, EACH)                                                                      \
  static void *name(void *context) {                                                                                   \
    size_t self = *(const size_t *)context;                                                                            \
    void *live[LIVE];                                                                                                  \
    for (int i = 0; i < LIVE; i++) live[i] = ALLOCATE;                                                                 \
    for (int round = 0; round < ROUNDS; round++) {                                                                     \
      start_together(round);                                                                                           \
      double ran = ran_ns();                                                                                           \
      times[round][self].start = now_ns();                                                                             \
      for (long i = 0; i < PAIRS; i++) {                                                                               \
        long at = (i * 617) % LIVE;                                                                                    \
        FREE(live[at]);                                                                                                \
        live[at] = ALLOCATE;                                                                                           \
        if (!live[at]) abort();                                                                                        \
        *(volatile long *)live[at] = i;                                                                                \
        EACH;                                                                                                          \
      }                                                                                                                \
      times[round][self].end = now_ns();                                                                               \
      times[round][self].ran = ran_ns() - ran;                                                                         \
    }                                                                                                                  \
    for (int i = 0; i < LIVE; i++) FREE(live[i]);                                                                      \
    return NULL;                                                                                                       \
  }

DEFINE_SERIES(malloc_series, malloc(BLOCK_BYTES), free, )

typedef struct subject {
  const char *name;
  void *(*series)(void *);
  bool traced;
  double best[THREADS_MAX + 1];
} subject;

#ifndef LW_PEER_ONLY
static lw_arena *bare, *full;

static void discard(void *context, const lw_event_record *events, size_t count) {
  (void)context, (void)events, (void)count;
}

/// Empties the rings as a run's drainer does, so that events are stored and not merely counted as lost.
static inline void drain_sometimes(long pair) {
  static atomic_flag draining = ATOMIC_FLAG_INIT;
  if (pair % 4096 != 0 || atomic_flag_test_and_set(&draining)) return;
  lw_trace_drain(discard, NULL);
  atomic_flag_clear(&draining);
}

#define BARE_FREE(block) lw_free(bare, block)
#define FULL_FREE(block) lw_free(full, block)
DEFINE_SERIES(bare_series, lw_alloc(bare, BLOCK_BYTES, 0, false), BARE_FREE, )
DEFINE_SERIES(full_series, lw_alloc(full, BLOCK_BYTES, 0, false), FULL_FREE, drain_sometimes(i))

static lw_arena *open_arena(const char *name, lw_stack_method stacks) {
  lw_arena_config config = lw_arena_config_default();
  config.name = name;
  config.stacks = stacks;
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  if (!arena) {
    fprintf(stderr, "allocate-benchmark: %s\n", lw_status_sentence(status));
    exit(70);
  }
  return arena;
}
#endif

/// The nanoseconds of a pair in one round, of the slower thread; 0 when the threads did not run side by side.
static double pair_ns(const round_time *round, unsigned threads) {
  double first = round[0].start, last = round[0].end, shared_start = first, shared_end = last, ran = round[0].ran;
  bool interrupted = false;
  for (unsigned i = 0; i < threads; i++) {
    if (round[i].start < first) first = round[i].start;
    if (round[i].start > shared_start) shared_start = round[i].start;
    if (round[i].end > last) last = round[i].end;
    if (round[i].end < shared_end) shared_end = round[i].end;
    if (round[i].ran > ran) ran = round[i].ran;
    interrupted |= round[i].ran < side_by_side_min * (round[i].end - round[i].start);
  }
  bool alone = shared_end - shared_start < side_by_side_min * (last - first);
  return threads > 1 && (alone || interrupted) ? 0 : ran / PAIRS;
}

static void run_series(subject *subject, unsigned threads) {
  pthread_t thread[THREADS_MAX];
  static const size_t numbers[THREADS_MAX] = {0, 1};
  threads_now = threads;
  atomic_store(&arrived, 0);
  pthread_barrier_init(&meeting, NULL, threads);
  for (unsigned i = 0; i < threads; i++) pthread_create(&thread[i], NULL, subject->series, (void *)&numbers[i]);
  for (unsigned i = 0; i < threads; i++) pthread_join(thread[i], NULL);
  pthread_barrier_destroy(&meeting);
  double *best = &subject->best[threads];
  for (int round = 0; round < ROUNDS; round++) {
    double elapsed = pair_ns(times[round], threads);
    if (elapsed != 0 && (*best == 0 || elapsed < *best)) *best = elapsed;
  }
}

/// Whether some threads have not run side by side yet: who shares the machine may be at work for a while.
static bool lacks_figures(const subject *subjects, size_t count) {
  for (size_t i = 0; i < count; i++)
    for (int threads = 1; threads <= THREADS_MAX; threads++)
      if (subjects[i].best[threads] == 0) return true;
  return false;
}

int main(void) {
  subject subjects[] = {
      {.name = "malloc", .series = malloc_series},
#ifndef LW_PEER_ONLY
      {.name = "arena", .series = bare_series},
      {.name = "arena+stacks+trace", .series = full_series, .traced = true},
#endif
  };
  const size_t count = sizeof subjects / sizeof *subjects;
#ifndef LW_PEER_ONLY
  bare = open_arena("bare", LW_STACKS_OFF);
  full = open_arena("full", LW_STACKS_FRAME_POINTERS);
#endif
  for (int series = 0; series < SERIES || (series < SERIES_MAX && lacks_figures(subjects, count)); series++) {
    for (size_t i = 0; i < count; i++) {
#ifndef LW_PEER_ONLY
      if (subjects[i].traced && !lw_trace_start(1u << 17)) return 70;
#endif
      for (unsigned threads = 1; threads <= THREADS_MAX; threads++) run_series(&subjects[i], threads);
      // The first series warms up and does not count.
      if (series == 0) memset(subjects[i].best, 0, sizeof subjects[i].best);
#ifndef LW_PEER_ONLY
      if (subjects[i].traced) lw_trace_stop();
#endif
    }
  }
  for (size_t i = 0; i < count; i++) {
    for (int threads = 1; threads <= THREADS_MAX; threads++) {
      if (subjects[i].best[threads] == 0) {
        fprintf(stderr,
                "allocate-benchmark: %d threads never ran side by side: stop what else runs here and try again\n",
                threads);
        return 70;
      }
      printf("%s %d %.1f\n", subjects[i].name, threads, subjects[i].best[threads]);
    }
  }
  return 0;
}
