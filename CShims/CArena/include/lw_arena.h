// The instrumented arena: memory that is lent to somebody who writes into it later, and an account of every loan.
//
// Words. A *block* is a slot of an arena, now or formerly holding an operation's memory. A *generation* counts how
// often the slot was allocated; slot and generation are an *incarnation*, an identity that survives the reuse of the
// address. A *loan* is the right to write into a block: lent at submit, held by one holder at a time, settled once.
//
// Ownership rules (tests and assertions cite the numbers):
//  1. A block is allocated, lent any number of times, freed once, quarantined, verified, and only then reused.
//  2. While a loan is open the block may not be freed. If it is: LW001 at once, and no reuse until every loan is
//  settled,
//     except under LW_REUSE_IMMEDIATE, which does what ordinary allocators do and so shows the harm.
//  5. Freeing and writing are linearised: a write is before the free, during it, or after it, and the checker knows
//  which.
//  6. No bookkeeping inside a block: a late write may destroy any byte of it and no report suffers.
//  7. A quarantined page is never unmapped or discarded. An arena closed with open loans abandons its range for good.
//  8. The checker matches by incarnation.
// 10. A retired incarnation with an open loan or a writer inside is never forgotten; when records run out the arena
// says
//     so and stops lending.
//
// Limits: a raw store into a block while it is in state `freeing` is not seen. Where stacks are kept, allocation and
// free of a block whose slot was never lent are stamped up to a tick of the system's clock (1 to 10 ms) early, in their
// right order. 2^24 slots an arena, 1,023 open loans a block, 2,047 writers inside a block, 2^40 generations a slot,
// 255 arenas a process at a time.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lw_annotations.h"
#include "lw_finding.h"
#include "lw_stack.h"
#include "lw_words.h"

#pragma clang assume_nonnull begin

typedef struct lw_arena lw_arena;

/// The number of an open arena, 1 ... 255; recycled after it was closed with every loan settled, never otherwise.
typedef uint32_t lw_arena_number;

// ------------------------------------------------------------------------------------------------------ incarnation

/// slot << 40 | generation. 0 is no incarnation (generations start at 1).
typedef uint64_t lw_incarnation;
enum { LW_GENERATION_BITS = 40, LW_SLOT_BITS = 24 };
static inline uint64_t lw_incarnation_slot(lw_incarnation i) { return i >> 40; }
static inline uint64_t lw_incarnation_generation(lw_incarnation i) { return i & ((1ull << 40) - 1); }

/// The word of a slot, on which everything is decided: generation (40 bits, highest), state (3), writers inside (11),
/// open loans (10, lowest). Public, so that an independent checker can replay a block's events.
typedef enum __attribute__((enum_extensibility(closed))) lw_block_state {
  LW_BLOCK_FREE, ///< never used, or verified and given back
  LW_BLOCK_LIVE,
  LW_BLOCK_FREEING,     ///< claimed by a free that is filling it with poison
  LW_BLOCK_QUARANTINED, ///< poisoned; may not be reused before it was verified
  LW_BLOCK_VERIFYING,   ///< claimed by a thread that reads the poison
  LW_BLOCK_RETIRED      ///< its generations are used up; never handed out again
} lw_block_state;
static inline uint64_t lw_word_generation(uint64_t word) { return word >> 24; }
static inline lw_block_state lw_word_state(uint64_t word) { return (lw_block_state)((word >> 21) & 7); }
static inline uint32_t lw_word_writers(uint64_t word) { return (uint32_t)(word >> 10) & 0x7FF; }
static inline uint32_t lw_word_loans(uint64_t word) { return (uint32_t)word & 0x3FF; }

// ---------------------------------------------------------------------------------------------------- configuration

/// Which freed block an allocation takes.
typedef enum __attribute__((enum_extensibility(closed))) lw_reuse {
  LW_REUSE_IMMEDIATE,  ///< last in, first out, lent or not: what most allocators do
  LW_REUSE_QUARANTINE, ///< first in, first out, after the quarantine is full; never while lent
  LW_REUSE_RANDOM,     ///< any freed block that is not lent, by `lw_choose`
  LW_REUSE_NEVER
} lw_reuse;

/// What a late write through the checked API does after it was reported.
typedef enum __attribute__((enum_extensibility(closed))) lw_late_write {
  LW_LATE_WRITE_LANDS,   ///< it is let through: the point is to show what it does
  LW_LATE_WRITE_REFUSED, ///< the writer is told not to store
  LW_LATE_WRITE_STOPS    ///< the program ends by abort() before the store
} lw_late_write;

