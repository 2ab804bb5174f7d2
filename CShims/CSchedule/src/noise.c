// Seeded delays and choices. Every thread has two streams, one for delays and one for choices, each derived from a seed
// and the thread's name: how many points a thread passes depends on timing (contended locks are points), so delays must
// not eat the numbers that choices are made from. A restart is an epoch: threads notice that it has changed and derive
// their streams anew, so an execution repeats its decisions whatever ran before it in the same process.
#include <string.h>

#include "schedule.h"

/// One stream of numbers (splitmix64: one word of state, any seed is a good one).
typedef struct stream {
  uint32_t epoch; ///< of the seed it was derived from; 0 when it was never derived
  uint64_t state;
} stream;

/// A seed as threads look it up: the epoch is raised after the rest has been stored.
typedef struct seed_cell {
  _Atomic uint32_t epoch;
  _Atomic uint64_t seed;
} seed_cell;

enum { RARER_ELSEWHERE = 8 };

static lw_lock settings_lock;
static seed_cell delay_seed, choice_seed = {.epoch = 1};
static _Atomic uint32_t one_in, spin_ns_max, long_one_in, long_ns_max;

static _Thread_local stream delays, choices;

/// Counters per thread number, each in a cache line of its own; a number's next owner goes on counting.
static struct {
  _Alignas(64) _Atomic uint64_t points;
  _Atomic uint64_t delays;
} totals[LW_THREAD_MAX];

static uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

static uint64_t stream_next(stream *s) { return mix(s->state += 0x9E3779B97F4A7C15); }

/// A number below `bound`, or 0 when `bound` is 0. The bias of the multiplication is below 2^-32.
static uint32_t stream_below(stream *s, uint32_t bound) {
  return (uint32_t)(((stream_next(s) >> 32) * (uint64_t)bound) >> 32);
}

/// Derives `s` from the cell's seed and the calling thread's name if the cell has a new epoch.
static void stream_refresh(stream *s, seed_cell *cell) {
  // acquire: pairs with the release in `seed_publish`; the seed (and the settings stored before it) belong to the
  // epoch.
  uint32_t epoch = atomic_load_explicit(&cell->epoch, memory_order_acquire);
  if (__builtin_expect(s->epoch == epoch, 1)) return;
  union {
    char text[LW_THREAD_NAME_BYTES];
    uint64_t words[2];
  } name = {.words = {0, 0}};
  lw_thread_name(lw_thread_self(), name.text);
  // relaxed: ordered by the epoch above. A restart that comes in between raises the epoch again.
  uint64_t seed = atomic_load_explicit(&cell->seed, memory_order_relaxed);
  s->state = mix(mix(mix(seed) ^ name.words[0]) ^ name.words[1]);
  s->epoch = epoch;
}

static void seed_publish(seed_cell *cell, uint64_t seed) LW_REQUIRES(settings_lock) {
  // relaxed: only writers under the lock raise the epoch, and the release below orders the seed before it.
  uint32_t epoch = atomic_load_explicit(&cell->epoch, memory_order_relaxed) + 1;
  atomic_store_explicit(&cell->seed, seed, memory_order_relaxed);
  atomic_store_explicit(&cell->epoch, epoch == 0 ? 1 : epoch, memory_order_release);
}

void lw_noise_start(const lw_noise *noise) {
  lw_lock_acquire(&settings_lock);
  // relaxed, all four: `seed_publish` releases them with the epoch; until a thread sees it, old settings are as good.
  atomic_store_explicit(&one_in, noise->one_in, memory_order_relaxed);
  atomic_store_explicit(&spin_ns_max, noise->spin_ns_max, memory_order_relaxed);
  atomic_store_explicit(&long_one_in, noise->long_one_in, memory_order_relaxed);
  atomic_store_explicit(&long_ns_max, noise->long_ns_max, memory_order_relaxed);
  seed_publish(&delay_seed, noise->seed);
  seed_publish(&choice_seed, noise->seed);
  if (noise->one_in != 0)
    atomic_fetch_or(&lw_points_armed_, LW_ARMED_NOISE);
  else
    atomic_fetch_and(&lw_points_armed_, ~(uint32_t)LW_ARMED_NOISE);
  lw_lock_release_quietly(&settings_lock);
}

void lw_noise_stop(void) { atomic_fetch_and(&lw_points_armed_, ~(uint32_t)LW_ARMED_NOISE); }

void lw_choices_seed(uint64_t seed) {
  lw_lock_acquire(&settings_lock);
  seed_publish(&choice_seed, seed);
  lw_lock_release_quietly(&settings_lock);
}

/// Adds one to a counter that only the calling thread writes, without the price of a locked instruction.
static void count(_Atomic uint64_t *counter) {
  // relaxed: a statistic, read while it changes.
  atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_relaxed);
}

void lw_noise_point_(lw_point_kind kind) {
  lw_thread_number self = lw_thread_self();
  count(&totals[self].points);
  stream_refresh(&delays, &delay_seed);
  // relaxed, here and below: see lw_noise_start. 0 is a stop that the caller has not seen yet.
  uint32_t rarity = atomic_load_explicit(&one_in, memory_order_relaxed);
  // As a random walk does: rarely where no life is touched.
  if (!lw_touches_a_life_(kind)) rarity *= RARER_ELSEWHERE;
  if (rarity == 0 || stream_below(&delays, rarity) != 0) return;
  count(&totals[self].delays);
  uint32_t long_rarity = atomic_load_explicit(&long_one_in, memory_order_relaxed);
  if (long_rarity != 0 && stream_below(&delays, long_rarity) == 0) {
    uint32_t bound = atomic_load_explicit(&long_ns_max, memory_order_relaxed);
    lw_sleep_until_(lw_clock_now() + stream_below(&delays, bound));
  } else {
    // relaxed: as above.
    uint32_t bound = atomic_load_explicit(&spin_ns_max, memory_order_relaxed);
    lw_spin_until_(lw_clock_now() + stream_below(&delays, bound));
  }
}

uint32_t lw_noise_choose_(uint32_t count_of_alternatives) {
  stream_refresh(&choices, &choice_seed);
  return stream_below(&choices, count_of_alternatives);
}

void lw_noise_forget_(void) {
  delays.epoch = 0;
  choices.epoch = 0;
}

void lw_spin_until_(lw_time deadline) {
  while (lw_clock_now() < deadline) __builtin_ia32_pause();
}

void lw_noise_totals(uint64_t *points, uint64_t *delays_made) {
  *points = *delays_made = 0;
  for (lw_thread_number n = 1; n <= lw_thread_highest(); n++) {
    // relaxed: the header promises an approximation while threads run.
    *points += atomic_load_explicit(&totals[n].points, memory_order_relaxed);
    *delays_made += atomic_load_explicit(&totals[n].delays, memory_order_relaxed);
  }
}
