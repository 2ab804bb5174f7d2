// What acts touch, see footprints.c: the part of it that every point of a controlled execution passes, inlined there.
#pragma once

#include "control.h"

#pragma clang assume_nonnull begin

enum { LW_FOOTPRINTS_BITS = 12, LW_FOOTPRINTS_MAX = 1 << LW_FOOTPRINTS_BITS };

/// What the acts on an object so far amount to.
typedef struct lw_footprint {
  const void *_Nullable object;
  uint32_t execution; ///< of the entry; older ones are free
  uint64_t change;    ///< the last act that changed it
  uint64_t looks;     ///< a sum over the acts that looked at it since
} lw_footprint;

/// Entries of this execution, each at its object's place or behind it.
typedef struct lw_footprints {
  uint32_t execution;
  lw_footprint of[LW_FOOTPRINTS_MAX];
} lw_footprints;
extern lw_footprints lw_footprints_;

/// The entry of an object that is not at its place there; made if need be.
lw_footprint *lw_footprint_find_(const void *object, uint64_t place);

/// The two must not cancel each other out where they are equal: a member that changes an object twice finds its own
/// number there.
LW_UNSEEN static inline uint64_t lw_footprints_mix_(uint64_t hash, uint64_t value) {
  hash = hash * 0x9E3779B97F4A7C15u + value;
  hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93u;
  return hash ^ (hash >> 29);
}

/// The running member touches `object`.
LW_UNSEEN static inline void lw_footprints_touch_(lw_member *member, const void *object, lw_access access) {
  uint64_t place = ((uint64_t)(uintptr_t)object * 0x9E3779B97F4A7C15u) >> (64 - LW_FOOTPRINTS_BITS);
  lw_footprint *entry = &lw_footprints_.of[place];
  if (__builtin_expect(entry->object != object || entry->execution != lw_footprints_.execution, 0))
    entry = lw_footprint_find_(object, place);
  if (access == LW_ACCESS_READ) {
    member->chain = lw_footprints_mix_(member->chain, entry->change);
    entry->looks += lw_footprints_mix_(1, member->chain);
  } else {
    // Both in one: each act waits here for the one before it.
    member->chain = lw_footprints_mix_(member->chain, entry->change + entry->looks * 0xD1342543DE82EF95u);
    entry->change = member->chain;
    entry->looks = 0;
  }
}

/// The running member does something that depends on nobody else.
LW_UNSEEN static inline void lw_footprints_step_(lw_member *member, uint32_t act) {
  member->chain = lw_footprints_mix_(member->chain, (uint64_t)(member->index + 1u) << 32 | act);
}

#pragma clang assume_nonnull end
