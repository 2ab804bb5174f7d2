// Loads and stores of block memory as relaxed atomic words. A late write races with fill, verify and the new owner by
// design; as relaxed atomics that is no data race in the language's sense, so ThreadSanitizer stays silent about the
// demonstration and speaks only about real mistakes. Built with LW_PLAIN_STORES the same accesses are plain: the
// control build in which ThreadSanitizer must report.
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

#ifdef LW_PLAIN_STORES
#define LW_WORD_LOAD(type, address) (*(const volatile type *)(address))
#define LW_WORD_STORE(type, address, value) (*(volatile type *)(address) = (value))
#else
// relaxed: these words carry no synchronisation; the slot's word does.
#define LW_WORD_LOAD(type, address) __atomic_load_n((const type *)(address), __ATOMIC_RELAXED)
#define LW_WORD_STORE(type, address, value) __atomic_store_n((type *)(address), (value), __ATOMIC_RELAXED)
#endif

static inline uint64_t lw_load64(const void *address) { return LW_WORD_LOAD(uint64_t, address); }
static inline void lw_store64(void *address, uint64_t value) { LW_WORD_STORE(uint64_t, address, value); }
static inline uint8_t lw_load8(const void *address) { return LW_WORD_LOAD(uint8_t, address); }
static inline void lw_store8(void *address, uint8_t value) { LW_WORD_STORE(uint8_t, address, value); }

/// Copies into block memory, by words where both ends allow it.
static inline void lw_words_copy(void *target, const void *source, size_t bytes) {
  char *to = target;
  const char *from = source;
  for (; bytes >= 8 && ((uintptr_t)to & 7) == 0; bytes -= 8, to += 8, from += 8) {
    uint64_t word;
    __builtin_memcpy(&word, from, 8);
    lw_store64(to, word);
  }
  for (; bytes > 0; bytes--) lw_store8(to++, (uint8_t)*from++);
}

/// Copies out of block memory, by words where it begins with one.
static inline void lw_words_read(void *target, const void *source, size_t bytes) {
  char *to = target;
  const char *from = source;
  for (; bytes >= 8 && ((uintptr_t)from & 7) == 0; bytes -= 8, to += 8, from += 8) {
    uint64_t word = lw_load64(from);
    __builtin_memcpy(to, &word, 8);
  }
  for (; bytes > 0; bytes--) *to++ = (char)lw_load8(from++);
}

#pragma clang assume_nonnull end
