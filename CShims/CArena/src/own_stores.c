// Stores that come through no loan but are announced all the same: those of a program itself, by what tools/cc puts in
// front of them. They need no writer in the word: whoever stores into freed memory has no right to be there, so nobody
// has to wait for him.
#include <stdlib.h>

#include "blame.h"
#include "incident.h"
#include "registry.h"

bool lw_will_store_(const void *address, size_t bytes) {
  lw_arena *arena = lw_arena_at_(address);
  if (!arena) return true;
  lw_place place = lw_place_of_(arena, address);
  if (!place.slot) return true;
  uint64_t word = lw_word_read(&place.slot->word);
  if (lw_word_state(word) == LW_BLOCK_LIVE || lw_word_generation(word) == 0) return true;
  // A borrower's store was reported when he entered.
  if (lw_word_writers(word) != 0 && lw_blame_covers_(LW_FACT(place.slot->blamed), place.within)) return false;
  uint64_t room = place.slot_bytes - place.within;
  if (bytes > room) bytes = room;
  lw_blame_(place.slot, place.within, bytes);
  lw_report_own_store_(arena, lw_incarnation_of(place.number, word), place.within, bytes, lw_deed_now_(arena->stacks));
  if (arena->late_write == LW_LATE_WRITE_STOPS) abort();
  return false;
}
