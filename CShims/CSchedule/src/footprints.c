// What acts touch, and which of them must keep their order: two acts depend on each other when they are of one member,
// or touch one object and at least one of them changes it. An execution stands for the class of all that differ from it
// only in the order of independent acts. The class is a number that needs no names of objects, which other executions
// and processes would have at other addresses: each act's number is made from its member, its place in the member's
// row and the numbers of the acts that it depends on; the class from the last number of every member.
#include "footprints.h"

enum { PROBES_MAX = 64 };

lw_footprints lw_footprints_;
static bool crowded; ///< more objects than there is room for: from then on all is one object

void lw_footprints_begin_(void) {
  lw_footprints_.execution++;
  crowded = false;
}

LW_UNSEEN lw_footprint *lw_footprint_find_(const void *object, uint64_t place) {
  for (uint32_t probe = 0; probe < PROBES_MAX && !crowded; probe++) {
    lw_footprint *entry = &lw_footprints_.of[(place + probe) % LW_FOOTPRINTS_MAX];
    if (entry->execution == lw_footprints_.execution && entry->object == object) return entry;
    if (entry->execution == lw_footprints_.execution) continue;
    *entry = (lw_footprint){.object = object, .execution = lw_footprints_.execution};
    return entry;
  }
  crowded = true;
  lw_footprints_.execution++; // No entry is found at its place any more.
  return &lw_footprints_.of[0];
}

LW_UNSEEN uint64_t lw_footprints_class_(void) {
  uint64_t all = 0;
  uint32_t count = atomic_load(&lw_member_count_);
  // A member that did nothing counts as none: how many there are depends on the executions before.
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].chain != 0) all = lw_footprints_mix_(all, lw_members_[i].chain);
  return all;
}
