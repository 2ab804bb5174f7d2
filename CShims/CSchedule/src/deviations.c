// The list of deviations at both ends of an execution: what is prescribed, found when its decision comes; and what was
// taken, written down before it takes effect, so that a crash cannot lose it. Optionally a log of all decisions with
// their alternatives, from which a search goes on.
#include "control.h"

static struct {
  const lw_deviation *_Nullable prescribed;
  uint32_t prescribed_count;
  uint32_t found;
  uint32_t next_of[LW_MEMBERS_MAX]; ///< where a member's next one may stand
  lw_schedule *taken;
  char *_Nullable log;
  size_t log_bytes;
  size_t log_used;
  uint64_t *_Nullable log_used_told;
  bool log_full;
} list;

void lw_deviations_begin_(const lw_execution *execution) {
  list.prescribed = execution->prescribed;
  list.prescribed_count = execution->prescribed_count;
  list.found = 0;
  for (uint32_t i = 0; i < LW_MEMBERS_MAX; i++) list.next_of[i] = 0;
  list.taken = execution->taken;
  // relaxed: as in lw_deviations_note_, and whoever finds the old ones finds them whole.
  atomic_store_explicit(&list.taken->count, 0, memory_order_relaxed);
  list.taken->lost = 0;
  list.log = execution->log;
  list.log_bytes = execution->log_bytes;
  list.log_used = 0;
  list.log_used_told = execution->log_used;
  list.log_full = false;
}

LW_UNSEEN const lw_deviation *lw_deviations_wanted_(const lw_member *member) {
  uint32_t *next = &list.next_of[member->index];
  while (*next < list.prescribed_count &&
         (list.prescribed[*next].member != member->index || list.prescribed[*next].ordinal < member->ordinal))
    ++*next;
  if (*next == list.prescribed_count || list.prescribed[*next].ordinal != member->ordinal) return NULL;
  return &list.prescribed[*next];
}

LW_UNSEEN int32_t lw_deviations_find_(const lw_choice_point *at, const lw_deviation *wanted) {
  for (uint32_t i = 0; i < at->count; i++)
    if (at->alternatives[i].turn == wanted->turn && at->alternatives[i].value == wanted->value) {
      list.found++;
      return (int32_t)i;
    }
  return -1;
}

LW_UNSEEN static void log_decision(const lw_choice_point *at, uint32_t chosen) {
  size_t bytes = sizeof(lw_decision) + at->count * sizeof(lw_deviation);
  if (list.log_bytes - list.log_used < bytes) {
    list.log_full = true;
    return;
  }
  lw_decision *entry = (lw_decision *)(void *)(list.log + list.log_used);
  // Field by field: a structure of this size is copied by memcpy, which sanitizers watch.
  entry->step = at->step;
  entry->member = at->member->index;
  entry->ordinal = at->member->ordinal;
  entry->kind = (uint8_t)at->kind;
  entry->access = (uint8_t)at->member->access;
  entry->chosen = (uint16_t)chosen;
  entry->count = (uint16_t)at->count;
  entry->bytes = (uint16_t)bytes;
  entry->state = lw_footprints_class_();
  entry->place = lw_member_place_(at->member);
  entry->object = (uintptr_t)at->member->object;
  lw_deviation *alternatives = (lw_deviation *)(void *)(entry + 1);
  for (uint32_t i = 0; i < at->count; i++) alternatives[i] = at->alternatives[i];
  list.log_used += bytes;
  if (list.log_used_told) *list.log_used_told = list.log_used;
}

LW_UNSEEN void lw_deviations_note_(const lw_choice_point *at, uint32_t chosen) {
  if (list.log && !list.log_full) log_decision(at, chosen);
  if (chosen == 0) return;
  // relaxed: only the token's holder writes.
  uint32_t count = atomic_load_explicit(&list.taken->count, memory_order_relaxed);
  if (count == LW_DEVIATIONS_MAX) {
    list.taken->lost++;
    return;
  }
  list.taken->deviations[count] = at->alternatives[chosen];
  // release: whoever reads the count, in another process after this one died, finds the deviation.
  atomic_store_explicit(&list.taken->count, count + 1, memory_order_release);
}

const lw_schedule *lw_deviations_taken_(void) { return list.taken; }

void lw_deviations_end_(lw_execution_result *result) {
  result->stray = list.prescribed_count - list.found;
  result->log_bytes = list.log_used;
  result->log_full = list.log_full;
}
