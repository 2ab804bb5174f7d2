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
} lw_arena_config;

/// The defaults above, changed by LATEWRITE_OPTIONS where it names an arena option.
lw_arena_config lw_arena_config_default(void);
/// The same for the arena that serves a program's malloc: named "malloc", 64 GiB, stacks by libunwind (calls come
/// through libraries without frame pointers), leaks only when LATEWRITE_OPTIONS asks for them, because libc keeps
/// blocks.
lw_arena_config lw_arena_config_for_malloc_(void);

/// Why a call could not do its work. `X(symbol, sentence)`.
#define LW_STATUSES(X)                                                                                                 \
  X(LW_OK, "done")                                                                                                     \
  X(LW_NO_MEMORY, "the system has no memory for the arena: ask for a smaller reserve_bytes")                           \
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
/// The incarnation that is live at `address`, which must be a block's start; 0 when none is.
lw_incarnation lw_incarnation_live_at(const void *_Nullable address, lw_arena_number *_Nullable number);

// ------------------------------------------------------------------------------------------------------------ loans

/// A loan; {0} is none. Copyable; valid for ever as a name, so a late or second use is noticed and never mistaken.
typedef struct lw_loan {
  uint64_t bits;
} lw_loan;
static inline bool lw_loan_is_none(lw_loan loan) { return loan.bits == 0; }

/// Who may write: for reports.
typedef enum __attribute__((enum_extensibility(closed))) lw_holder {
  LW_HOLDER_USER,
  LW_HOLDER_REGISTRATION,
  LW_HOLDER_PACKET,
  LW_HOLDER_KERNEL
} lw_holder;

lw_loan lw_lend_(void *block, const char *api, uint64_t operation, lw_holder holder, lw_status *_Nullable status);
/// Lends the live block that starts at `block`. `api` is the call that lends, in static storage
/// ("RegisterWaitWithQueue"); `operation` a number that reports show. Returns the none loan and why in `status`
/// (LW_NOT_A_BLOCK, LW_BLOCK_LOANS_FULL, LW_LOANS_EXHAUSTED, LW_RETIRED_EXHAUSTED; the last two are said once on
/// standard error).
static inline lw_loan lw_lend(void *block, const char *api, uint64_t operation, lw_holder holder,
                              lw_status *_Nullable status) {
  lw_loan loan = lw_lend_(block, api, operation, holder, status);
  LW_KEEP_CALLER_FRAME();
  return loan;
}
/// Hands an open loan on to another holder.
void lw_loan_pass(lw_loan loan, lw_holder holder);
/// Ends a loan, once, from any thread. Everything written through it happens before what the caller does next (rule 4).
/// LW_LOAN_SETTLED when it was settled before. If the block was freed meanwhile its poison is read now.
lw_status lw_settle(lw_loan loan);
/// The incarnation that was lent; 0 for none and for settled loans.
lw_incarnation lw_loan_incarnation(lw_loan loan);
/// The operation number given to `lw_lend`; 0 for none and for settled loans.
uint64_t lw_loan_operation(lw_loan loan);

void lw_loan_cancelled_(lw_loan loan);
/// Notes, with the caller's stack, that the operation behind `loan` was asked to end. Settles nothing.
static inline void lw_loan_cancelled(lw_loan loan) {
  lw_loan_cancelled_(loan);
  LW_KEEP_CALLER_FRAME();
}

/// Says that an open loan is that of an operation structure (an OVERLAPPED) at `offset` of its block, which must not be
/// submitted again meanwhile.
void lw_loan_of_structure_(lw_loan loan, size_t offset);
/// Whether the operation structure at `offset` of the live block that starts at `block` is lent.
bool lw_structure_is_lent_(const void *block, size_t offset);

// ------------------------------------------------------------------------------------------------- announced memory

/// What announced memory is.
typedef enum __attribute__((enum_extensibility(closed))) lw_announced {
  LW_ANNOUNCED_STACK, ///< a variable of the calling thread's stack: lent when its frame returns, it is LW016
  LW_ANNOUNCED_MEMORY ///< of another allocator: lent when it is withdrawn, it is LW001
} lw_announced;

