// Findings of the layers above: about a packet, a handle, a wait. The stacks of the incarnation at fault are looked up
// here, whether it is live, freed or long gone from its slot.
#include <stdio.h>

#include "incident.h"
#include "registry.h"

/// What a line says of a rule; the rules that the arena finds by itself have their own lines.
static const char *const phrases[LW_RULE_COUNT] = {
    [4] = "packet for an operation that nobody registered",
    [5] = "packet of an old incarnation completed a new operation",
    [6] = "packet for an operation that is still pending",
    [8] = "wait unregistered again",
    [9] = "closed or recycled handle used",
    [12] = "nothing can run any more",
    [14] = "write of the kernel refused",
    [15] = "operation submitted again while its loan is open",
    [16] = "lent stack memory whose frame has returned",
    [17] = "handle closed while a registered wait uses it",
    [18] = "blocking unregistration inside the wait's own callback",
};

static void describe(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena, const lw_incident *incident) {
  (void)arena;
  const lw_subject *subject = &incident->subject;
  const char *phrase = incident->phrase, *api = incident->api;
  if (!phrase) phrase = incident->rule < LW_RULE_COUNT && phrases[incident->rule] ? phrases[incident->rule] : "found";
  int used = snprintf(line, LW_TEXT_BYTES, "%s%s%s", api ? api : "", api ? ": " : "", phrase);
  if (subject->incarnation == 0) {
    if (incident->address)
      snprintf(line + used, LW_TEXT_BYTES - (size_t)used, " (0x%016llx)",
               (unsigned long long)(uintptr_t)incident->address);
    return;
  }
  uint64_t generation = lw_incarnation_generation(subject->incarnation), now = lw_word_generation(subject->word);
  used += snprintf(line + used, LW_TEXT_BYTES - (size_t)used, ", %s 0x%016llx (%llu-byte slot %llu, generation %llu",
                   lw_incident_noun_(subject), (unsigned long long)(uintptr_t)subject->start,
                   (unsigned long long)subject->slot_bytes,
                   (unsigned long long)lw_incarnation_slot(subject->incarnation), (unsigned long long)generation);
  if (now != generation)
    used += snprintf(line + used, LW_TEXT_BYTES - (size_t)used, ", now %llu", (unsigned long long)now);
  snprintf(line + used, LW_TEXT_BYTES - (size_t)used, ")");
}

void lw_report_(struct lw_arena *arena, const lw_finding *finding) {
  lw_incident incident = {
      .rule = finding->rule,
      .name = finding->name,
      .api = finding->api,
      .phrase = finding->phrase,
      .address = finding->address,
      .result = finding->result,
      .operation = finding->operation,
      .detected = lw_deed_now_(arena ? arena->stacks : LW_STACKS_FRAME_POINTERS),
      .completed = {finding->completed, finding->completed_thread, finding->completed_stamp},
      .cancelled = {finding->cancelled, finding->cancelled_thread, finding->cancelled_stamp},
      .owner = {finding->owner, finding->owner_thread, finding->owner_stamp},
  };
  if (arena) incident.subject = lw_subject_of_(arena, finding->incarnation, NULL);
  if (incident.subject.freed.stamp != 0)
    incident.delay_ns = lw_clock_stamp_difference_ns(incident.detected.stamp, incident.subject.freed.stamp);
  lw_incident_make_(arena, &incident, describe, NULL);
}
