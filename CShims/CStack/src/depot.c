// The depot: every different stack is kept once, in one bounded region that is reserved as a whole and filled from its
// start. A stack's number is the place of its first word. Stacks are found through a table of chains; nothing is ever
// removed, so a chain only grows at its head and a reader needs no protection.
#include <sys/mman.h>

#include "stack.h"

enum { OS_PAGE_BYTES = 4096, DEFAULT_WORDS = 4 << 20, WORDS_PER_BUCKET = 16, FIRST_WORD = 1 };
/// A stack in the depot: its head, its hash, its frames.
enum { HEAD = 0, HASH = 1, FRAMES = LW_STACK_FRAMES_AT };
enum { COUNT_SHIFT = LW_STACK_COUNT_SHIFT, EXACT_SHIFT = LW_STACK_EXACT_SHIFT };

typedef struct depot {
  uint64_t capacity; ///< in words
  uint64_t bucket_mask;
  _Atomic uint64_t used; ///< words, from the start
  _Atomic uint64_t stacks;
  _Atomic uint32_t *buckets;
  _Atomic uint64_t *words;
} depot;

/// Stacks that the calling thread captured before. A thread captures few different ones, again and again: comparing one
/// of them with a new trace is quicker than the hash that finds it among all. A number here is a guess, never more.
enum { GUESS_BITS = 6 };
static _Thread_local _Atomic lw_stack_id guesses[1 << GUESS_BITS];

static _Atomic(depot *) the_depot;
_Atomic(_Atomic uint64_t *) lw_stack_words_;
/// The capacity of the depot to be, in words; SEALED from the first capture on.
static const uint64_t SEALED = 1ull << 63;
static _Atomic uint64_t limit = DEFAULT_WORDS;
static _Atomic uint64_t lost;
static _Atomic bool loss_said;

static uint64_t clipped(uint64_t words) {
  const uint64_t most = UINT32_MAX - 1; // Numbers have 32 bits and the last one is LW_STACK_LOST.
  return words < FIRST_WORD ? FIRST_WORD : words > most ? most : words;
}

bool lw_stack_depot_limit(uint64_t words) {
  uint64_t before = atomic_load(&limit);
  do
    if (before & SEALED) return false;
  while (!atomic_compare_exchange_weak(&limit, &before, clipped(words)));
  return true;
}

/// Makes the depot at the first capture. Two threads may try; one of the two regions is kept.
static depot *_Nullable depot_make(void) {
  uint64_t capacity = atomic_fetch_or(&limit, SEALED) & ~SEALED;
  uint64_t buckets = 1;
  while (buckets < capacity / WORDS_PER_BUCKET) buckets *= 2;
  size_t bytes = OS_PAGE_BYTES + buckets * sizeof(uint32_t) + sizeof(uint64_t) + capacity * sizeof(uint64_t);
  char *region = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) return NULL;
  depot *made = (depot *)region;
  made->capacity = capacity;
  made->bucket_mask = buckets - 1;
  atomic_store(&made->used, FIRST_WORD);
  made->words = (_Atomic uint64_t *)(region + OS_PAGE_BYTES);
  made->buckets = (_Atomic uint32_t *)(made->words + capacity);
  depot *other = NULL;
  if (atomic_compare_exchange_strong(&the_depot, &other, made)) {
    atomic_store(&lw_stack_words_, made->words);
    return made;
  }
  munmap(region, bytes);
  return other;
}

static depot *_Nullable depot_get(void) {
  // acquire: the depot's fields were stored before its address.
  depot *d = atomic_load_explicit(&the_depot, memory_order_acquire);
  return __builtin_expect(d != NULL, 1) ? d : depot_make();
}

static uint64_t hash_of(const lw_stack_trace *trace) {
  uint64_t h = trace->count + ((uint64_t)trace->first_is_exact << 8);
  for (uint32_t i = 0; i < trace->count; i++) {
    h = (h ^ trace->frames[i]) * 0x9E3779B97F4A7C15;
    h ^= h >> 32;
  }
  return h;
}

/// A word of a stack that has been reached through a chain or a number.
static uint64_t word(depot *d, uint64_t at) {
  // relaxed: the words of a stack are stored before its head is released, and the head is read with acquire.
  return atomic_load_explicit(&d->words[at], memory_order_relaxed);
}

/// acquire: pairs with the release of the head in `publish`; the stack's other words are then visible, whichever way
/// the number has come.
static uint64_t head_of(depot *d, lw_stack_id id) {
  return atomic_load_explicit(&d->words[id + HEAD], memory_order_acquire);
}

static uint64_t head_without_next(const lw_stack_trace *trace) {
  return (uint64_t)trace->count << COUNT_SHIFT | (uint64_t)trace->first_is_exact << EXACT_SHIFT;
}

/// Whether the stack with this number is the trace.
static inline bool is_equal(depot *d, lw_stack_id id, uint64_t head, const lw_stack_trace *trace) {
  if (head >> COUNT_SHIFT != head_without_next(trace) >> COUNT_SHIFT) return false;
  uint32_t i = 0;
  while (i < trace->count && word(d, id + FRAMES + i) == trace->frames[i]) i++;
  return i == trace->count;
}

/// Where the calling thread's guess for the trace is kept.
static inline _Atomic lw_stack_id *guess_for(const lw_stack_trace *trace) {
  // A sum does not wait for itself as a hash does. Stacks with the same sum take turns. No vectors: the frames have
  // just been stored one by one, and a load across two stores waits until both have left the processor.
  uint64_t sum = 0;
#pragma clang loop vectorize(disable)
  for (uint32_t i = 0; i < trace->count; i++) sum += trace->frames[i];
  return &guesses[sum * 0x9E3779B97F4A7C15 >> (64 - GUESS_BITS)];
}

