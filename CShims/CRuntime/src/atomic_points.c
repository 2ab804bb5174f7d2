// Every atomic operation of a program as a scheduling point: what is built from them - a spin lock, a list, a count of
// references - is explored like what is built from calls. These are the functions that clang's pass for
// ThreadSanitizer calls in their place (llvm/lib/Transforms/Instrumentation/ThreadSanitizer.cpp,
// compiler-rt/include/sanitizer/tsan_interface_atomic.h); tools/cc asks for the pass without the sanitizer.
#include <stdbool.h>
#include <string.h>

#include "lw_control.h"
#include "posix_waiting.h"
#include "shared_access.h"

/// A thread that looks so often at no more than so many places, and finds them as they were, counts as waiting.
enum { LOOKS_MAX = 8, PLACES = 4 };

static _Thread_local struct {
  const volatile void *_Nullable addresses[PLACES];
  uint64_t values[PLACES];
  uint32_t oldest;
  uint32_t looks;     ///< since one of them was another
  uint32_t execution; ///< in which all this was
} seen;

/// Whether `value` stood there when the thread looked before.
static bool is_as_it_was(const volatile void *address, uint64_t value) {
  uint32_t place = 0;
  while (place < PLACES && seen.addresses[place] != address) place++;
  if (place < PLACES && seen.values[place] == value) return true;
  if (place == PLACES) place = seen.oldest++ % PLACES;
  seen.addresses[place] = address;
  seen.values[place] = value;
  return false;
}

void lw_looked_(const volatile void *address, uint64_t value) {
  uint32_t execution = lw_control_execution();
  if (execution == 0) return;
  if (seen.execution != execution) memset(&seen, 0, sizeof seen);
  seen.execution = execution;
  seen.looks = is_as_it_was(address, value) ? seen.looks + 1 : 0;
  if (seen.looks < LOOKS_MAX) return;
  seen.looks = 0;
  lw_posix_yield_();
}

#if !__has_feature(thread_sanitizer) // it brings what follows itself
#define CALLER __builtin_return_address(0)

/// What headers of this project ask is nobody's act, and what is done once in a process is not an execution's.
static bool is_own(const volatile void *address) {
  return address == &lw_points_armed_ || address == &lw_trace_armed_ || lw_is_unseen_(address);
}

static void announce(const volatile void *address, lw_access access, const void *caller) {
  if (!is_own(address)) lw_announce_access_(address, access, caller);
}

static void announce_store(const volatile void *address, size_t bytes, const void *caller) {
  if (!is_own(address)) lw_announce_store_(address, bytes, caller);
}

/// Others may have waited for the change, and be faster than what the program does next.
static void changed(const volatile void *address) {
  if (!is_own(address)) lw_point_often(NULL, LW_ACCESS_READ);
}

static void found(const volatile void *address, uint64_t before, uint64_t after) {
  if (before != after)
    changed(address);
  else if (!is_own(address))
    lw_looked_(address, before);
}

void __tsan_atomic_signal_fence(int order) {
  (void)order;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
void __tsan_atomic_thread_fence(int order) {
  if (order == __ATOMIC_SEQ_CST)
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  else
    __atomic_thread_fence(__ATOMIC_ACQ_REL); // acq_rel: costs nothing on this processor, and must not become stronger
}

// What reads and writes is a locked instruction on this processor, whatever its order.
#define READ_AND_WRITE(bits, type, name, after)                                                                        \
  type __tsan_atomic##bits##_##name(volatile type *at, type value, int order) {                                        \
    (void)order;                                                                                                       \
    announce_store(at, sizeof *at, CALLER);                                                                            \
    type before = __atomic_##name(at, value, __ATOMIC_SEQ_CST);                                                        \
    found(at, before, (type)(after));                                                                                  \
    return before;                                                                                                     \
  }

// release: what asks for less than sequential consistency must not get it, and costs nothing on this processor.
#define STORE(at, value, order)                                                                                        \
  (order == __ATOMIC_SEQ_CST ? __atomic_store_n(at, value, __ATOMIC_SEQ_CST)                                           \
                             : __atomic_store_n(at, value, __ATOMIC_RELEASE))

