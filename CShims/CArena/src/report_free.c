// Findings that a call to free makes: LW001, LW016, LW013 and LW007.
#include <stdio.h>

#include "blame.h"
#include "incident.h"
#include "registry.h"

static void describe_lent(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                          const lw_incident *incident) {
  (void)arena;
  const lw_subject *subject = &incident->subject;
  uint32_t loans = lw_word_loans(subject->word);
  snprintf(line, LW_TEXT_BYTES, "%s 0x%016llx %s with %u open loan%s of %s (%llu-byte slot %llu, generation %llu)",
           lw_incident_noun_(subject), (unsigned long long)(uintptr_t)subject->start,
           subject->stack ? "unwound" : "freed", loans, loans == 1 ? "" : "s",
           subject->lent ? subject->api : "somebody", (unsigned long long)subject->slot_bytes,
           (unsigned long long)lw_incarnation_slot(subject->incarnation),
           (unsigned long long)lw_word_generation(subject->word));
}

static void describe_written(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                             const lw_incident *incident) {
  (void)arena;
  const lw_subject *subject = &incident->subject;
  uint32_t writers = lw_word_writers(subject->word);
  snprintf(line, LW_TEXT_BYTES, "%s 0x%016llx freed while %u writer%s inside (%llu-byte slot %llu, generation %llu)",
           lw_incident_noun_(subject), (unsigned long long)(uintptr_t)subject->start, writers,
           writers == 1 ? " is" : "s are", (unsigned long long)subject->slot_bytes,
           (unsigned long long)lw_incarnation_slot(subject->incarnation),
           (unsigned long long)lw_word_generation(subject->word));
}

void lw_report_free_(lw_arena *arena, uint32_t number, uint64_t before, lw_deed freed) {
  lw_slot *slot = &arena->slots[number];
  lw_incarnation incarnation = lw_incarnation_of(number, before);
  lw_subject subject = lw_subject_of_(arena, incarnation, NULL);
  subject.word = before;
  subject.freed = freed;
  lw_incident incident = {.rule = subject.stack ? 16 : 1, .subject = subject};
  if (lw_word_loans(before) != 0) lw_incident_make_(arena, &incident, describe_lent, &slot->cause);
  if (lw_word_writers(before) != 0) {
    incident.rule = 13;
    incident.written = subject.written;
    incident.access_offset = subject.access >> 32;
    incident.access_bytes = (uint32_t)subject.access;
    incident.writer_known = subject.access != 0;
    incident.landing = LW_LANDING_FREED;
    lw_incident_make_(arena, &incident, describe_written, NULL);
  }
}

static void describe_invalid(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                             const lw_incident *incident) {
  const void *address = incident->address;
  lw_block block = lw_block_at(address);
  int used =
      snprintf(line, LW_TEXT_BYTES, "0x%016llx was given to free but is ", (unsigned long long)(uintptr_t)address);
  size_t room = LW_TEXT_BYTES - (size_t)used;
  const char *name = arena ? arena->name : "";
  if (incident->subject.incarnation != 0)
    snprintf(line + used, room, "inside of %s 0x%016llx (+%llu, %llu-byte slot %llu)",
             lw_incident_noun_(&incident->subject), (unsigned long long)(uintptr_t)block.start,
             (unsigned long long)((uintptr_t)address - (uintptr_t)block.start), (unsigned long long)block.slot_bytes,
             (unsigned long long)lw_incarnation_slot(block.incarnation));
  else if (block.arena && block.arena != arena)
    snprintf(line + used, room, "of arena \"%s\", not of \"%s\"", block.arena->name, name);
  else
    snprintf(line + used, room, "no block of arena \"%s\"", name);
}

/// An address that is the start of no block that was ever allocated.
static lw_status report_invalid(lw_arena *arena, const void *address, lw_deed detected) {
  lw_block block = lw_block_at(address);
  lw_incident incident = {.rule = 7, .name = "invalid-free", .address = address, .detected = detected};
  if (block.arena == arena && block.incarnation != 0 && block.start != address)
    incident.subject = lw_subject_of_(arena, block.incarnation, NULL);
  lw_incident_make_(arena, &incident, describe_invalid, NULL);
  return LW_NOT_A_BLOCK;
}

static void describe_again(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                           const lw_incident *incident) {
  (void)arena;
  const lw_subject *subject = &incident->subject;
  snprintf(line, LW_TEXT_BYTES, "%s 0x%016llx freed again (%llu-byte slot %llu, generation %llu)",
           lw_incident_noun_(subject), (unsigned long long)(uintptr_t)subject->start,
           (unsigned long long)subject->slot_bytes, (unsigned long long)lw_incarnation_slot(subject->incarnation),
           (unsigned long long)lw_incarnation_generation(subject->incarnation));
}

lw_status lw_report_bad_free_(lw_arena *arena, const void *address, lw_deed detected) {
  lw_place place = lw_place_of_(arena, address);
  uint64_t word = place.slot ? lw_word_read(&place.slot->word) : 0;
  if (!place.slot || place.within != 0 || lw_word_generation(word) == 0)
    return report_invalid(arena, address, detected);
  lw_incident incident = {
      .rule = 7, .detected = detected, .subject = lw_subject_of_(arena, lw_incarnation_of(place.number, word), NULL)};
  lw_incident_make_(arena, &incident, describe_again, NULL);
  return LW_DOUBLE_FREE;
}
