// Event rings: one per thread number, written by that thread alone and emptied by one drainer. A record is stored
// before the head that covers it is published; a full ring drops what comes and counts it. A ring is never unmapped,
// because somebody may be looking at it for a report at any time.
#include <errno.h>
#include <string.h>

#include "footprints.h"

enum {
  CAPACITY_MIN = 64,
  RECENT_SCAN_MAX = 65536,
  FETCH_AHEAD = 8,
  RECORD_WORDS = sizeof(lw_event_record) / sizeof(uint64_t)
};
_Static_assert(sizeof(lw_event_record) == 64, "a record is one cache line");

typedef struct ring {
  uint32_t capacity;
  _Atomic uint32_t writing; ///< the owner is inside; a signal handler that comes now counts its event as lost
  _Atomic uint64_t head;    ///< events ever written
  _Atomic uint64_t lost;
  _Alignas(64) _Atomic uint64_t tail; ///< events ever drained
  uint64_t lost_told;                 ///< of `lost`, by earlier drains
  _Alignas(64) lw_event_record records[];
} ring;

/// The capacity of rings that are made now, or 0 while nothing is recorded.
_Atomic uint32_t lw_trace_armed_;

/// Full rings drop their oldest event: nobody drains them.
static _Atomic bool keeps_newest;
static _Atomic(ring *) rings[LW_THREAD_MAX];
/// Events for which there was no memory, and those in rings of a former size that were replaced before a drain.
static _Atomic uint64_t lost_without_ring;

static size_t ring_bytes(uint32_t capacity) { return sizeof(ring) + (size_t)capacity * sizeof(lw_event_record); }

/// Gives thread `number` a ring of `capacity` in place of `old`. Returns NULL when there is no memory.
static ring *_Nullable ring_make(lw_thread_number number, ring *_Nullable old, uint32_t capacity) {
  ring *made = lw_pages_reserve(ring_bytes(capacity));
  if (!made) return NULL;
  made->capacity = capacity;
  if (!atomic_compare_exchange_strong(&rings[number], &old, made)) { // A signal handler on this thread was quicker.
    lw_pages_release(made, ring_bytes(capacity));
    return old;
  }
  if (old) {
    uint64_t undrained = atomic_load(&old->head) - atomic_load(&old->tail);
    atomic_fetch_add(&lost_without_ring, undrained + atomic_load(&old->lost) - old->lost_told);
  }
  return made;
}

static ring *_Nullable ring_of(lw_thread_number number, uint32_t capacity) {
  // relaxed: only the thread with this number stores here; a former owner of the number has ended before.
  ring *r = atomic_load_explicit(&rings[number], memory_order_relaxed);
  return __builtin_expect(r && r->capacity == capacity, 1) ? r : ring_make(number, r, capacity);
}

static void record_load(lw_event_record *to, lw_event_record *from) {
  uint64_t *target = (uint64_t *)to;
  _Atomic uint64_t *words = (_Atomic uint64_t *)from;
  // relaxed: the reader checks `head` again behind an acquire fence.
  for (size_t i = 0; i < RECORD_WORDS; i++) target[i] = atomic_load_explicit(&words[i], memory_order_relaxed);
}

static void ring_lose(ring *r) {
  // relaxed: a count. Locked, because a handler may come in between here too.
  atomic_fetch_add_explicit(&r->lost, 1, memory_order_relaxed);
}

/// What an event needs whose thread has no ring of this size, or is writing an event already. NULL: the event is lost.
/// Rare, and nothing for which the others shall save their registers.
static __attribute__((noinline, preserve_most)) ring *_Nullable ring_rarely(void) {
  lw_thread_number self = lw_thread_self();
  // relaxed: the capacity carries nothing with it; 0 is a stop that came in between.
  uint32_t capacity = atomic_load_explicit(&lw_trace_armed_, memory_order_relaxed);
  if (capacity == 0) return NULL;
  ring *r = ring_of(self, capacity);
  if (!r) {
    atomic_fetch_add(&lost_without_ring, 1);
    return NULL;
  }
  // relaxed: as in ring_open.
  if (atomic_load_explicit(&r->writing, memory_order_relaxed) == 0) return r;
  ring_lose(r);
  return NULL;
}

/// The calling thread's ring, if it can take an event. NULL: the event is lost.
static inline ring *_Nullable ring_open(void) {
  // The thread that was not adopted yet has number 0, which has no ring. relaxed, all: only this thread stores here,
  // and a handler runs on the same thread; the capacity carries nothing with it.
  ring *r = atomic_load_explicit(&rings[lw_thread_self_], memory_order_relaxed);
  bool ready = r && r->capacity == atomic_load_explicit(&lw_trace_armed_, memory_order_relaxed) &&
               atomic_load_explicit(&r->writing, memory_order_relaxed) == 0;
  return __builtin_expect(ready, 1) ? r : ring_rarely();
}