typedef struct lw_arena_config {
  const char *name;           ///< for reports; at most 31 bytes are kept
  lw_scope *_Nullable scope;  ///< where findings go; NULL: the process's default scope. Must outlive the arena
  uint64_t reserve_bytes;     ///< address range for blocks; committed by use; default 256 MiB
  uint32_t loans_max;         ///< loan records; default 65,536
  uint32_t retired_max;       ///< records of incarnations that left their slot with loans or writers; default 4,096
  lw_reuse reuse;             ///< default LW_REUSE_QUARANTINE
  lw_late_write late_write;   ///< default LW_LATE_WRITE_LANDS
  lw_stack_method stacks;     ///< default LW_STACKS_FRAME_POINTERS
  uint64_t quarantine_bytes;  ///< bound of the quarantine, whole arena; default 16 MiB
  uint32_t quarantine_blocks; ///< the same as a count; default 4,096
  uint64_t first_generation;  ///< of every slot; default 1. Tests of the wrap start near 2^40
  bool report_leaks;          ///< LW011 at close; default true
  bool unchecked;             ///< allocates and does nothing else (below); default false
} lw_arena_config;

// An unchecked arena is for a program that has been checked and is to run as fast as without this project. Its blocks
// are reused at once, and hold nothing that anybody looks at: no poison, no stacks, no events. No address leads to it,
// so that to the layers above its blocks are foreign memory: nothing there is ever lent, and no write is late. What is
// left are LW007 and LW011.

/// The defaults above, changed by LATEWRITE_OPTIONS where it names an arena option.
lw_arena_config lw_arena_config_default(void);
/// The same for the arena that serves a program's malloc: named "malloc", 64 GiB, stacks by libunwind (calls come
/// through libraries without frame pointers), leaks only when LATEWRITE_OPTIONS asks for them, because libc keeps
/// blocks.
lw_arena_config lw_arena_config_for_malloc_(void);

/// Why a call could not do its work. `X(symbol, sentence)`.
#define LW_STATUSES(X)                                                                                                 \
  X(LW_OK, "done")                                                                                                     \
  X(LW_NO_MEMORY, "the system has no memory for it: ask for less (reserve_bytes, events, threads)")                    \
  X(LW_TOO_MANY_ARENAS, "255 arenas are open: close one first")                                                        \
  X(LW_BAD_CONFIG, "the arena's configuration is out of bounds")                                                       \
  X(LW_ARENA_FULL, "the arena's range is used up: raise reserve_bytes or let blocks be reused")                        \
  X(LW_NOT_A_BLOCK, "the address is not the start of a live block of this arena")                                      \
  X(LW_BLOCK_LOANS_FULL, "the block has 1,023 open loans already")                                                     \
  X(LW_LOANS_EXHAUSTED, "the arena has no loan record left: raise loans_max")                                          \
  X(LW_RETIRED_EXHAUSTED, "the arena has no record left for retired incarnations and lends no more")                   \
  X(LW_LOAN_SETTLED, "the loan was settled before, or never existed")                                                  \
  X(LW_WRITERS_FULL, "2,047 writers are inside the block already")                                                     \
  X(LW_DOUBLE_FREE, "the block was freed before")                                                                      \
  X(LW_BUSY, "loans or blocks are still open")

typedef enum __attribute__((enum_extensibility(closed))) lw_status {
#define X(symbol, sentence) symbol,
  LW_STATUSES(X)
#undef X
} lw_status;
/// One clear sentence for `status`, static storage.
const char *lw_status_sentence(lw_status status);

// ----------------------------------------------------------------------------------------------------------- arenas

/// Opens an arena. Returns NULL and the reason in `status`. End it with `lw_arena_close`.
lw_arena *_Nullable lw_arena_open(const lw_arena_config *config, lw_status *status);
/// Ends an arena from any thread once nobody allocates or frees in it any more: verifies every quarantined block,
/// reports what was never freed or settled (LW011), and unmaps the range - or, with open loans, abandons it for the
/// life of the process (rule 7; loans of an abandoned arena may still be written through and settled, and are still
/// reported: the close was the free of every block). A block that is lent is no leak of its own: its loan is.
void lw_arena_close(lw_arena *arena);
/// Finds and reports what `lw_arena_close` would, and gives nothing back: for the arena behind a program's malloc, at
/// exit.
void lw_arena_examine_(lw_arena *arena);
/// Makes the arena as good as new in microseconds: every block is taken back, generations go on. LW_BUSY, and nothing
/// done, while a loan is open or a writer inside. Nobody may use the arena meanwhile.
lw_status lw_arena_reset(lw_arena *arena);
/// Reads the poison of every freed block now and reports damage that nobody has been blamed for. Any thread, any time.
/// Returns how many damaged blocks it found.
size_t lw_arena_check(lw_arena *arena);
/// Parks the caller until no loan of the arena is open, or `deadline`; true when none is. One waiter at a time. For the
/// end of a run or a test: borrowers that were cancelled settle when they have had their say.
bool lw_arena_wait_settled(lw_arena *arena, lw_time deadline);
lw_arena_number lw_arena_number_of(const lw_arena *arena);
/// How it keeps stacks of what is done with its blocks.
lw_stack_method lw_arena_stacks(const lw_arena *arena);
lw_scope *lw_arena_scope(const lw_arena *arena);

