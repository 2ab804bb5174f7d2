// Scopes: where findings go. A scope is one region of pages (nothing here may depend on the program's malloc) with a
// recorder in it; the default scope belongs to the process, starts in memory and moves into the raw file at its first
// finding (recorder.c).
#include "scope.h"

enum { CAPACITY_DEFAULT = 64, TRACE_EVENTS = 1 << 16 };

static lw_pool observer_pool = LW_POOL(lw_observer);
static _Atomic(lw_scope *) default_scope;

lw_scope *_Nullable lw_scope_create(const lw_scope_config *config) {
  uint32_t capacity = config->record_capacity ? config->record_capacity : CAPACITY_DEFAULT;
  if (capacity > LW_RECORDS_MAX) return NULL;
  lw_recorder *recorder = config->mapping ? lw_recorder_in_mapping_(config->mapping, config->mapping_bytes)
                                          : lw_recorder_in_memory_(capacity);
  if (!recorder) return NULL;
  lw_scope *scope = lw_pages_reserve(sizeof *scope);
  if (!scope) {
    lw_recorder_release_(recorder);
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
  lw_recorder_release_(atomic_load_explicit(&scope->recorder, memory_order_relaxed));
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

bool lw_scope_pass_rest(lw_scope *scope, lw_scope *other) {
  // The process's own stands for what nobody has taken.
  if (scope->is_default) return false;
  lw_scope *holder = scope;
  // release: publishes the scope.
  return atomic_compare_exchange_strong_explicit(&default_scope, &holder, other, memory_order_release,
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
  // acquire: pairs with the publication in recorder.c.
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
