// The path of a finding from its facts to a whole record: count, look the key up, claim a record, publish it, tell the
// observer, print the line, go on as configured. Every step is an atomic operation on the recorder or a system call, so
// a finding made in a signal handler, or by any number of threads at once, needs nothing that another thread holds.
#include "recording.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scope.h"

enum { STATE_WRITING = 1, STATE_WHOLE = 2, LINE_BYTES = 1024, PROBES_MAX = 128 };

// ------------------------------------------------------------------------------------------------------- the table

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

/// 64 bits that stand for a key. The API counts by its text: equal literals may have different addresses.
static uint64_t fingerprint_of(const lw_recording_key *key) {
  uint64_t hash = mix(0x4C617465u, key->rule);
  hash = mix(hash, (uint64_t)key->freed << 32 | key->lent);
  hash = mix(hash, key->detected);
  for (const char *letter = key->api ? key->api : ""; *letter; letter++) hash = mix(hash, (uint64_t)(uint8_t)*letter);
  return hash ? hash : 1;
}

/// The slot of a key, and whether this call claimed it. NULL: the places where it may be hold other keys. A table has
/// twice as many slots as there are records, so this happens only when records have run out long ago.
static lw_key_slot *_Nullable find_slot(lw_recorder *recorder, uint64_t fingerprint, bool *claimed) {
  uint32_t mask = recorder->slot_count - 1;
  for (uint32_t probe = 0; probe < PROBES_MAX; probe++) {
    lw_key_slot *slot = &recorder->slots[(fingerprint + probe) & mask];
    uint64_t seen = 0;
    // seq_cst: rare, and the hand-over of occurrences below leans on one order of all steps on a slot.
    *claimed = atomic_compare_exchange_strong(&slot->fingerprint, &seen, fingerprint);
    if (*claimed || seen == fingerprint) return slot;
  }
  return NULL;
}

static lw_record *record_number(lw_record_file *file, uint32_t index) {
  return (lw_record *)((char *)file + sizeof *file + (size_t)index * sizeof(lw_record));
}

