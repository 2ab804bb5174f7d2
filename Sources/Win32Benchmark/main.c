// Runs the series of every subject in turn, on one processor and on all of them, and prints "name processors ns" lines
// with the best of each; tools/bench makes ratios of them. The machine is shared, so only the best says something, and
// subjects that are compared must have had the same chances.
#include "benchmark.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SERIES = 60, ROUNDS = 500 };

double now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

void need(bool good, const char *what) {
  if (good) return;
  fprintf(stderr, "win32-benchmark: %s failed: the system has no room for more\n", what);
  exit(70);
}

static const struct {
  const char *name;
  series measure;
} subjects[] = {
    {"packet.port", packets_by_port},
    {"packet.eventfd", packets_by_eventfd},
    {"packet.uv", packets_by_uv},
    {"wait.registered", waits_by_registration},
    {"wait.epoll", waits_by_epoll},
    {"pipe.pipe", round_trips_by_pipe},
    {"pipe.socketpair", round_trips_by_socketpair},
};
enum { COUNT = sizeof subjects / sizeof *subjects };

/// All threads of the process that are made from now on run on the first `processors` of those that it may use.
static void use_processors(const cpu_set_t *all, int processors) {
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  for (int cpu = 0; cpu < CPU_SETSIZE && processors > 0; cpu++) {
    if (!CPU_ISSET(cpu, all)) continue;
    CPU_SET(cpu, &chosen);
    processors--;
  }
  sched_setaffinity(0, sizeof chosen, &chosen);
}

int main(void) {
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  // One processor first: threads that exist already stay where they are.
  for (int processors = 1; processors <= 2 && processors <= CPU_COUNT(&all); processors++) {
    double best[COUNT] = {0};
    use_processors(&all, processors);
    for (int round = 0; round < SERIES; round++) {
      for (int i = 0; i < COUNT; i++) {
        double ns = subjects[i].measure(ROUNDS);
        if (best[i] == 0 || ns < best[i]) best[i] = ns;
      }
    }
    for (int i = 0; i < COUNT; i++)
      if (best[i] > 0) printf("%s %d %.1f\n", subjects[i].name, processors, best[i]);
  }
  return 0;
}
