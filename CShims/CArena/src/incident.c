// Makes an incident flat: into a record of the arena's scope, where everything that renders it later finds it, and into
// one line on standard error.
#include "incident.h"

#include <string.h>

#include "layouts.h"
#include "loan_table.h"
#include "poison.h"

enum { WINDOW_BEFORE = 16 };

const char *lw_incident_noun_(const lw_subject *subject) {
  if (subject->stack) return "stack memory";
  const lw_layout_entry *entry = lw_layout_entry_(subject->layout);
  return entry ? entry->name : "block";
}

static void copy_text(char *to, size_t bytes, const char *_Nullable text) {
  if (text) strncpy(to, text, bytes - 1);
}

static void fill_block(lw_record *record, const lw_incident *incident) {
  const lw_subject *subject = &incident->subject;
  record->address = (uint64_t)(uintptr_t)(incident->address ? incident->address : subject->start);
  record->slot = lw_incarnation_slot(subject->incarnation);
  record->generation = lw_incarnation_generation(subject->incarnation);
  record->slot_bytes = subject->slot_bytes;
  record->requested = subject->requested;
  record->generation_now = lw_word_generation(subject->word);
  record->state_now = lw_word_state(subject->word);
  record->open_loans = lw_word_loans(subject->word);
  record->writers = lw_word_writers(subject->word);
  const lw_layout_entry *entry = lw_layout_entry_(subject->layout);
  if (!entry) return;
  copy_text(record->layout, sizeof record->layout, entry->name);
  record->field_count = entry->field_count;
  for (uint32_t i = 0; i < entry->field_count; i++) {
    copy_text(record->fields[i].name, sizeof record->fields[i].name, entry->fields[i].name);
    record->fields[i].offset = entry->fields[i].offset;
    record->fields[i].bytes = entry->fields[i].bytes;
  }
}

/// Where a window starts that shows what is at `offset`, and in `bytes` how long it is.
static uint64_t window_around(uint64_t offset, uint64_t slot_bytes, uint64_t *bytes) {
  uint64_t first = offset > WINDOW_BEFORE ? (offset - WINDOW_BEFORE) & ~7ull : 0;
  if (first > slot_bytes) first = slot_bytes;
  *bytes = slot_bytes - first < LW_RECORD_BYTES ? slot_bytes - first : LW_RECORD_BYTES;
  return first;
}

void lw_window_before_write_(lw_record *record, const char *start, uint64_t slot_bytes) {
  uint64_t bytes, first = window_around(record->access_offset, slot_bytes, &bytes);
  record->window_offset = (uint32_t)first;
  for (uint64_t i = 0; i < bytes; i++) record->before[i] = lw_load8(start + first + i);
}

void lw_window_after_write_(lw_record *record, const char *start, uint64_t slot_bytes) {
  uint64_t bytes, first = window_around(record->access_offset, slot_bytes, &bytes);
  for (uint64_t i = 0; i < bytes; i++) record->after[i] = lw_load8(start + first + i);
  // release: whoever sees that there is a window sees its bytes.
  __atomic_store_n(&record->window_bytes, (uint32_t)bytes, __ATOMIC_RELEASE);
}

/// The bytes around the damage, expected and found.
static void fill_window(lw_record *record, const lw_incident *incident) {
  const lw_damage *damage = incident->damage;
  if (!damage) return;
  uint64_t bytes, first = window_around(damage->offset, incident->subject.slot_bytes, &bytes);
  record->window_offset = (uint32_t)first;
  record->window_bytes = (uint32_t)bytes;
  for (uint64_t i = 0; i < bytes; i++) {
    record->before[i] = lw_poison_byte(incident->poison_key, first + i);
    record->after[i] = lw_load8(incident->subject.start + first + i);
    // In front of the slack of a live block lie its contents; nothing else is expected of them.
    if (incident->rule == 10 && first + i < incident->subject.requested) record->before[i] = record->after[i];
  }
}

static void fill_moment(lw_recording *recording, lw_moment moment, lw_deed deed) {
  if (deed.thread != 0) lw_recording_moment_(recording, moment, deed.stack, deed.thread, deed.stamp);
}