typedef struct lw_arena_counts {
  uint64_t blocks_live;
  uint64_t blocks_quarantined;
  uint64_t blocks_retired; ///< slots whose generations are used up
  uint64_t loans_open;
  uint64_t incarnations_retired; ///< that left their slot with loans or writers and still have some
  uint64_t bytes_reserved;
  uint64_t bytes_used; ///< of the range, ever
} lw_arena_counts;
/// A walk over all slots; exact when nobody else is at work.
lw_arena_counts lw_arena_count(const lw_arena *arena);

// ----------------------------------------------------------------------------------------------------------- blocks

/// A field of a block's type, for reports that name the bytes that changed.
typedef struct lw_field {
  char name[24];
  uint32_t offset;
  uint32_t bytes;
} lw_field;
enum { LW_LAYOUT_FIELDS_MAX = 12, LW_LAYOUTS_MAX = 64 };
/// A registered type; 0 is none.
typedef uint32_t lw_layout;
/// Registers a type's name and fields for the life of the process; the same name again returns the same number.
/// 0 when LW_LAYOUTS_MAX are registered or there are too many fields.
lw_layout lw_layout_register(const char *name, const lw_field *fields, size_t count);

/// The ways of this processor, chosen before main and never again (quick.c).
typedef void *_Nullable lw_allocate_way(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed);
typedef lw_status lw_free_way(lw_arena *arena, void *_Nullable block);
extern lw_allocate_way *lw_allocate_;
extern lw_free_way *lw_free_;

/// Allocates `bytes` (0 counts as 1), aligned to 64, at least 8 bytes of slack behind. The caller owns the block and
/// gives it back with `lw_free` from any thread. NULL when the arena is full (said once on standard error). Contents:
/// poison, or zeros when `zeroed`.
static inline void *_Nullable lw_alloc(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed) {
  void *block = lw_allocate_(arena, bytes, layout, zeroed);
  LW_KEEP_CALLER_FRAME();
  return block;
}
/// Gives a block back. NULL is ignored. LW_NOT_A_BLOCK or LW_DOUBLE_FREE after LW007 was reported, nothing else
/// touched. With open loans: LW001, with a writer inside: LW013, and the block is freed all the same.
static inline lw_status lw_free(lw_arena *arena, void *_Nullable block) {
  lw_status status = lw_free_(arena, block);
  LW_KEEP_CALLER_FRAME();
  return status;
}

/// What is known of an address.
typedef struct lw_block {
  lw_arena *_Nullable arena; ///< NULL: the address is in no arena
  lw_arena_number number;
  lw_incarnation incarnation; ///< the newest of the slot, live or not; 0 when the slot was never used
  lw_block_state state;
  uint32_t open_loans;
  void *_Nullable start; ///< of the block
  uint64_t requested;    ///< bytes asked for
  uint64_t slot_bytes;
} lw_block;
/// Looks an address up in all open arenas; interior addresses are found. Lock-free.
lw_block lw_block_at(const void *_Nullable address);
/// How many arenas are open that check.
extern _Atomic uint32_t lw_checking_arenas_;
/// Whether one is. Else no address is in a block, and none can be lent.
static inline bool lw_any_arena_checks(void) {
  // relaxed: whoever has memory of an arena has heard of it.
  return atomic_load_explicit(&lw_checking_arenas_, memory_order_relaxed) != 0;
}
/// The incarnation that is live at `address`, which must be a block's start; 0 when none is.
lw_incarnation lw_incarnation_live_at(const void *_Nullable address, lw_arena_number *_Nullable number);
/// The same for a block of a known arena, also of one that no address leads to.
lw_incarnation lw_incarnation_live_in(const lw_arena *arena, const void *_Nullable address);

#pragma clang assume_nonnull end

#include "lw_announced.h"
#include "lw_loan.h"
