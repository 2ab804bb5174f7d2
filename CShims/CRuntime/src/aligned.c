// Alignments above 64. The block is asked for larger and the program gets an address inside it; a table by slot says
// how far inside, because nothing may be kept in the block itself. A stale entry does no harm: an address is taken for
// an aligned one only if it lies exactly there, and then the block is freed (or found freed already) under its own
// start.
//
// Limit: of such a block the arena knows the larger size, so bytes written just behind the end are found only beyond
// it.
#include "aligned.h"

#include <stdatomic.h>

/// Bytes from the start of a slot's block to the aligned address, by slot; reserved at the first aligned allocation.
static _Atomic(_Atomic uint64_t *) offsets;
enum { OFFSETS_BYTES = (1 << LW_SLOT_BITS) * sizeof(uint64_t) };

static _Atomic uint64_t *_Nullable offset_table(void) {
  // acquire: pairs with the publication below.
  _Atomic uint64_t *table = atomic_load_explicit(&offsets, memory_order_acquire);
  if (table) return table;
  _Atomic uint64_t *made = lw_pages_reserve(OFFSETS_BYTES);
  // release: publishes the zeroed table; acquire: we may go on with another thread's.
  if (made &&
      !atomic_compare_exchange_strong_explicit(&offsets, &table, made, memory_order_acq_rel, memory_order_acquire)) {
    lw_pages_release(made, OFFSETS_BYTES);
    return table;
  }
  return made;
}

void *_Nullable lw_aligned_allocate_(lw_arena *arena, size_t bytes, size_t alignment) {
  _Atomic uint64_t *table = offset_table();
  size_t larger;
  if (!table || __builtin_add_overflow(bytes, alignment, &larger)) return NULL;
  char *start = lw_alloc(arena, larger, 0, false);
  if (!start) return NULL;
  size_t offset = -(uintptr_t)start & (alignment - 1);
  lw_block block = lw_block_at(start);
  // relaxed: whoever frees the block got its address from the program, which orders the two.
  atomic_store_explicit(&table[lw_incarnation_slot(block.incarnation)], offset, memory_order_relaxed);
  return start + offset;
}

void *lw_aligned_start_(lw_arena *arena, void *address) {
  // acquire: pairs with the publication in offset_table.
  _Atomic uint64_t *table = atomic_load_explicit(&offsets, memory_order_acquire);
  if (!table) return address;
  lw_block block = lw_block_at(address);
  if (block.arena != arena || block.incarnation == 0 || block.start == address) return address;
  // relaxed: see lw_aligned_allocate_.
  uint64_t offset = atomic_load_explicit(&table[lw_incarnation_slot(block.incarnation)], memory_order_relaxed);
  return (char *)block.start + offset == (char *)address ? block.start : address;
}