/// Who has the address now, if it is another incarnation.
static void fill_owner(lw_arena *arena, lw_recording *recording, const lw_subject *subject) {
  if (lw_word_generation(subject->word) == lw_incarnation_generation(subject->incarnation)) return;
  lw_subject owner =
      lw_subject_of_(arena, lw_incarnation_of(lw_incarnation_slot(subject->incarnation), subject->word), NULL);
  fill_moment(recording, LW_MOMENT_OWNER_ALLOCATED, owner.allocated);
  fill_moment(recording, LW_MOMENT_OWNER_LENT, owner.lent_by);
  recording->record->operation_now = owner.operation;
}

static void fill(lw_arena *_Nullable arena, lw_recording *recording, const lw_incident *incident) {
  lw_record *record = recording->record;
  const lw_subject *subject = &incident->subject;
  copy_text(record->api, sizeof record->api, incident->api ? incident->api : subject->api);
  record->operation = incident->operation ? incident->operation : subject->operation;
  record->access_offset = incident->access_offset;
  record->access_bytes = incident->access_bytes;
  record->landing = incident->landing;
  record->writer_known = incident->writer_known;
  record->result = incident->result;
  record->delay_ns = incident->delay_ns;
  fill_moment(recording, LW_MOMENT_ALLOCATED, subject->allocated);
  fill_moment(recording, LW_MOMENT_LENT, subject->lent_by);
  fill_moment(recording, LW_MOMENT_CANCELLED, incident->cancelled.thread ? incident->cancelled : subject->cancelled);
  fill_moment(recording, LW_MOMENT_FREED, subject->freed);
  fill_moment(recording, LW_MOMENT_WRITTEN, incident->written);
  fill_moment(recording, LW_MOMENT_COMPLETED, incident->completed);
  fill_moment(recording, LW_MOMENT_DETECTED, incident->detected);
  fill_moment(recording, LW_MOMENT_OWNER_ALLOCATED, incident->owner);
  fill_block(record, incident);
  fill_window(record, incident);
  if (!arena) return;
  record->arena = arena->number;
  copy_text(record->arena_name, sizeof record->arena_name, arena->name);
  if (subject->incarnation == 0) return;
  fill_owner(arena, recording, subject);
  record->history_count = (uint32_t)lw_trace_recent(arena->number, lw_incarnation_slot(subject->incarnation),
                                                    record->history, LW_RECORD_HISTORY);
  // Read last: the free that is the cause may have been reporting itself meanwhile.
  if (incident->rule == 2 || incident->rule == 3)
    record->cause = lw_subject_of_(arena, subject->incarnation, NULL).cause >> 1;
}

/// What makes two findings of a rule different besides free, loan and API. Where the cause is a free, the place of the
/// detection does not; but a write by an unknown writer is another finding than one by a known writer.
static lw_stack_id detected_key(const lw_incident *incident) {
  lw_rule rule = incident->rule;
  if (rule == 1 || rule == 3 || rule == 13 || (rule == 2 && incident->writer_known)) return LW_STACK_NONE;
  return rule == 2 ? LW_STACK_LOST : incident->detected.stack;
}

lw_record *lw_incident_make_(lw_arena *arena, const lw_incident *incident, lw_incident_line *describe,
                             _Atomic uint32_t *cause) {
  lw_recording_key key = {
      .rule = incident->rule,
      .freed = incident->subject.freed.stack,
      .lent = incident->subject.lent_by.stack,
      .detected = detected_key(incident),
      .api = incident->api ? incident->api : incident->subject.api,
  };
  lw_recording recording = lw_recording_begin_(arena ? arena->scope : lw_scope_default(), &key, incident->name);
  if (cause) LW_SET_FACT(*cause, (uint32_t)recording.serial << 1 | (recording.record != NULL));
  if (recording.record) fill(arena, &recording, incident);
  char line[LW_TEXT_BYTES];
  bool prints = lw_recording_prints_(&recording);
  if (prints) describe(line, arena, incident);
  lw_recording_end_(&recording, incident->rule, arena ? arena->number : 0, incident->subject.incarnation,
                    prints ? line : NULL);
  return recording.record;
}