bool lw_announce_(const void *address, size_t bytes, lw_announced kind);
/// Has operations on `bytes` bytes of memory outside every arena lend it, as they lend blocks, until `lw_withdraw`.
/// Late writes into it are reported and land. False when there is no memory, or 4,096 ranges are announced.
static inline bool lw_announce(const void *address, size_t bytes, lw_announced kind) {
  bool done = lw_announce_(address, bytes, kind);
  LW_KEEP_CALLER_FRAME();
  return done;
}
bool lw_withdraw_(const void *address);
/// The memory that was announced at `address` is going to be used for something else. False when none was.
static inline bool lw_withdraw(const void *address) {
  bool done = lw_withdraw_(address);
  LW_KEEP_CALLER_FRAME();
  return done;
}
/// Withdraws what is called by LW_ANNOUNCE_LOCAL at the end of its scope.
static inline void lw_withdraw_local_(const void *_Nonnull *_Nonnull address) { lw_withdraw(*address); }
/// Announces a local variable until the end of its scope; stands behind its declaration.
#define LW_ANNOUNCE_LOCAL(variable)                                                                                    \
  __attribute__((cleanup(lw_withdraw_local_), unused)) const void *lw_announced_##variable =                           \
      (lw_announce(&(variable), sizeof(variable), LW_ANNOUNCED_STACK), &(variable))

/// Withdraws the stack memory of the calling thread that lies below `frame`, a frame address of it: the frames it was
/// announced in have returned. Calls that start operations do this.
void lw_announced_sweep_(const void *frame);
/// The block that stands for announced memory and is lent in its place, and where `address` lies in it. NULL when it
/// was not announced. What is written through the loan goes to the memory itself.
void *_Nullable lw_shadow_at_(const void *_Nullable address, size_t *offset);

// -------------------------------------------------------------------------------------------------- checked writing

/// Where a borrower's write went.
typedef enum __attribute__((enum_extensibility(closed))) lw_landing {
  LW_LANDING_NONE,
  LW_LANDING_LIVE,
  LW_LANDING_FREED,  ///< into the freed block: LW002
  LW_LANDING_REUSED, ///< into a new incarnation at the same address: LW003
  LW_LANDING_REFUSED ///< late, and the arena refuses late writes
} lw_landing;

/// A write in progress. `address` is where to store, NULL when refused (or the loan is none or settled).
typedef struct lw_write {
  lw_loan loan;
  char *_Nullable address;
  lw_landing landing;
  uint32_t bytes;
  lw_incarnation incarnation; ///< that was lent; the end belongs to it even if the loan was settled meanwhile
  lw_record *_Nullable late;  ///< of the finding that this late write is; its end adds what the bytes became
} lw_write;

lw_write lw_write_begin_(lw_loan loan, size_t offset, size_t bytes);
/// Announces a write of `bytes` at `offset` of the lent block, and reports it if it is late - exactly, with this stack,
/// also after the address was reused. Store through `lw_store*` (lw_words.h) into `address`, then `lw_write_end`,
/// always. `offset + bytes` beyond the requested size is LW010 and clipped to the slot.
static inline lw_write lw_write_begin(lw_loan loan, size_t offset, size_t bytes) {
  lw_write write = lw_write_begin_(loan, offset, bytes);
  LW_KEEP_CALLER_FRAME();
  return write;
}
void lw_write_end(const lw_write *write);
/// begin, copy of `bytes` from `source`, end.
static inline lw_landing lw_write_bytes(lw_loan loan, size_t offset, const void *source, size_t bytes) {
  lw_write write = lw_write_begin_(loan, offset, bytes);
  if (write.address) lw_words_copy(write.address, source, write.bytes);
  lw_write_end(&write);
  LW_KEEP_CALLER_FRAME();
  return write.landing;
}

#pragma clang assume_nonnull end
