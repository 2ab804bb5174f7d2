// Findings about writes through the checked API: LW002, LW003 and LW010, each with its writer. A late write also joins
// the finding that is its cause: the record of LW001 gets the write that it foretold.
#include <stdio.h>

#include "incident.h"

/// The record of the LW001 of this very incarnation, if it got one and nobody joined it yet; claimed for the caller.
static lw_record *_Nullable claim_cause(lw_arena *arena, const lw_subject *subject, uint32_t thread) {
  if (!(subject->cause & 1)) return NULL;
  const lw_record_file *file = lw_scope_file(arena->scope);
  for (uint32_t i = 0; i < file->record_capacity; i++) {
    const lw_record *found = lw_record_at(file, i);
    if (!found || found->rule != 1 || found->serial << 1 != (subject->cause & ~1u)) continue;
    if (found->slot != lw_incarnation_slot(subject->incarnation) || found->arena != arena->number) return NULL;
    lw_record *record = (lw_record *)(uintptr_t)found;
    uint32_t nobody = 0;
    // The first late write is told; a later one leaves it.
    return __atomic_compare_exchange_n(&record->moments[LW_MOMENT_WRITTEN].thread, &nobody, thread, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
               ? record
               : NULL;
  }
  return NULL;
}

static void join_cause(lw_arena *arena, const lw_incident *incident) {
  lw_record *record = claim_cause(arena, &incident->subject, incident->written.thread);
  if (!record) return;
  lw_recording recording = {.scope = arena->scope, .record = record, .serial = record->serial};
  lw_recording_moment_(&recording, LW_MOMENT_WRITTEN, incident->written.stack, incident->written.thread,
                       incident->written.stamp);
  record->landing = incident->landing;
  record->writer_known = 1;
  record->access_offset = incident->access_offset;
  record->access_bytes = incident->access_bytes;
  record->delay_ns = incident->delay_ns;
}

static uint64_t delay(lw_deed freed, lw_deed written) {
  return freed.stamp != 0 ? lw_clock_stamp_difference_ns(written.stamp, freed.stamp) : 0;
}

static void describe_late(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                          const lw_incident *incident) {
  (void)arena;
  const lw_subject *subject = &incident->subject;
  const char *verb = incident->landing == LW_LANDING_REFUSED ? "refused to be written" : "written";
  unsigned long long bytes = incident->access_bytes, offset = incident->access_offset,
                     start = (uintptr_t)subject->start, slot_bytes = subject->slot_bytes,
                     slot = lw_incarnation_slot(subject->incarnation),
                     generation = lw_incarnation_generation(subject->incarnation);
  if (incident->rule == 3)
    snprintf(line, LW_TEXT_BYTES,
             "%llu bytes %s through %s 0x%016llx of generation %llu, reused as generation %llu (+%llu, %llu-byte slot "
             "%llu)",
             bytes, verb, lw_incident_noun_(subject), start, generation,
             (unsigned long long)lw_word_generation(subject->word), offset, slot_bytes, slot);
  else
    snprintf(line, LW_TEXT_BYTES, "%llu bytes %s to freed %s 0x%016llx (+%llu, %llu-byte slot %llu, generation %llu)",
             bytes, verb, lw_incident_noun_(subject), start, offset, slot_bytes, slot, generation);
}

static lw_incident write_incident(lw_rule rule, lw_subject subject, uint64_t offset, uint64_t bytes, lw_landing landing,
                                  lw_deed written) {
  return (lw_incident){.rule = rule,
                       .subject = subject,
                       .access_offset = offset,
                       .access_bytes = bytes,
                       .landing = landing,
                       .writer_known = true,
                       .written = written};
}

lw_record *lw_report_late_write_(lw_arena *arena, lw_incarnation incarnation, lw_loan_record *loan, lw_landing landing,
                                 lw_landing done, uint64_t offset, uint64_t bytes, lw_deed written) {
  lw_rule rule = landing == LW_LANDING_REUSED ? 3 : 2;
  lw_subject subject = lw_subject_of_(arena, incarnation, loan);
  lw_incident incident = write_incident(rule, subject, offset, bytes, done, written);
  incident.delay_ns = delay(incident.subject.freed, written);
  join_cause(arena, &incident);
  return lw_incident_make_(arena, &incident, describe_late, NULL);
}

void lw_report_own_store_(lw_arena *arena, lw_incarnation incarnation, uint64_t offset, uint64_t bytes,
                          lw_deed written) {
  lw_subject subject = lw_subject_of_(arena, incarnation, NULL);
  subject.lent = false; // whose loan may still be open is not who stores here
  lw_incident incident = write_incident(2, subject, offset, bytes, LW_LANDING_FREED, written);
  incident.delay_ns = delay(incident.subject.freed, written);
  lw_incident_make_(arena, &incident, describe_late, NULL);
}

static void describe_beyond(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                            const lw_incident *incident) {
  (void)arena;
  const lw_subject *subject = &incident->subject;
  snprintf(line, LW_TEXT_BYTES,
           "%llu bytes written to %s 0x%016llx of %llu bytes (+%llu, %llu-byte slot %llu, generation %llu)",
           (unsigned long long)incident->access_bytes, lw_incident_noun_(subject),
           (unsigned long long)(uintptr_t)subject->start, (unsigned long long)subject->requested,
           (unsigned long long)incident->access_offset, (unsigned long long)subject->slot_bytes,
           (unsigned long long)lw_incarnation_slot(subject->incarnation),
           (unsigned long long)lw_incarnation_generation(subject->incarnation));
}

void lw_report_beyond_(lw_arena *arena, lw_incarnation incarnation, lw_loan_record *loan, uint64_t offset,
                       uint64_t bytes, lw_deed written) {
  lw_subject subject = lw_subject_of_(arena, incarnation, loan);
  lw_incident incident = write_incident(10, subject, offset, bytes, LW_LANDING_LIVE, written);
  incident.detected = written;
  lw_incident_make_(arena, &incident, describe_beyond, NULL);
}
