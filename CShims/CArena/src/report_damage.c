// Findings that nobody confessed to: LW002 and LW010 as verify finds them, and LW011 when an arena closes.
#include <stdio.h>

#include "incident.h"

static void describe_damage(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                            const lw_incident *incident) {
  (void)arena;
  const lw_subject *subject = &incident->subject;
  uint64_t changed = incident->damage ? incident->damage->changed : 0;
  int used = snprintf(line, LW_TEXT_BYTES, "%llu bytes changed %s %s 0x%016llx", (unsigned long long)changed,
                      incident->rule == 2 ? "in freed" : "behind", lw_incident_noun_(subject),
                      (unsigned long long)(uintptr_t)subject->start);
  if (incident->rule == 10)
    used +=
        snprintf(line + used, LW_TEXT_BYTES - (size_t)used, " of %llu bytes", (unsigned long long)subject->requested);
  snprintf(line + used, LW_TEXT_BYTES - (size_t)used,
           " by an unknown writer (+%llu, %llu-byte slot %llu, generation %llu)",
           (unsigned long long)incident->access_offset, (unsigned long long)subject->slot_bytes,
           (unsigned long long)lw_incarnation_slot(subject->incarnation),
           (unsigned long long)lw_incarnation_generation(subject->incarnation));
}

void lw_report_damage_(lw_arena *arena, lw_rule rule, lw_incarnation incarnation, uint64_t poison_key,
                       const lw_damage *damage, lw_deed detected) {
  lw_incident incident = {
      .rule = rule,
      .subject = lw_subject_of_(arena, incarnation, NULL),
      .access_offset = damage->offset,
      .access_bytes = damage->bytes,
      .landing = rule == 2 ? LW_LANDING_FREED : LW_LANDING_LIVE,
      .detected = detected,
      .poison_key = poison_key,
      .damage = damage,
  };
  lw_incident_make_(arena, &incident, describe_damage, NULL);
}

static void describe_unsettled(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                               const lw_incident *incident) {
  (void)arena;
  const lw_subject *subject = &incident->subject;
  snprintf(line, LW_TEXT_BYTES, "loan of %s on %s 0x%016llx never settled (%llu-byte slot %llu, generation %llu)",
           subject->api, lw_incident_noun_(subject), (unsigned long long)(uintptr_t)subject->start,
           (unsigned long long)subject->slot_bytes, (unsigned long long)lw_incarnation_slot(subject->incarnation),
           (unsigned long long)lw_incarnation_generation(subject->incarnation));
}

static void describe_unfreed(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                             const lw_incident *incident) {
  (void)arena;
  const lw_subject *subject = &incident->subject;
  snprintf(line, LW_TEXT_BYTES, "%s 0x%016llx of %llu bytes never freed (%llu-byte slot %llu, generation %llu)",
           lw_incident_noun_(subject), (unsigned long long)(uintptr_t)subject->start,
           (unsigned long long)subject->requested, (unsigned long long)subject->slot_bytes,
           (unsigned long long)lw_incarnation_slot(subject->incarnation),
           (unsigned long long)lw_incarnation_generation(subject->incarnation));
}

void lw_report_leak_(lw_arena *arena, lw_incarnation incarnation, lw_loan_record *loan, lw_deed detected) {
  lw_incident incident = {.rule = 11, .subject = lw_subject_of_(arena, incarnation, loan), .detected = detected};
  lw_incident_make_(arena, &incident, loan ? describe_unsettled : describe_unfreed, NULL);
}