#define OPERATIONS(bits, type)                                                                                         \
  type __tsan_atomic##bits##_load(const volatile type *at, int order) {                                                \
    (void)order;                                                                                                       \
    announce(at, LW_ACCESS_READ, CALLER);                                                                              \
    type value = __atomic_load_n(at, __ATOMIC_SEQ_CST);                                                                \
    found(at, value, value);                                                                                           \
    return value;                                                                                                      \
  }                                                                                                                    \
  void __tsan_atomic##bits##_store(volatile type *at, type value, int order) {                                         \
    announce_store(at, sizeof *at, CALLER);                                                                            \
    STORE(at, value, order);                                                                                           \
    changed(at);                                                                                                       \
  }                                                                                                                    \
  type __tsan_atomic##bits##_exchange(volatile type *at, type value, int order) {                                      \
    (void)order;                                                                                                       \
    announce_store(at, sizeof *at, CALLER);                                                                            \
    type before = __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);                                                    \
    found(at, before, value);                                                                                          \
    return before;                                                                                                     \
  }                                                                                                                    \
  type __tsan_atomic##bits##_compare_exchange_val(volatile type *at, type expected, type value, int order,             \
                                                  int failure_order) {                                                 \
    (void)order, (void)failure_order;                                                                                  \
    announce(at, LW_ACCESS_WRITE, CALLER);                                                                             \
    bool done = __atomic_compare_exchange_n(at, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);          \
    if (done) lw_will_store_((const void *)(uintptr_t)at, sizeof *at);                                                 \
    found(at, expected, done ? value : expected);                                                                      \
    return expected;                                                                                                   \
  }                                                                                                                    \
  READ_AND_WRITE(bits, type, fetch_add, before + value)                                                                \
  READ_AND_WRITE(bits, type, fetch_sub, before - value)                                                                \
  READ_AND_WRITE(bits, type, fetch_and, before &value)                                                                 \
  READ_AND_WRITE(bits, type, fetch_or, before | value)                                                                 \
  READ_AND_WRITE(bits, type, fetch_xor, before ^ value)                                                                \
  READ_AND_WRITE(bits, type, fetch_nand, ~(before & value))

OPERATIONS(8, uint8_t)
OPERATIONS(16, uint16_t)
OPERATIONS(32, uint32_t)
OPERATIONS(64, uint64_t)

// ------------------------------------------------------------------------------------------------------- 128 bits

// Programs that are built with -mcx16 have them, by one instruction: the compiler's own operations are calls of
// libatomic where that option is missing.
typedef unsigned __int128 pair;

static pair exchange_pair(volatile pair *at, pair expected, pair value, const void *caller) {
  announce(at, LW_ACCESS_WRITE, caller);
  uint64_t low = (uint64_t)expected, high = (uint64_t)(expected >> 64);
  __asm__ volatile("lock cmpxchg16b %0"
                   : "+m"(*at), "+a"(low), "+d"(high)
                   : "b"((uint64_t)value), "c"((uint64_t)(value >> 64))
                   : "memory", "cc");
  pair before = (pair)high << 64 | low;
  if (before == expected) lw_will_store_((const void *)(uintptr_t)at, sizeof *at);
  if (before == expected && before != value)
    changed(at);
  else
    lw_looked_(at, (uint64_t)before);
  return before;
}

pair __tsan_atomic128_compare_exchange_val(volatile pair *at, pair expected, pair value, int order, int failure_order) {
  (void)order, (void)failure_order;
  return exchange_pair(at, expected, value, CALLER);
}

pair __tsan_atomic128_load(const volatile pair *at, int order) {
  (void)order;
  return exchange_pair((volatile pair *)at, 0, 0, CALLER);
}

pair __tsan_atomic128_exchange(volatile pair *at, pair value, int order) {
  (void)order;
  pair expected = *at, before;
  while ((before = exchange_pair(at, expected, value, CALLER)) != expected) expected = before;
  return before;
}

void __tsan_atomic128_store(volatile pair *at, pair value, int order) { __tsan_atomic128_exchange(at, value, order); }
#endif
