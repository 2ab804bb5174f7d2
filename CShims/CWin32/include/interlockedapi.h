// Atomic operations, sequentially consistent as on Windows. Each is a scheduling point: what is built from them - a
// lock, a list, a count of references - is explored like what is built from objects.
#pragma once

#include "minwindef.h"

#pragma clang assume_nonnull begin

/// The calling thread is about to touch `value`, which others may touch too.
void lw_interlocked_point_(const volatile void *value);
/// Its argument, behind that point; tools/cc has the compiler make a point of each atomic operation.
#ifdef LW_ATOMICS_ARE_POINTS
#define LW_SHARED(value) (value)
#else
#define LW_SHARED(value) (lw_interlocked_point_(value), (value))
#endif

// What stands here is part of its caller, so that a point is at the caller's line.
#pragma clang attribute push(__attribute__((always_inline)), apply_to = function)

static inline LONG InterlockedIncrement(volatile LONG *value) {
  return __atomic_add_fetch(LW_SHARED(value), 1, __ATOMIC_SEQ_CST);
}
static inline LONG InterlockedDecrement(volatile LONG *value) {
  return __atomic_sub_fetch(LW_SHARED(value), 1, __ATOMIC_SEQ_CST);
}
/// Stores `next` and returns what was there.
static inline LONG InterlockedExchange(volatile LONG *value, LONG next) {
  return __atomic_exchange_n(LW_SHARED(value), next, __ATOMIC_SEQ_CST);
}
/// Stores `next` if `expected` is there; returns what was there.
static inline LONG InterlockedCompareExchange(volatile LONG *value, LONG next, LONG expected) {
  __atomic_compare_exchange_n(LW_SHARED(value), &expected, next, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return expected;
}
/// Adds and returns what was there before.
static inline LONG InterlockedExchangeAdd(volatile LONG *value, LONG add) {
  return __atomic_fetch_add(LW_SHARED(value), add, __ATOMIC_SEQ_CST);
}
/// Adds and returns the sum.
static inline LONG InterlockedAdd(volatile LONG *value, LONG add) {
  return __atomic_add_fetch(LW_SHARED(value), add, __ATOMIC_SEQ_CST);
}
static inline LONG InterlockedAnd(volatile LONG *value, LONG mask) {
  return __atomic_fetch_and(LW_SHARED(value), mask, __ATOMIC_SEQ_CST);
}
static inline LONG InterlockedOr(volatile LONG *value, LONG mask) {
  return __atomic_fetch_or(LW_SHARED(value), mask, __ATOMIC_SEQ_CST);
}
static inline LONG InterlockedXor(volatile LONG *value, LONG mask) {
  return __atomic_fetch_xor(LW_SHARED(value), mask, __ATOMIC_SEQ_CST);
}

static inline SHORT InterlockedIncrement16(volatile SHORT *value) {
  return __atomic_add_fetch(LW_SHARED(value), 1, __ATOMIC_SEQ_CST);
}
static inline SHORT InterlockedDecrement16(volatile SHORT *value) {
  return __atomic_sub_fetch(LW_SHARED(value), 1, __ATOMIC_SEQ_CST);
}

/// Sets or clears one bit, counted from 0 modulo 32; the bit as it was before.
static inline BOOLEAN InterlockedBitTestAndSet(volatile LONG *value, LONG bit) {
  return (BOOLEAN)((UINT)__atomic_fetch_or(LW_SHARED(value), (LONG)(1u << (bit & 31)), __ATOMIC_SEQ_CST) >> (bit & 31) &
                   1);
}
static inline BOOLEAN InterlockedBitTestAndReset(volatile LONG *value, LONG bit) {
  return (BOOLEAN)((UINT)__atomic_fetch_and(LW_SHARED(value), (LONG) ~(1u << (bit & 31)), __ATOMIC_SEQ_CST) >>
                       (bit & 31) &
                   1);
}

static inline LONG64 InterlockedIncrement64(volatile LONG64 *value) {
  return __atomic_add_fetch(LW_SHARED(value), 1, __ATOMIC_SEQ_CST);
}
static inline LONG64 InterlockedDecrement64(volatile LONG64 *value) {
  return __atomic_sub_fetch(LW_SHARED(value), 1, __ATOMIC_SEQ_CST);
}
static inline LONG64 InterlockedExchange64(volatile LONG64 *value, LONG64 next) {
  return __atomic_exchange_n(LW_SHARED(value), next, __ATOMIC_SEQ_CST);
}
static inline LONG64 InterlockedCompareExchange64(volatile LONG64 *value, LONG64 next, LONG64 expected) {
  __atomic_compare_exchange_n(LW_SHARED(value), &expected, next, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return expected;
}
static inline LONG64 InterlockedExchangeAdd64(volatile LONG64 *value, LONG64 add) {
  return __atomic_fetch_add(LW_SHARED(value), add, __ATOMIC_SEQ_CST);
}
static inline LONG64 InterlockedAdd64(volatile LONG64 *value, LONG64 add) {
  return __atomic_add_fetch(LW_SHARED(value), add, __ATOMIC_SEQ_CST);
}
static inline LONG64 InterlockedAnd64(volatile LONG64 *value, LONG64 mask) {
  return __atomic_fetch_and(LW_SHARED(value), mask, __ATOMIC_SEQ_CST);
}
static inline LONG64 InterlockedOr64(volatile LONG64 *value, LONG64 mask) {
  return __atomic_fetch_or(LW_SHARED(value), mask, __ATOMIC_SEQ_CST);
}
static inline LONG64 InterlockedXor64(volatile LONG64 *value, LONG64 mask) {
  return __atomic_fetch_xor(LW_SHARED(value), mask, __ATOMIC_SEQ_CST);
}

static inline PVOID _Nullable InterlockedExchangePointer(PVOID _Nullable volatile *_Nonnull value,
                                                         PVOID _Nullable next) {
  return __atomic_exchange_n(LW_SHARED(value), next, __ATOMIC_SEQ_CST);
}
static inline PVOID _Nullable InterlockedCompareExchangePointer(PVOID _Nullable volatile *_Nonnull value,
                                                                PVOID _Nullable next, PVOID _Nullable expected) {
  __atomic_compare_exchange_n(LW_SHARED(value), &expected, next, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return expected;
}

#pragma clang attribute pop

/// Weaker orders are granted more than they ask for.
#define InterlockedIncrementAcquire InterlockedIncrement
#define InterlockedIncrementRelease InterlockedIncrement
#define InterlockedDecrementAcquire InterlockedDecrement
#define InterlockedDecrementRelease InterlockedDecrement
#define InterlockedExchangeAcquire InterlockedExchange
#define InterlockedExchangeAddAcquire InterlockedExchangeAdd
#define InterlockedExchangeAddRelease InterlockedExchangeAdd
#define InterlockedCompareExchangeAcquire InterlockedCompareExchange
#define InterlockedCompareExchangeRelease InterlockedCompareExchange
#define InterlockedCompareExchangeAcquire64 InterlockedCompareExchange64
#define InterlockedCompareExchangeRelease64 InterlockedCompareExchange64
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedAndAcquire InterlockedAnd
#define InterlockedAndRelease InterlockedAnd
#define InterlockedOrAcquire InterlockedOr
#define InterlockedOrRelease InterlockedOr

/// A hint to the processor that a loop waits for another thread. Under control the others go on first.
void YieldProcessor(void);
static inline void MemoryBarrier(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

#pragma clang assume_nonnull end