/// Looks for the trace in the chain from `id` up to, but not including, `end`.
static lw_stack_id find(depot *d, lw_stack_id id, lw_stack_id end, uint64_t hash, const lw_stack_trace *trace) {
  while (id != end) {
    uint64_t head = head_of(d, id);
    if (word(d, id + HASH) == hash && is_equal(d, id, head, trace)) return id;
    id = (lw_stack_id)head;
  }
  return LW_STACK_NONE;
}

/// Claims words at the end of the used part; 0 when they do not fit.
static uint64_t claim(depot *d, uint64_t words) {
  uint64_t at = atomic_load(&d->used);
  do
    if (at + words > d->capacity) return 0;
  while (!atomic_compare_exchange_weak(&d->used, &at, at + words));
  return at;
}

/// Gives claimed words back, if nobody has claimed any behind them meanwhile; else they are wasted.
static void unclaim(depot *d, uint64_t at, uint64_t words) {
  uint64_t end = at + words;
  atomic_compare_exchange_strong(&d->used, &end, at);
}

static lw_stack_id lose(void) {
  atomic_fetch_add(&lost, 1);
  if (!atomic_exchange(&loss_said, true))
    lw_stack_say_("the depot of stacks is full: new stacks are lost from now on, known ones are still found");
  return LW_STACK_LOST;
}

/// Puts a new stack at the head of its chain, unless an equal one gets there first; then returns that one.
static lw_stack_id publish(depot *d, _Atomic uint32_t *bucket, lw_stack_id first, uint64_t hash,
                           const lw_stack_trace *trace) {
  uint64_t words = FRAMES + trace->count, at = claim(d, words);
  if (at == 0) return lose();
  // relaxed: released with the head below.
  atomic_store_explicit(&d->words[at + HASH], hash, memory_order_relaxed);
  for (uint32_t i = 0; i < trace->count; i++)
    atomic_store_explicit(&d->words[at + FRAMES + i], trace->frames[i], memory_order_relaxed);
  for (;;) {
    // release: the words above come before the head that makes them findable by number.
    atomic_store_explicit(&d->words[at + HEAD], head_without_next(trace) | first, memory_order_release);
    lw_stack_id seen = first;
    if (atomic_compare_exchange_strong(bucket, &seen, (lw_stack_id)at)) {
      atomic_fetch_add(&d->stacks, 1);
      return (lw_stack_id)at;
    }
    lw_stack_id equal = find(d, seen, first, hash, trace);
    if (equal != LW_STACK_NONE) {
      unclaim(d, at, words);
      return equal;
    }
    first = seen;
  }
}

static __attribute__((noinline)) lw_stack_id intern_by_hash(depot *d, const lw_stack_trace *trace) {
  uint64_t hash = hash_of(trace);
  _Atomic uint32_t *bucket = &d->buckets[hash & d->bucket_mask];
  // acquire: what the chain's first stack links to was complete before it.
  lw_stack_id first = atomic_load_explicit(bucket, memory_order_acquire);
  lw_stack_id found = find(d, first, LW_STACK_NONE, hash, trace);
  return found != LW_STACK_NONE ? found : publish(d, bucket, first, hash, trace);
}

lw_stack_id lw_stack_intern_(const lw_stack_trace *trace) {
  if (trace->count == 0) return LW_STACK_NONE;
  depot *d = depot_get();
  if (!d) return lose();
  _Atomic lw_stack_id *guess = guess_for(trace);
  // relaxed: only this thread and its handlers store here, and each number was complete before.
  lw_stack_id id = atomic_load_explicit(guess, memory_order_relaxed);
  if (__builtin_expect(id != LW_STACK_NONE && is_equal(d, id, head_of(d, id), trace), 1)) return id;
  id = intern_by_hash(d, trace);
  // relaxed: as above.
  if (id != LW_STACK_LOST) atomic_store_explicit(guess, id, memory_order_relaxed);
  return id;
}

size_t lw_stack_frames(lw_stack_id id, uint64_t *out, size_t limit_of_out) {
  depot *d = atomic_load(&the_depot);
  if (!d || id < FIRST_WORD || id >= atomic_load(&d->used)) return 0;
  uint64_t count = head_of(d, id) >> COUNT_SHIFT & 0xFF;
  if (count > LW_STACK_FRAMES_MAX || id + FRAMES + count > d->capacity) return 0; // Not a number that was given out.
  if (count > limit_of_out) count = limit_of_out;
  for (uint64_t i = 0; i < count; i++) out[i] = word(d, id + FRAMES + i);
  return count;
}

bool lw_stack_first_is_exact(lw_stack_id id) {
  depot *d = atomic_load(&the_depot);
  if (!d || id < FIRST_WORD || id >= atomic_load(&d->used)) return false;
  return head_of(d, id) >> EXACT_SHIFT & 1;
}

lw_stack_depot_state lw_stack_depot(void) {
  depot *d = atomic_load(&the_depot);
  return (lw_stack_depot_state){
      .stacks = d ? atomic_load(&d->stacks) : 0,
      .words_used = d ? atomic_load(&d->used) : 0,
      .words_capacity = atomic_load(&limit) & ~SEALED,
      .lost = atomic_load(&lost),
  };
}
