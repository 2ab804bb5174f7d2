// Scopes: where findings go. A scope is one region of pages (nothing here may depend on the program's malloc) with a
// recorder in it; the default scope belongs to the process, starts in memory and moves into the raw file at its first
// finding.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "scope.h"

enum { CAPACITY_DEFAULT = 64, CAPACITY_MAX = 1 << 20, TRACE_EVENTS = 1 << 16 };

static lw_pool observer_pool = LW_POOL(lw_observer);
static _Atomic(lw_scope *) default_scope;

size_t lw_record_file_bytes(uint32_t capacity) { return sizeof(lw_record_file) + (size_t)capacity * sizeof(lw_record); }

// -------------------------------------------------------------------------------------------------------- recorders

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
static lw_recorder *_Nullable reserve_recorder(uint32_t capacity) {
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

static void release_recorder(lw_recorder *recorder) {
  if (recorder->file_bytes) lw_pages_release(recorder->file, recorder->file_bytes);
  lw_pages_release(recorder, recorder->bytes);
}

/// A recorder whose file lives in its own pages.
static lw_recorder *_Nullable make_recorder_in_memory(uint32_t capacity) {
  lw_recorder *recorder = reserve_recorder(capacity);
  if (!recorder) return NULL;
  size_t bytes = lw_record_file_bytes(capacity);
  lw_record_file *file = lw_pages_reserve(bytes);
  if (!file) {
    release_recorder(recorder);
    return NULL;
  }
  recorder->file = file;
  recorder->file_bytes = bytes;
  initialize_file(file, capacity);
  return recorder;
}

/// A recorder whose file lives in the caller's mapping. Records of an earlier use are emptied.
static lw_recorder *_Nullable make_recorder_in_mapping(void *mapping, size_t bytes) {
  if (bytes < lw_record_file_bytes(1)) return NULL;
  uint64_t capacity = (bytes - sizeof(lw_record_file)) / sizeof(lw_record);
  if (capacity > CAPACITY_MAX) capacity = CAPACITY_MAX;
  lw_recorder *recorder = reserve_recorder((uint32_t)capacity);
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
static lw_recorder *_Nullable make_recorder_for_process(const lw_record_file *head, int *error) {
  lw_recorder *recorder = reserve_recorder(head->record_capacity);
  if (!recorder) return NULL;
  size_t bytes = lw_record_file_bytes(head->record_capacity);
  lw_record_file *file = lw_raw_file_make_(head, bytes);
  *error = file ? 0 : errno;
  recorder->is_raw_file = file != NULL;
  if (!file) file = lw_pages_reserve(bytes);
  if (!file) {
    release_recorder(recorder);
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
static lw_recorder *replace_recorder(lw_scope *scope, lw_recorder *seen, lw_recorder *made, int error) {
  // release: publishes the file's head and the empty table; acquire: we may go on with another thread's.
  if (!atomic_compare_exchange_strong_explicit(&scope->recorder, &seen, made, memory_order_acq_rel,
                                               memory_order_acquire)) {
    if (made->is_raw_file) lw_raw_file_discard_();
    release_recorder(made);
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
  // acquire: pairs with the publication in replace_recorder.
  lw_recorder *recorder = atomic_load_explicit(&scope->recorder, memory_order_acquire);
  if (!scope->is_default || (recorder->is_final && recorder->pid == getpid())) return recorder;
  int error = 0;
  lw_recorder *made = make_recorder_for_process(recorder->file, &error);
  if (!made) lw_fatal("the system has no memory for the record of a finding");
  return replace_recorder(scope, recorder, made, error);
}

// ----------------------------------------------------------------------------------------------------------- scopes

lw_scope *_Nullable lw_scope_create(const lw_scope_config *config) {
  uint32_t capacity = config->record_capacity ? config->record_capacity : CAPACITY_DEFAULT;
  if (capacity > CAPACITY_MAX) return NULL;
  lw_recorder *recorder = config->mapping ? make_recorder_in_mapping(config->mapping, config->mapping_bytes)
                                          : make_recorder_in_memory(capacity);
  if (!recorder) return NULL;
  lw_scope *scope = lw_pages_reserve(sizeof *scope);
  if (!scope) {
    release_recorder(recorder);
    return NULL;
  }
  recorder->is_final = true;
  scope->quiet = config->quiet;
  scope->on_finding = config->on_finding;
  scope->exit_code = config->exit_code;
  // relaxed: the scope is published by whoever hands it to another thread.
  atomic_store_explicit(&scope->recorder, recorder, memory_order_relaxed);
  return scope;
}

void lw_scope_destroy(lw_scope *scope) {
  // acquire: an arena that was closed on another thread has made its last finding here.
  if (scope->is_default || atomic_load_explicit(&scope->arenas, memory_order_acquire) != 0) return;
  lw_lock_acquire(&scope->observers_lock);
  for (lw_observer *observer = scope->observers; observer;) {
    lw_observer *older = observer->older;
    lw_pool_give(&observer_pool, observer);
    observer = older;
  }
  lw_lock_release_quietly(&scope->observers_lock);
  // relaxed: nobody else uses the scope any more.
  release_recorder(atomic_load_explicit(&scope->recorder, memory_order_relaxed));
  lw_pages_release(scope, sizeof *scope);
}

lw_scope *lw_scope_default(void) {
  // acquire: pairs with the publication below.
  lw_scope *scope = atomic_load_explicit(&default_scope, memory_order_acquire);
  if (scope) return scope;
  scope = lw_scope_create(&(lw_scope_config){
      .record_capacity = (uint32_t)lw_option_value_(LW_OPTION_records),
      .quiet = lw_option_value_(LW_OPTION_quiet) != 0,
      .on_finding = (lw_on_finding)lw_option_value_(LW_OPTION_on_finding),
      .exit_code = (int)lw_option_value_(LW_OPTION_exitcode),
  });
  if (!scope)
    lw_fatal("the system has no memory for the record of findings: set a smaller records in LATEWRITE_OPTIONS");
  // relaxed: not published yet.
  atomic_load_explicit(&scope->recorder, memory_order_relaxed)->is_final = false;
  lw_scope *none = NULL;
  scope->is_default = true;
  // release: publishes the scope; acquire: we may return the one that another thread made.
  if (atomic_compare_exchange_strong_explicit(&default_scope, &none, scope, memory_order_acq_rel,
                                              memory_order_acquire)) {
    if (lw_option_value_(LW_OPTION_trace) && !lw_trace_start_newest(TRACE_EVENTS))
      lw_fatal("the system has no memory for the option trace=1 in LATEWRITE_OPTIONS");
    return scope;
  }
  scope->is_default = false;
  lw_scope_destroy(scope);
  return none;
}

bool lw_scope_take_rest(lw_scope *scope) {
  lw_scope *none = NULL;
  // release: publishes the scope.
  return atomic_compare_exchange_strong_explicit(&default_scope, &none, scope, memory_order_release,
                                                 memory_order_relaxed);
}

lw_scope *_Nullable lw_scope_default_if_any_(void) {
  // acquire: pairs with the publication in lw_scope_default.
  return atomic_load_explicit(&default_scope, memory_order_acquire);
}

void lw_scope_arena_opened_(lw_scope *scope) {
  // relaxed: only the return to zero orders anything.
  atomic_fetch_add_explicit(&scope->arenas, 1, memory_order_relaxed);
}

void lw_scope_arena_closed_(lw_scope *scope) {
  // release: what the arena reported is before the scope's end, which reads the count with acquire.
  atomic_fetch_sub_explicit(&scope->arenas, 1, memory_order_release);
}

void lw_scope_set_execution(lw_scope *scope, uint64_t seed, uint64_t execution) {
  // relaxed: stamps for records; the caller orders executions.
  atomic_store_explicit(&scope->seed, seed, memory_order_relaxed);
  atomic_store_explicit(&scope->execution, execution, memory_order_relaxed);
}

const lw_record_file *lw_scope_file(const lw_scope *scope) {
  // acquire: pairs with the publication in replace_recorder.
  return atomic_load_explicit(&scope->recorder, memory_order_acquire)->file;
}

const lw_record *_Nullable lw_record_at(const lw_record_file *file, uint32_t index) {
  // acquire: a record that is counted has been emptied.
  uint32_t count = __atomic_load_n(&file->record_count, __ATOMIC_ACQUIRE);
  if (index >= count || index >= file->record_capacity) return NULL;
  const char *records = (const char *)file + file->header_bytes;
  const lw_record *record = (const lw_record *)(records + (size_t)index * file->record_bytes);
  // acquire: pairs with the release store that made the record whole.
  return __atomic_load_n(&record->state, __ATOMIC_ACQUIRE) == 2 ? record : NULL;
}

uint64_t lw_scope_count(const lw_scope *scope, lw_rule rule) {
  if (rule >= LW_RULE_COUNT) return 0;
  // relaxed: a count on its own.
  return __atomic_load_n(&lw_scope_file(scope)->counts[rule], __ATOMIC_RELAXED);
}

void lw_scope_observe(lw_scope *scope,
                      void (*_Nullable consume)(void *_Nullable context, lw_rule rule, uint32_t arena,
                                                uint64_t incarnation),
                      void *_Nullable context) {
  lw_observer *observer = NULL;
  if (consume) {
    observer = lw_pool_take(&observer_pool);
    if (!observer) lw_fatal("the system has no memory for an observer of findings");
    observer->consume = consume;
    observer->context = context;
    lw_lock_acquire(&scope->observers_lock);
    observer->older = scope->observers;
    scope->observers = observer;
    lw_lock_release_quietly(&scope->observers_lock);
  }
  // release: publishes function and context together to findings, which load with acquire.
  atomic_store_explicit(&scope->observer, observer, memory_order_release);
}
