// Recorders: a record file and the table of keys that belongs to it, in pages of their own, in a mapping of the caller,
// or, for the default scope from its first finding on, in the raw file.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "scope.h"

size_t lw_record_file_bytes(uint32_t capacity) { return sizeof(lw_record_file) + (size_t)capacity * sizeof(lw_record); }

static uint64_t wall_clock_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Starts a record file in memory that may have been used before.
static void initialize_file(lw_record_file *file, uint32_t capacity) {
  memset(file, 0, sizeof *file);
  memcpy(file->magic, "LWRAW\0\0\1", sizeof file->magic);
  file->header_bytes = sizeof *file;
  file->record_bytes = sizeof(lw_record);
  file->record_capacity = capacity;
  file->pid = (uint64_t)getpid();
  file->start_stamp = lw_clock_stamp();
  file->start_unix_ns = wall_clock_ns();
  const uint64_t span = 10000000000u;
  file->stamp_hz = (uint64_t)((unsigned __int128)span * 1000000000u / lw_clock_stamp_difference_ns(span, 0));
  const char *degradation = lw_stack_degradation();
  if (degradation) {
    file->degraded = 1;
    snprintf(file->degradation, sizeof file->degradation, "%s", degradation);
  }
  ssize_t length = readlink("/proc/self/exe", file->program, sizeof file->program - 1);
  if (length < 0) file->program[0] = 0;
  file->image_count = (uint32_t)lw_images(file->images, LW_RECORD_IMAGES);
}

/// A recorder without a file: pages for its table.
static lw_recorder *_Nullable reserve(uint32_t capacity) {
  uint32_t slots = 16;
  while (slots < 2 * capacity) slots *= 2;
  size_t bytes = sizeof(lw_recorder) + slots * sizeof(lw_key_slot);
  lw_recorder *recorder = lw_pages_reserve(bytes);
  if (!recorder) return NULL;
  recorder->bytes = bytes;
  recorder->slot_count = slots;
  recorder->pid = getpid();
  return recorder;
}

void lw_recorder_release_(lw_recorder *recorder) {
  if (recorder->file_bytes) lw_pages_release(recorder->file, recorder->file_bytes);
  lw_pages_release(recorder, recorder->bytes);
}

lw_recorder *_Nullable lw_recorder_in_memory_(uint32_t capacity) {
  lw_recorder *recorder = reserve(capacity);
  if (!recorder) return NULL;
  size_t bytes = lw_record_file_bytes(capacity);
  lw_record_file *file = lw_pages_reserve(bytes);
  if (!file) {
    lw_recorder_release_(recorder);
    return NULL;
  }
  recorder->file = file;
  recorder->file_bytes = bytes;
  initialize_file(file, capacity);
  return recorder;
}

lw_recorder *_Nullable lw_recorder_in_mapping_(void *mapping, size_t bytes) {
  if (bytes < lw_record_file_bytes(1)) return NULL;
  uint64_t capacity = (bytes - sizeof(lw_record_file)) / sizeof(lw_record);
  if (capacity > LW_RECORDS_MAX) capacity = LW_RECORDS_MAX;
  lw_recorder *recorder = reserve((uint32_t)capacity);
  if (!recorder) return NULL;
  recorder->file = mapping;
  initialize_file(mapping, (uint32_t)capacity);
  lw_record *records = (lw_record *)((char *)mapping + sizeof(lw_record_file));
  for (uint64_t i = 0; i < capacity; i++)
    if (records[i].state != 0) records[i].state = 0;
  return recorder;
}

/// The default scope's recorder from its first finding on: in the raw file, or in memory when there can be none.
/// `error` is why there is none.
static lw_recorder *_Nullable for_process(const lw_record_file *head, int *error) {
  lw_recorder *recorder = reserve(head->record_capacity);
  if (!recorder) return NULL;
  size_t bytes = lw_record_file_bytes(head->record_capacity);
  lw_record_file *file = lw_raw_file_make_(head, bytes);
  *error = file ? 0 : errno;
  recorder->is_raw_file = file != NULL;
  if (!file) file = lw_pages_reserve(bytes);
  if (!file) {
    lw_recorder_release_(recorder);
    return NULL;
  }
  // The head is that of the recorder before, which may be a parent's: its images and program are ours as well, its
  // findings are not.
  memcpy(file, head, sizeof *head);
  file->pid = (uint64_t)recorder->pid;
  file->record_count = 0;
  file->records_lost = 0;
  file->serials = 0;
  memset(file->counts, 0, sizeof file->counts);
  recorder->file = file;
  recorder->file_bytes = bytes;
  recorder->is_final = true;
  return recorder;
}

/// Publishes `made` in place of `seen`, or gives way to a thread that was faster. Returns the one in force.
static lw_recorder *replace(lw_scope *scope, lw_recorder *seen, lw_recorder *made, int error) {
  // release: publishes the file's head and the empty table; acquire: we may go on with another thread's.
  if (!atomic_compare_exchange_strong_explicit(&scope->recorder, &seen, made, memory_order_acq_rel,
                                               memory_order_acquire)) {
    if (made->is_raw_file) lw_raw_file_discard_();
    lw_recorder_release_(made);
    return seen;
  }
  if (made->is_raw_file && !lw_raw_file_publish_()) {
    error = errno;
    lw_raw_file_discard_();
    made->is_raw_file = false;
  }
  if (!made->is_raw_file) lw_raw_file_refused_(error, made->file_bytes);
  return made;
}

lw_recorder *lw_scope_recorder_(lw_scope *scope) {
  // acquire: pairs with the publication in replace.
  lw_recorder *recorder = atomic_load_explicit(&scope->recorder, memory_order_acquire);
  if (!scope->is_default || (recorder->is_final && recorder->pid == getpid())) return recorder;
  int error = 0;
  lw_recorder *made = for_process(recorder->file, &error);
  if (!made) lw_fatal("the system has no memory for the record of a finding");
  return replace(scope, recorder, made, error);
}
