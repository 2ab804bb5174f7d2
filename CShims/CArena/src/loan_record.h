// A loan as the arena keeps it: two cache lines that belong to the loan and not to the block, so that they survive the
// reuse of the address. The first is touched by every lend and settle, the second by cancels and writes.
#pragma once

#include "words.h"

#pragma clang assume_nonnull begin

typedef struct lw_loan_record {
  _Alignas(128) _Atomic uint64_t state; ///< serial << 32 | holder << 8 | open
  _Atomic uint64_t incarnation;
  _Atomic uint64_t operation;
  _Atomic(const char *) api;
  _Atomic uint64_t lent_stamp;
  _Atomic uint32_t lent_stack;
  _Atomic uint16_t lent_thread;
  _Atomic uint32_t structure; ///< offset + 1 of the operation structure that it is the loan of; 0: of none
  uint32_t link;              ///< index + 1 of the next spare record

  _Alignas(64) _Atomic uint64_t access; ///< offset << 32 | bytes of the write that is going on; 0 none
  _Atomic uint64_t cancelled_stamp;
  _Atomic uint64_t written_stamp;
  _Atomic uint32_t cancelled_stack;
  _Atomic uint32_t written_stack;
  _Atomic uint16_t cancelled_thread;
  _Atomic uint16_t written_thread;
} lw_loan_record;
_Static_assert(sizeof(lw_loan_record) == 128, "a loan is two cache lines");

enum { LW_LOAN_OPEN = 1, LW_LOAN_HOLDER_SHIFT = 8, LW_LOAN_SERIAL_SHIFT = 32 };
#define LW_LOAN_SERIAL_MAX UINT32_MAX

static inline uint64_t lw_loan_state(uint32_t serial, lw_holder holder) {
  return (uint64_t)serial << LW_LOAN_SERIAL_SHIFT | (uint64_t)holder << LW_LOAN_HOLDER_SHIFT | LW_LOAN_OPEN;
}
static inline uint32_t lw_loan_state_serial(uint64_t state) { return (uint32_t)(state >> LW_LOAN_SERIAL_SHIFT); }

/// A loan's name: arena 8 bits, record 24, serial 32.
static inline lw_loan lw_loan_named(uint32_t arena, uint32_t index, uint32_t serial) {
  return (lw_loan){(uint64_t)arena << 56 | (uint64_t)index << 32 | serial};
}
static inline uint32_t lw_loan_arena(lw_loan loan) { return (uint32_t)(loan.bits >> 56); }
static inline uint32_t lw_loan_index(lw_loan loan) { return (uint32_t)(loan.bits >> 32) & 0xFFFFFF; }
static inline uint32_t lw_loan_serial(lw_loan loan) { return (uint32_t)loan.bits; }

#pragma clang assume_nonnull end
