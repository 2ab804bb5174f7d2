// How soon the late write of cancel-wait is reported, by what watches the program: the scenario of the same name in C,
// free running with the same delays, on the state before the fix. tools/bench builds it twice by tools/cc: as it is,
// where a finding of Latewrite ends it, and with -fsanitize=thread -DLW_PLAIN_STORES, where ThreadSanitizer's first
// report does (the relaxed atomics of the other build are no race for it).
//
// Arguments: seed, waits in flight, seconds to try. Prints "executions milliseconds", or "none executions
// milliseconds".
#include <stdio.h>
#include <stdlib.h>

#include "lw_overlapped.h"

enum { WAITS_MAX = 64, ROUNDS = 4, OPERATIONS_MAX = WAITS_MAX * ROUNDS };

/// One wait, and what is to become of it.
typedef struct operation {
  HANDLE event;
  HANDLE wait;
  OVERLAPPED *overlapped; ///< NULL when it has not begun or has ended
  unsigned kind;          ///< of eight: 0 to 2 are cancelled and signalled, 3 is only cancelled, the others signalled
} operation;

static operation operations[OPERATIONS_MAX];
static unsigned waits, executions;
static _Atomic unsigned started;
static lw_thread_number signaler_number;
static lw_time begun;
static lw_arena *arena;
static lw_scope *scope;
static HANDLE port;
static uint64_t stream;

static uint64_t draw(void) {
  stream += 0x9E3779B97F4A7C15u;
  uint64_t mixed = (stream ^ (stream >> 30)) * 0xBF58476D1CE4E5B9u;
  return mixed ^ (mixed >> 29);
}

_Noreturn static void end(const char *prefix) {
  printf("%s%u %.3f\n", prefix, executions, (double)(lw_clock_now() - begun) / 1e6);
  fflush(stdout);
  _Exit(0);
}

/// ThreadSanitizer calls it with each report.
void __tsan_on_report(void *report);
void __tsan_on_report(void *report) {
  (void)report;
  end("");
}

static void signal_all(void *nothing) {
  (void)nothing;
  for (unsigned i = 0; i < waits * ROUNDS; i++) {
    while (atomic_load(&started) <= i) lw_park(&started, LW_NEVER);
    if (operations[i].kind != 3) SetEvent(operations[i].event);
  }
}

static void start(operation *next, uint64_t ticket) {
  next->kind = (unsigned)(draw() % 8);
  next->overlapped = lw_overlapped_create(arena);
  if (!next->overlapped ||
      !lw_register_wait_with_queue(next->event, port, next->overlapped, INFINITE, ticket, &next->wait))
    lw_fatal("a wait could not be registered");
}

/// Gives the memory back as CPython did, whatever is still under way.
static void finish(operation *ended) {
  UnregisterWait(ended->wait);
  lw_overlapped_free(arena, ended->overlapped);
  ended->overlapped = NULL;
}

/// Takes a packet if there is one (or waits for one), and ends the wait that its address names. True: one was named.
static bool take_packet(DWORD ms) {
  lw_packet packet;
  if (!lw_get_packet(port, &packet, ms)) return false;
  for (unsigned i = 0; i < waits * ROUNDS; i++) {
    if (!operations[i].overlapped || operations[i].overlapped != packet.overlapped) continue;
    lw_incarnation own = lw_block_at(packet.overlapped).incarnation;
    lw_packet_completed(&packet, own, i + 1);
    finish(&operations[i]);
    return true;
  }
  lw_packet_unexpected(&packet);
  return false;
}

static void execute(void) {
  unsigned count = waits * ROUNDS, next = 0, in_flight = 0;
  atomic_store(&started, 0);
  for (unsigned i = 0; i < count; i++) ResetEvent(operations[i].event);
  lw_thread *signaler = lw_thread_create("signaler", signal_all, NULL);
  if (!signaler) lw_fatal("the system has no thread left");
  signaler_number = lw_thread_number_of(signaler);
  while (next < count || in_flight > 0) {
    for (; next < count && in_flight < waits; next++, in_flight++) start(&operations[next], next + 1);
    atomic_store(&started, next);
    lw_unpark(signaler_number);
    bool cancels = false;
    for (unsigned i = 0; i < next; i++) {
      if (!operations[i].overlapped || operations[i].kind > 3) continue;
      cancels = true;
      if (draw() % 4 != 0) continue;
      finish(&operations[i]);
      in_flight--;
    }
    if (in_flight > 0 && take_packet(cancels ? 0 : INFINITE)) in_flight--;
  }
  lw_thread_join(signaler);
  while (take_packet(0)) continue;
}

int main(int count, char **arguments) {
  if (count != 4) return 64;
  uint64_t seed = strtoull(arguments[1], NULL, 10);
  waits = (unsigned)atoi(arguments[2]);
  lw_time longest = (lw_time)atoi(arguments[3]) * 1000000000u;
  if (waits == 0 || waits > WAITS_MAX) return 64;
  scope = lw_scope_create(&(lw_scope_config){.quiet = true, .record_capacity = 16});
  lw_arena_config config = lw_arena_config_default();
  config.scope = scope;
  config.reuse = LW_REUSE_IMMEDIATE;
  lw_status status;
  lw_arena *opened = lw_arena_open(&config, &status);
  if (!opened) lw_fatal(lw_status_sentence(status));
  arena = opened;
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  for (unsigned i = 0; i < waits * ROUNDS; i++) operations[i].event = CreateEventA(NULL, FALSE, FALSE, NULL);
  for (begun = lw_clock_now(); lw_clock_now() - begun < longest;) {
    stream = seed * 1000003 + executions++;
    lw_noise_start(
        &(lw_noise){.seed = stream, .one_in = 64, .spin_ns_max = 30000, .long_one_in = 64, .long_ns_max = 1000000});
    execute();
    if (lw_scope_count(scope, 2) + lw_scope_count(scope, 3) > 0) end("");
  }
  end("none ");
}
