// What an instrumented block costs: allocate + free of 256-byte blocks with 1,000 live, against malloc in the same
// loop. Built twice by tools/bench: with the arena (peer: glibc), and with LW_PEER_ONLY under AddressSanitizer (peer:
// ASan's). Runs are interleaved and the best of several counts, since the machine is shared. Prints "name threads ns"
// lines.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef LW_PEER_ONLY
#include "lw_arena.h"
#endif

enum { BLOCK_BYTES = 256, LIVE = 1000, ROUNDS = 9, THREADS_MAX = 2 };
static const long pairs_per_round = 400000;

static double now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/// The same loop for every allocator: replace one of the live blocks, in an order that is neither first nor last in.
#define DEFINE_LOOP(name, ALLOCATE, FREE, EACH)                                                                        \
  static void *name(void *context) {                                                                                   \
    (void)context;                                                                                                     \
    void *live[LIVE];                                                                                                  \
    for (int i = 0; i < LIVE; i++) live[i] = ALLOCATE;                                                                 \
    double start = now_ns();                                                                                           \
    for (long i = 0; i < pairs_per_round; i++) {                                                                       \
      long at = (i * 617) % LIVE;                                                                                      \
      FREE(live[at]);                                                                                                  \
      live[at] = ALLOCATE;                                                                                             \
      if (!live[at]) abort();                                                                                          \
      *(volatile long *)live[at] = i;                                                                                  \
      EACH;                                                                                                            \
    }                                                                                                                  \
    double *elapsed = malloc(sizeof *elapsed);                                                                         \
    *elapsed = (now_ns() - start) / (double)pairs_per_round;                                                           \
    for (int i = 0; i < LIVE; i++) FREE(live[i]);                                                                      \
    return elapsed;                                                                                                    \
  }

DEFINE_LOOP(malloc_loop, malloc(BLOCK_BYTES), free, )

typedef struct subject {
  const char *name;
  void *(*loop)(void *);
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
DEFINE_LOOP(bare_loop, lw_alloc(bare, BLOCK_BYTES, 0, false), BARE_FREE, )
DEFINE_LOOP(full_loop, lw_alloc(full, BLOCK_BYTES, 0, false), FULL_FREE, drain_sometimes(i))

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

static double slowest_of(void *(*loop)(void *), int threads) {
  pthread_t thread[THREADS_MAX];
  double slowest = 0;
  for (int i = 0; i < threads; i++) pthread_create(&thread[i], NULL, loop, NULL);
  for (int i = 0; i < threads; i++) {
    void *elapsed;
    pthread_join(thread[i], &elapsed);
    if (*(double *)elapsed > slowest) slowest = *(double *)elapsed;
    free(elapsed);
  }
  return slowest;
}

int main(void) {
  subject subjects[] = {
      {.name = "malloc", .loop = malloc_loop},
#ifndef LW_PEER_ONLY
      {.name = "arena", .loop = bare_loop},
      {.name = "arena+stacks+trace", .loop = full_loop},
#endif
  };
  const size_t count = sizeof subjects / sizeof *subjects;
#ifndef LW_PEER_ONLY
  bare = open_arena("bare", LW_STACKS_OFF);
  full = open_arena("full", LW_STACKS_FRAME_POINTERS);
#endif
  for (int round = 0; round < ROUNDS; round++) {
    for (size_t i = 0; i < count; i++) {
#ifndef LW_PEER_ONLY
      bool traced = subjects[i].loop == full_loop;
      if (traced && !lw_trace_start(1u << 17)) return 70;
#endif
      for (int threads = 1; threads <= THREADS_MAX; threads++) {
        double elapsed = slowest_of(subjects[i].loop, threads);
        double *best = &subjects[i].best[threads];
        // The first round warms up and does not count.
        if (round > 0 && (*best == 0 || elapsed < *best)) *best = elapsed;
      }
#ifndef LW_PEER_ONLY
      if (traced) lw_trace_stop();
#endif
    }
  }
  for (size_t i = 0; i < count; i++)
    for (int threads = 1; threads <= THREADS_MAX; threads++)
      printf("%s %d %.1f\n", subjects[i].name, threads, subjects[i].best[threads]);
  return 0;
}
