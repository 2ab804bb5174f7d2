// Findings that a call to free makes: LW001, LW016, LW013 and LW007.
#include <stdio.h>

#include "blame.h"
#include "incident.h"
#include "registry.h"

void lw_report_free_(lw_arena *arena, uint32_t number, uint64_t before, lw_deed freed) {
  lw_slot *slot = &arena->slots[number];
  lw_incarnation incarnation = lw_incarnation_of(number, before);
  lw_subject subject = lw_subject_of_(arena, incarnation, NULL);
  char line[LW_TEXT_BYTES];
  subject.word = before;
  subject.freed = freed;
  const char *noun = lw_incident_noun_(&subject);
  lw_incident incident = {.rule = subject.stack ? 16 : 1, .subject = subject};
  if (lw_word_loans(before) != 0) {
    snprintf(line, sizeof line, "%s 0x%016llx %s with %u open loan%s of %s (%llu-byte slot %u, generation %llu)", noun,
             (unsigned long long)(uintptr_t)subject.start, subject.stack ? "unwound" : "freed", lw_word_loans(before),
             lw_word_loans(before) == 1 ? "" : "s", subject.lent ? subject.api : "somebody",
             (unsigned long long)subject.slot_bytes, number, (unsigned long long)lw_word_generation(before));
    lw_incident_make_(arena, &incident, line, &slot->cause);
  }
  if (lw_word_writers(before) != 0) {
    incident.rule = 13;
    incident.written = subject.written;
    incident.access_offset = subject.access >> 32;
    incident.access_bytes = (uint32_t)subject.access;
    incident.writer_known = subject.access != 0;
    incident.landing = LW_LANDING_FREED;
    snprintf(line, sizeof line, "%s 0x%016llx freed while %u writer%s inside (%llu-byte slot %u, generation %llu)",
             noun, (unsigned long long)(uintptr_t)subject.start, lw_word_writers(before),
             lw_word_writers(before) == 1 ? " is" : "s are", (unsigned long long)subject.slot_bytes, number,
             (unsigned long long)lw_word_generation(before));
    lw_incident_make_(arena, &incident, line, NULL);
  }
}

/// An address that is the start of no block that was ever allocated.
static lw_status report_invalid(lw_arena *arena, const void *address, lw_deed detected) {
  char line[LW_TEXT_BYTES];
  lw_block block = lw_block_at(address);
  lw_incident incident = {.rule = 7, .name = "invalid-free", .address = address, .detected = detected};
  int used = snprintf(line, sizeof line, "0x%016llx was given to free but is ", (unsigned long long)(uintptr_t)address);
  if (block.arena == arena && block.incarnation != 0 && block.start != address) {
    incident.subject = lw_subject_of_(arena, block.incarnation, NULL);
    snprintf(line + used, sizeof line - (size_t)used, "inside of %s 0x%016llx (+%llu, %llu-byte slot %llu)",
             lw_incident_noun_(&incident.subject), (unsigned long long)(uintptr_t)block.start,
             (unsigned long long)((uintptr_t)address - (uintptr_t)block.start), (unsigned long long)block.slot_bytes,
             (unsigned long long)lw_incarnation_slot(block.incarnation));
  } else if (block.arena && block.arena != arena) {
    snprintf(line + used, sizeof line - (size_t)used, "of arena \"%s\", not of \"%s\"", block.arena->name, arena->name);
  } else {
    snprintf(line + used, sizeof line - (size_t)used, "no block of arena \"%s\"", arena->name);
  }
  lw_incident_make_(arena, &incident, line, NULL);
  return LW_NOT_A_BLOCK;
}

lw_status lw_report_bad_free_(lw_arena *arena, const void *address, lw_deed detected) {
  lw_place place = lw_place_of_(arena, address);
  uint64_t word = place.slot ? lw_word_read(&place.slot->word) : 0;
  if (!place.slot || place.within != 0 || lw_word_generation(word) == 0)
    return report_invalid(arena, address, detected);
  char line[LW_TEXT_BYTES];
  lw_incident incident = {
      .rule = 7, .detected = detected, .subject = lw_subject_of_(arena, lw_incarnation_of(place.number, word), NULL)};
  snprintf(line, sizeof line, "%s 0x%016llx freed again (%llu-byte slot %u, generation %llu)",
           lw_incident_noun_(&incident.subject), (unsigned long long)(uintptr_t)address,
           (unsigned long long)place.slot_bytes, place.number, (unsigned long long)lw_word_generation(word));
  lw_incident_make_(arena, &incident, line, NULL);
  return LW_DOUBLE_FREE;
}