/// Claims the next record by counting it; false when all are taken.
static bool claim_record(lw_record_file *file, uint32_t *index) {
  // relaxed: the record's contents are published by its state.
  *index = __atomic_load_n(&file->record_count, __ATOMIC_RELAXED);
  do {
    if (*index >= file->record_capacity) return false;
    // release: a reader that sees the count sees a state of 0 or 1, never one of an earlier use.
  } while (
      !__atomic_compare_exchange_n(&file->record_count, index, *index + 1, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
  return true;
}

/// Adds the occurrences that are waiting in `slot` to its record. Whoever adds one and then sees no record leaves it to
/// the claimer, who publishes the record first and looks here afterwards; so none is lost and none counts twice.
static void hand_over_occurrences(lw_recorder *recorder, lw_key_slot *slot) {
  uint32_t number = atomic_load(&slot->record);
  if (number == 0) return;
  uint64_t waiting = atomic_exchange(&slot->pending, 0);
  // relaxed: a count on its own.
  __atomic_fetch_add(&record_number(recorder->file, number - 1)->occurrences, waiting, __ATOMIC_RELAXED);
}

static void say_full(lw_recorder *recorder) {
  // relaxed: only the one that switches it speaks.
  if (atomic_exchange_explicit(&recorder->full_said, true, memory_order_relaxed)) return;
  char sentence[200];
  int length = snprintf(
      sentence, sizeof sentence,
      "latewrite: the raw record is full (capacity %u): findings of further causes are only counted; set a higher "
      "records in LATEWRITE_OPTIONS\n",
      recorder->file->record_capacity);
  ssize_t ignored = write(STDERR_FILENO, sentence, (size_t)length);
  (void)ignored;
}

// --------------------------------------------------------------------------------------------------------- a record

static void start_record(lw_record *record, const lw_scope *scope, const lw_recording_key *key,
                         const char *_Nullable name, uint64_t serial) {
  // `state` is read by others from the claim on (lw_record_at), so it alone is not cleared with the rest.
  const size_t behind = offsetof(lw_record, state) + sizeof record->state;
  memset(record, 0, offsetof(lw_record, state));
  memset((char *)record + behind, 0, sizeof *record - behind);
  record->version = LW_RECORD_VERSION;
  // relaxed: it says only that the record is not whole.
  __atomic_store_n(&record->state, STATE_WRITING, __ATOMIC_RELAXED);
  record->rule = key->rule;
  snprintf(record->name, sizeof record->name, "%s", name ? name : lw_rule_name(key->rule));
  record->serial = serial;
  record->occurrences = 1;
  // relaxed: stamps; the caller orders executions.
  record->seed = atomic_load_explicit(&scope->seed, memory_order_relaxed);
  record->execution = atomic_load_explicit(&scope->execution, memory_order_relaxed);
}

lw_recording lw_recording_begin_(lw_scope *scope, const lw_recording_key *key, const char *_Nullable name) {
  lw_recorder *recorder = lw_scope_recorder_(scope);
  lw_record_file *file = recorder->file;
  // relaxed, both: counts on their own.
  __atomic_fetch_add(&file->counts[key->rule], 1, __ATOMIC_RELAXED);
  lw_recording recording = {.scope = scope};
  recording.serial = __atomic_add_fetch(&file->serials, 1, __ATOMIC_RELAXED);

  bool claimed;
  lw_key_slot *slot = find_slot(recorder, fingerprint_of(key), &claimed);
  if (slot && !claimed) {
    atomic_fetch_add(&slot->pending, 1);
    hand_over_occurrences(recorder, slot);
    return recording;
  }
  uint32_t index;
  if (!slot || !claim_record(file, &index)) {
    // relaxed: a count on its own.
    __atomic_fetch_add(&file->records_lost, 1, __ATOMIC_RELAXED);
    say_full(recorder);
    return recording;
  }
  recording.record = record_number(file, index);
  start_record(recording.record, scope, key, name, recording.serial);
  atomic_store(&slot->record, index + 1);
  hand_over_occurrences(recorder, slot);
  return recording;
}

void lw_recording_moment_(lw_recording *recording, lw_moment moment, lw_stack_id stack, uint32_t thread,
                          uint64_t stamp) {
  if (!recording->record) return;
  lw_record_stack *filled = &recording->record->moments[moment];
  filled->thread = thread;
  filled->stamp = stamp;
  uint64_t start = lw_scope_file(recording->scope)->start_stamp;
  filled->time_ns = stamp > start ? lw_clock_stamp_difference_ns(stamp, start) : 0;
  filled->first_exact = lw_stack_first_is_exact(stack);
  filled->lost = stack == LW_STACK_LOST;
  if (thread != 0) lw_thread_name(thread, filled->thread_name);
  filled->frame_count = (uint32_t)lw_stack_frames(stack, filled->frames, LW_RECORD_FRAMES);
}

// ----------------------------------------------------------------------------------------------------------- images

static bool in_known_image(const lw_record_file *file, uint64_t address) {
  // acquire: pairs with the release that publishes added images.
  uint32_t count = __atomic_load_n(&file->image_count, __ATOMIC_ACQUIRE);
  for (uint32_t i = 0; i < count; i++)
    if (address >= file->images[i].start && address < file->images[i].end) return true;
  return false;
}

/// Whether a frame lies in no known image. A stack from a signal context means that this is a handler, where the
/// loader's lock may be held by the code that was interrupted: then the images stay as they are.
static bool needs_images(const lw_record_file *file, const lw_record *record) {
  bool unknown = false;
  for (int moment = 0; moment < LW_MOMENT_COUNT; moment++) {
    const lw_record_stack *stack = &record->moments[moment];
    if (stack->first_exact) return false;
    for (uint32_t i = 0; i < stack->frame_count && !unknown; i++) unknown = !in_known_image(file, stack->frames[i]);
  }
  return unknown;
}

/// Adds the images that were loaded since. Those that are known stay, loaded or not: older stacks may lie in them.
static void refresh_images(lw_scope *scope, lw_record_file *file) {
  // acquire: pairs with the release below; a thread that is refused leaves the work to the one that is at it.
  if (atomic_exchange_explicit(&scope->refreshing_images, true, memory_order_acquire)) return;
  size_t bytes = LW_RECORD_IMAGES * sizeof(lw_image);
  lw_image *images = lw_pages_reserve(bytes); // more than a small thread stack can hold
  size_t loaded = images ? lw_images(images, LW_RECORD_IMAGES) : 0;
  uint32_t count = file->image_count;
  for (size_t i = 0; i < loaded && count < LW_RECORD_IMAGES; i++)
    if (!in_known_image(file, images[i].start)) {
      file->images[count++] = images[i];
      // release: publishes the image to readers of the file.
      __atomic_store_n(&file->image_count, count, __ATOMIC_RELEASE);
    }
  if (images) lw_pages_release(images, bytes);
  // release: the next one sees the images that were added.
  atomic_store_explicit(&scope->refreshing_images, false, memory_order_release);
}

// -------------------------------------------------------------------------------------------------------------- end

/// "==PID==ERROR: Latewrite LW002 stale-write: <line>" in one write, so that lines of threads do not mix.
static void print_line(const lw_record *record, const char *line) {
  char text[LINE_BYTES];
  int length =
      snprintf(text, sizeof text, "==%d==ERROR: Latewrite LW%03u %s: %s\n", getpid(), record->rule, record->name, line);
  if (length >= LINE_BYTES) {
    length = LINE_BYTES - 1;
    text[length - 1] = '\n';
  }
  ssize_t ignored = write(STDERR_FILENO, text, (size_t)length);
  (void)ignored;
}

static void publish(lw_scope *scope, lw_record *record, const char *_Nullable line) {
  lw_record_file *file = lw_scope_recorder_(scope)->file;
  if (needs_images(file, record)) refresh_images(scope, file);
  // release: whoever reads the state 2 with acquire reads a whole record.
  __atomic_store_n(&record->state, STATE_WHOLE, __ATOMIC_RELEASE);
  if (line) print_line(record, line);
}

bool lw_recording_prints_(const lw_recording *recording) { return recording->record && !recording->scope->quiet; }

void lw_recording_end_(lw_recording *recording, lw_rule rule, uint32_t arena, uint64_t incarnation,
                       const char *_Nullable line) {
  lw_scope *scope = recording->scope;
  if (recording->record) publish(scope, recording->record, line);
  // acquire: pairs with the release in lw_scope_observe.
  const lw_observer *observer = atomic_load_explicit(&scope->observer, memory_order_acquire);
  if (observer) observer->consume(observer->context, rule, arena, incarnation);
  if (scope->on_finding == LW_ON_FINDING_CONTINUE) {
    lw_program_end_decide_(scope->exit_code);
    return;
  }
  if (scope->is_default) lw_program_end_line_();
  if (scope->on_finding == LW_ON_FINDING_ABORT) abort();
  _exit(scope->exit_code);
}