/// Stores a record word by word: `lw_trace_recent` reads records that are being overwritten, and notices it afterwards.
static inline void record_store(lw_event_record *to, const lw_event_record *from) {
  const uint64_t *source = (const uint64_t *)from;
  _Atomic uint64_t *words = (_Atomic uint64_t *)to;
  // relaxed: the release of `head` publishes the record.
  for (size_t i = 0; i < RECORD_WORDS; i++) atomic_store_explicit(&words[i], source[i], memory_order_relaxed);
}

/// Adds a record to the calling thread's own ring.
__attribute__((always_inline)) static inline void ring_push(ring *r, const lw_event_record *record) {
  // relaxed: `writing` and `head` are stored by this thread alone, and a handler runs on the same thread.
  atomic_store_explicit(&r->writing, 1, memory_order_relaxed);
  atomic_signal_fence(memory_order_seq_cst); // A handler that comes from here on leaves the head alone.
  uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
  // acquire: the drainer has read a record before it gives the place back by its release of `tail`.
  uint64_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
  bool full = head - tail == r->capacity;
  // relaxed, both: nobody drains such a ring, so its tail belongs to its owner too.
  bool drops_oldest = full && atomic_load_explicit(&keeps_newest, memory_order_relaxed);
  if (drops_oldest) atomic_store_explicit(&r->tail, tail + 1, memory_order_relaxed);
  if (__builtin_expect(full && !drops_oldest, 0)) {
    ring_lose(r);
  } else {
    // release: whoever sees a word of this record where it has taken the old one must also see the head that allowed it
    // (the acquire fence is in `scan`).
    atomic_thread_fence(memory_order_release);
    record_store(&r->records[head & (r->capacity - 1)], record);
    // A ring is longer than the near caches are large: the place of a later record is fetched before it is needed.
    __builtin_prefetch(&r->records[(head + FETCH_AHEAD) & (r->capacity - 1)], 1);
    // release: publishes the record to the drainer.
    atomic_store_explicit(&r->head, head + 1, memory_order_release);
  }
  // release: a handler that finds 0 finds the new head too.
  atomic_store_explicit(&r->writing, 0, memory_order_release);
}

/// Which block a member touches under control.
static inline void note_touch(lw_event_kind kind, uint32_t arena, uint64_t object) {
  if (!lw_member_self_ || arena == 0 || object == 0) return;
  // Packets look at the word of the block that they are about; everything else changes it.
  bool looks = kind >= LW_EVENT_POST;
  uint64_t slot = (uint64_t)arena << 24 | object >> 40;
  lw_footprints_touch_(lw_member_self_, (const void *)(uintptr_t)slot, looks ? LW_ACCESS_READ : LW_ACCESS_WRITE);
}

static struct {
  lw_event_record *_Nullable records;
  uint32_t most;
  _Atomic uint32_t *count;
} mirror;

void lw_trace_mirror_(lw_event_record *records, uint32_t most, _Atomic uint32_t *count) {
  mirror.records = records;
  mirror.most = most;
  mirror.count = count;
}

/// A whole program's event, where the command finds it whatever becomes of the program. Its thread is a member there.
LW_UNSEEN static void note_in_mirror(const lw_event_record *record) {
  uint32_t at = atomic_load(mirror.count);
  if (at == mirror.most) return;
  mirror.records[at] = *record;
  mirror.records[at].thread = lw_member_self_->index;
  atomic_store(mirror.count, at + 1);
}

static inline void record(uint64_t stamp, lw_event_kind kind, uint32_t arena, uint64_t object, uint64_t before,
                          uint64_t after, uint64_t operation, int64_t result) {
  ring *r = ring_open();
  if (__builtin_expect(!r, 0)) return;
  lw_clock_last_stamp_ = stamp;
  lw_event_record made = {.stamp = stamp,
                          .kind = (uint16_t)kind,
                          .thread = (uint16_t)lw_thread_self_,
                          .arena = arena,
                          .object = object,
                          .before = before,
                          .after = after,
                          .operation = operation,
                          .result = result};
  note_touch(kind, arena, object);
  if (lw_member_self_) made.step = lw_control_step_();
  if (lw_member_self_ && mirror.records) note_in_mirror(&made);
  ring_push(r, &made);
}

