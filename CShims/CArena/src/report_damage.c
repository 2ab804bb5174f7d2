// Findings that nobody confessed to: LW002 and LW010 as verify finds them, and LW011 when an arena closes.
#include <stdio.h>

#include "incident.h"

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
  const lw_subject *subject = &incident.subject;
  char line[LW_TEXT_BYTES];
  int used = snprintf(line, sizeof line,
                      rule == 2 ? "%llu bytes changed in freed %s 0x%016llx" : "%llu bytes changed behind %s 0x%016llx",
                      (unsigned long long)damage->changed, lw_incident_noun_(subject),
                      (unsigned long long)(uintptr_t)subject->start);
  if (rule == 10)
    used += snprintf(line + used, sizeof line - (size_t)used, " of %llu bytes", (unsigned long long)subject->requested);
  snprintf(line + used, sizeof line - (size_t)used,
           " by an unknown writer (+%llu, %llu-byte slot %llu, generation %llu)", (unsigned long long)damage->offset,
           (unsigned long long)subject->slot_bytes, (unsigned long long)lw_incarnation_slot(incarnation),
           (unsigned long long)lw_incarnation_generation(incarnation));
  lw_incident_make_(arena, &incident, line, NULL);
}

void lw_report_leak_(lw_arena *arena, lw_incarnation incarnation, lw_loan_record *loan, lw_deed detected) {
  lw_incident incident = {.rule = 11, .subject = lw_subject_of_(arena, incarnation, loan), .detected = detected};
  lw_subject *subject = &incident.subject;
  char line[LW_TEXT_BYTES];
  if (loan)
    snprintf(line, sizeof line, "loan of %s on %s 0x%016llx never settled (%llu-byte slot %llu, generation %llu)",
             subject->api, lw_incident_noun_(subject), (unsigned long long)(uintptr_t)subject->start,
             (unsigned long long)subject->slot_bytes, (unsigned long long)lw_incarnation_slot(incarnation),
             (unsigned long long)lw_incarnation_generation(incarnation));
  else
    snprintf(line, sizeof line, "%s 0x%016llx of %llu bytes never freed (%llu-byte slot %llu, generation %llu)",
             lw_incident_noun_(subject), (unsigned long long)(uintptr_t)subject->start,
             (unsigned long long)subject->requested, (unsigned long long)subject->slot_bytes,
             (unsigned long long)lw_incarnation_slot(incarnation),
             (unsigned long long)lw_incarnation_generation(incarnation));
  lw_incident_make_(arena, &incident, line, NULL);
}
