// What acts touch, and which of them must keep their order: two acts depend on each other when they are of one member,
// or touch one object and at least one of them changes it. An execution stands for the class of all that differ from it
// only in the order of independent acts. The class is a number that needs no names of objects, which other executions
// and processes would have at other addresses: each act's number is made from its member, its place in the member's
// row and the numbers of the acts that it depends on; the class from the last number of every member.
#include "control.h"

enum { OBJECTS_MAX = 4096 }; // as many as 12 bits name

/// What the acts on an object so far amount to.
typedef struct footprint {
  const void *_Nullable object;
  uint32_t execution; ///< of the entry; older ones are free
  uint64_t change;    ///< the last act that changed it
  uint64_t looks;     ///< a sum over the acts that looked at it since
} footprint;

static footprint objects[OBJECTS_MAX];
static uint32_t execution;
static bool crowded; ///< more objects than there is room for: from then on all is one object

/// The two must not cancel each other out where they are equal: a member that changes an object twice finds its own
/// number there.
LW_UNSEEN static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = hash * 0x9E3779B97F4A7C15u + value;
  hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93u;
  return hash ^ (hash >> 29);
}

void lw_footprints_begin_(void) {
  execution++;
  crowded = false;
}

LW_UNSEEN static footprint *entry_of(const void *object) {
  uint64_t at = ((uint64_t)(uintptr_t)object * 0x9E3779B97F4A7C15u) >> 52;
  for (uint32_t probe = 0; probe < 64 && !crowded; probe++) {
    footprint *entry = &objects[(at + probe) % OBJECTS_MAX];
    if (entry->execution == execution && entry->object == object) return entry;
    if (entry->execution == execution) continue;
    *entry = (footprint){.object = object, .execution = execution};
    return entry;
  }
  crowded = true;
  return &objects[0];
}

LW_UNSEEN void lw_footprints_touch_(lw_member *member, const void *object, lw_access access) {
  footprint *entry = entry_of(object);
  if (access == LW_ACCESS_READ) {
    member->chain = mix(member->chain, entry->change);
    entry->looks += mix(1, member->chain);
  } else {
    // Both in one: each act waits here for the one before it.
    member->chain = mix(member->chain, entry->change + entry->looks * 0xD1342543DE82EF95u);
    entry->change = member->chain;
    entry->looks = 0;
  }
}

LW_UNSEEN void lw_footprints_step_(lw_member *member, uint32_t act) {
  member->chain = mix(member->chain, (uint64_t)(member->index + 1u) << 32 | act);
}

LW_UNSEEN uint64_t lw_footprints_class_(void) {
  uint64_t all = 0;
  uint32_t count = atomic_load(&lw_member_count_);
  // A member that did nothing counts as none: how many there are depends on the executions before.
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].chain != 0) all = mix(all, lw_members_[i].chain);
  return all;
}