void lw_event_at_slow_(uint64_t stamp, lw_event_kind kind, uint32_t arena, uint64_t object, uint64_t before,
                       uint64_t after, uint64_t operation, int64_t result) {
  if (lw_trace_is_unrecorded())
    note_touch(kind, arena, object);
  else
    record(stamp, kind, arena, object, before, after, operation, result);
}

void lw_event_slow_(lw_event_kind kind, uint32_t arena, uint64_t object, uint64_t before, uint64_t after,
                    uint64_t operation, int64_t result) {
  if (lw_trace_is_unrecorded())
    note_touch(kind, arena, object);
  else
    record(lw_clock_stamp(), kind, arena, object, before, after, operation, result);
}

static bool start(uint32_t events_per_thread, bool newest) {
  if (events_per_thread > 1u << 31) {
    errno = ENOMEM;
    return false;
  }
  uint32_t capacity = CAPACITY_MIN;
  while (capacity < events_per_thread) capacity *= 2;
  if (!ring_of(lw_thread_self(), capacity)) return false;
  atomic_store(&keeps_newest, newest);
  atomic_store(&lw_trace_armed_, capacity);
  return true;
}

bool lw_trace_start(uint32_t events_per_thread) { return start(events_per_thread, false); }

bool lw_trace_start_newest(uint32_t events_per_thread) { return start(events_per_thread, true); }

void lw_trace_start_unrecorded(void) { atomic_store(&lw_trace_armed_, LW_TRACE_UNRECORDED); }

void lw_trace_stop(void) { atomic_store(&lw_trace_armed_, 0); }

uint64_t lw_trace_drain(void (*consume)(void *context, const lw_event_record *events, size_t count), void *context) {
  uint64_t lost = atomic_exchange(&lost_without_ring, 0);
  for (lw_thread_number n = 1; n <= lw_thread_highest(); n++) {
    ring *r = atomic_load(&rings[n]);
    if (!r) continue;
    // acquire: the records below the head are complete.
    uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
    // relaxed: only the drainer stores the tail.
    uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    while (tail != head) {
      uint64_t start = tail & (r->capacity - 1), room = r->capacity - start;
      uint64_t count = head - tail < room ? head - tail : room;
      consume(context, &r->records[start], count);
      tail += count;
    }
    // release: the records have been read before their places are given back.
    atomic_store_explicit(&r->tail, tail, memory_order_release);
    // relaxed: a loss that is not seen now is told by the next drain.
    uint64_t lost_here = atomic_load_explicit(&r->lost, memory_order_relaxed);
    lost += lost_here - r->lost_told;
    r->lost_told = lost_here;
  }
  return lost;
}

// ------------------------------------------------------------------------------------------------------ recent events

/// The newest `limit` events found so far, oldest first.
typedef struct newest {
  lw_event_record *events;
  size_t count;
  size_t limit;
} newest;

static void newest_insert(newest *n, const lw_event_record *record) {
  size_t at;
  if (n->count < n->limit) {
    at = n->count++;
  } else { // Drop the oldest.
    at = n->limit - 1;
    memmove(n->events, n->events + 1, at * sizeof *n->events);
  }
  // Before its equals: events of one act share their stamp, and a ring is read backwards.
  for (; at > 0 && n->events[at - 1].stamp >= record->stamp; at--) n->events[at] = n->events[at - 1];
  n->events[at] = *record;
}

static void scan(ring *r, uint32_t arena, uint64_t slot, newest *found) {
  // acquire: the records below the head are complete, unless they are overwritten, which is checked below.
  uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
  uint64_t depth = head < r->capacity ? head : r->capacity;
  if (depth > RECENT_SCAN_MAX) depth = RECENT_SCAN_MAX;
  for (uint64_t back = 1; back <= depth; back++) {
    lw_event_record record;
    record_load(&record, &r->records[(head - back) & (r->capacity - 1)]);
    // acquire: see ring_push. A place is overwritten from the moment when the head is one round ahead of it.
    atomic_thread_fence(memory_order_acquire);
    // relaxed: the fence above orders it behind the record.
    if (atomic_load_explicit(&r->head, memory_order_relaxed) - (head - back) >= r->capacity) return;
    // Backwards in a ring stamps only fall.
    if (found->count == found->limit && record.stamp <= found->events[0].stamp) return;
    if (record.arena == arena && record.object >> 40 == slot) newest_insert(found, &record);
  }
}

size_t lw_trace_recent(uint32_t arena, uint64_t slot, lw_event_record *out, size_t limit) {
  newest found = {.events = out, .count = 0, .limit = limit};
  if (limit == 0) return 0;
  for (lw_thread_number n = 1; n <= lw_thread_highest(); n++) {
    ring *r = atomic_load(&rings[n]);
    if (r) scan(r, arena, slot, &found);
  }
  return found.count;
}
