// An operation: its record, and its start.
#include "accounting.h"
#include "error_table.h"
#include "numbers.h"
#include "operation_parts.h"
#include "tally.h"

static lw_pool_hands hands;
static lw_pool pool = LW_POOL_WITH_HANDS(lw_operation, &hands);
static lw_numbers numbers;
static lw_tally open_operations;

// ------------------------------------------------------------------------------------------------- made and dropped

lw_operation *lw_operation_take_over_(lw_file *file, const char *api, lw_verb verb, OVERLAPPED *overlapped) {
  lw_operation *made = lw_pool_take(&pool);
  if (!made) {
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  // relaxed: nobody else sees the record yet.
  atomic_store_explicit(&made->references, 2, memory_order_relaxed); // the starter's and the completer's
  made->number = lw_number_next_(&numbers);
  lw_tally_add_(&open_operations, 1);
  made->file = file;
  made->api = api;
  made->verb = verb;
  made->overlapped = overlapped;
  made->issuer = lw_issuer_();
  made->buffers = made->own_buffers;
  made->buffer_capacity = LW_OPERATION_BUFFERS;
  return made;
}

lw_operation *lw_operation_take_(lw_file *file, const char *api, lw_verb verb, OVERLAPPED *overlapped) {
  if (!lw_object_retain_(&file->object)) {
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_operation *made = lw_operation_take_over_(file, api, verb, overlapped);
  if (!made) lw_file_release_(file);
  return made;
}

static bool grow_buffers(lw_operation *operation) {
  uint32_t capacity = operation->buffer_capacity * 4;
  lw_buffer *buffers = lw_pages_reserve(capacity * sizeof *buffers);
  if (!buffers) return false;
  for (uint32_t i = 0; i < operation->buffer_count; i++) buffers[i] = operation->buffers[i];
  if (operation->buffers != operation->own_buffers)
    lw_pages_release(operation->buffers, operation->buffer_capacity * sizeof *buffers);
  operation->buffers = buffers;
  operation->buffer_capacity = capacity;
  return true;
}

bool lw_operation_add_buffer_(lw_operation *operation, const void *address, size_t bytes) {
  if (operation->buffer_count == operation->buffer_capacity && !grow_buffers(operation))
    return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  // The buffers of a write are not written into.
  operation->buffers[operation->buffer_count++] = (lw_buffer){.address = (char *)(uintptr_t)address, .bytes = bytes};
  return true;
}

bool lw_operation_add_routine_(lw_operation *operation, LPOVERLAPPED_COMPLETION_ROUTINE routine) {
  lw_thread_object *thread = lw_thread_current_();
  if (!thread || !lw_object_retain_(&thread->object)) {
    lw_operation_drop_(operation);
    return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  }
  operation->thread = thread;
  operation->routine = routine;
  return true;
}

static void give(lw_operation *operation) {
  if (operation->file->kind->forget) operation->file->kind->forget(operation);
  if (operation->buffers != operation->own_buffers)
    lw_pages_release(operation->buffers, operation->buffer_capacity * sizeof *operation->buffers);
  if (operation->event) lw_object_release_(operation->event);
  if (operation->thread) lw_object_release_(&operation->thread->object);
  lw_file_release_(operation->file);
  lw_pool_give(&pool, operation);
  lw_tally_add_(&open_operations, -1);
}

static void release(lw_operation *operation, uint32_t count) {
  // acquire: all uses of the record happen before it is given back. Where all references are the caller's nobody can
  // take another one, and there is nothing left to count.
  bool last = atomic_load_explicit(&operation->references, memory_order_acquire) == count;
  // acquire and release: as above, for whoever is the last.
  if (last || atomic_fetch_sub_explicit(&operation->references, count, memory_order_acq_rel) == count) give(operation);
}

void lw_operation_release_(lw_operation *operation) { release(operation, 1); }

void lw_operation_drop_(lw_operation *operation) { give(operation); }

void lw_overlapped_pends_(OVERLAPPED *overlapped) {
  // relaxed: nobody waits for this value.
  if (overlapped) __atomic_store_n(&overlapped->Internal, STATUS_PENDING, __ATOMIC_RELAXED);
}

uint64_t lw_operation_count_(void) { return lw_tally_sum_(&open_operations); }

// ---------------------------------------------------------------------------------------------------------- started

/// Takes the event of the OVERLAPPED. False and the last error when its handle is none.
static bool take_event(lw_operation *operation) {
  OVERLAPPED *overlapped = operation->overlapped;
  if (!overlapped || operation->routine || !overlapped->hEvent) return true;
  uintptr_t value = (uintptr_t)overlapped->hEvent;
  operation->silent = value & 1;
  operation->event =
      lw_handle_object_for_((HANDLE)(value & ~(uintptr_t)3), &lw_event_type_, EVENT_MODIFY_STATE, operation->api);
  return operation->event != NULL;
}

/// Event and file are not signalled while an operation is pending. One that has just ended, and may have been seen to,
/// signals first: its signal must not come later and be taken for this operation's.
static void reset(lw_operation *operation) {
  lw_object *object = operation->event ? operation->event : &operation->file->object;
  for (;;) {
    lw_sleeper self = lw_sleeper_();
    lw_dispatcher_enter_();
    bool waits = object->telling > 0;
    if (waits) {
      lw_wakes_add_(&object->awaits_told, &self);
    } else {
      operation->file->object.signal = 0;
      if (operation->event) lw_object_reset_(operation->event);
    }
    lw_lock_release_quietly(&lw_dispatcher_);
    if (!waits) return;
    lw_sleep_(&self, object, LW_NEVER);
  }
}

/// Puts a pending operation on its file's list, unless it has ended meanwhile. On a closed file it is cancelled.
static void list(lw_operation *operation) {
  lw_file *file = operation->file;
  lw_lock_acquire(&file->lock);
  bool done = operation->done, closed = file->closed;
  if (!done) {
    TAILQ_INSERT_TAIL(&file->pending, operation, on_file);
    operation->listed = true;
    if (closed) lw_operation_retain_(operation);
  }
  lw_lock_release(&file->lock);
  if (!done && closed) lw_operation_cancel_(operation);
}

/// Whether nothing has come of it, as NT_ERROR has it: success, information and warnings are an end like any other.
static bool is_error(DWORD status) { return status >= 0xC0000000u; }

/// Ends it; both of its references are given back.
static BOOL finish_at_once(lw_operation *operation, DWORD status, DWORD *_Nullable transferred) {
  operation->status = status;
  bool failed = is_error(status);
  DWORD moved = operation->transferred;
  // The end of a file is stored all the same, where the handle is not overlapped (Wine's test_read_write says so of
  // Windows).
  bool stores = status == STATUS_END_OF_FILE && !operation->file->overlapped;
  if (failed) lw_operation_settle_buffers_(operation);
  if (failed && stores) {
    lw_operation_store_result_(operation, true);
  } else if (failed) {
    if (!lw_loan_is_none(operation->loan)) lw_settle(operation->loan);
  } else {
    lw_operation_end_(operation, true);
    if (transferred) *transferred = moved;
  }
  release(operation, 2);
  return status == STATUS_SUCCESS ? TRUE : lw_failed_(lw_error_of_status_(status));
}

static BOOL wait_for_end(lw_operation *operation, DWORD *_Nullable transferred) {
  lw_sleep_(operation->waiter, operation, LW_NEVER);
  if (transferred) *transferred = operation->transferred;
  DWORD status = operation->status;
  return status == STATUS_SUCCESS ? TRUE : lw_failed_(lw_error_of_status_(status));
}

BOOL lw_operation_run_(lw_operation *operation, DWORD *transferred) {
  DWORD status;
  return lw_operation_run_with_(operation, transferred, &status);
}

BOOL lw_operation_run_with_(lw_operation *operation, DWORD *transferred, DWORD *status) {
  lw_file *file = operation->file;
  lw_sleeper sleeper = lw_sleeper_();
  if (!take_event(operation)) {
    lw_overlapped_pends_(operation->overlapped);
    lw_operation_drop_(operation);
    *status = STATUS_SUCCESS;
    return FALSE;
  }
  lw_announced_sweep_(__builtin_frame_address(0));
  bool waits = !file->overlapped || !operation->overlapped;
  if (waits) operation->waiter = &sleeper;
  reset(operation);
  lw_operation_lend_(operation);
  lw_overlapped_pends_(operation->overlapped);
  lw_event(LW_EVENT_SUBMIT, 0, operation->number, 0, 0, operation->loan.bits, 0);
  lw_point(LW_POINT_LEND, file, LW_ACCESS_WRITE);
  *status = file->kind->start(operation);
  if (*status != STATUS_PENDING) {
    operation->waiter = NULL;
    return finish_at_once(operation, *status, transferred);
  }
  list(operation);
  BOOL result = waits ? wait_for_end(operation, transferred) : lw_failed_(ERROR_IO_PENDING);
  if (waits) *status = operation->status;
  lw_operation_release_(operation);
  return result;
}

DWORD lw_operation_serve_(lw_operation *operation, void (*served)(lw_operation *operation), void *serves) {
  operation->served = served;
  operation->serves = serves;
  lw_event(LW_EVENT_SUBMIT, 0, operation->number, 0, 0, 0, 0);
  DWORD status = operation->file->kind->start(operation);
  if (status == STATUS_PENDING)
    list(operation);
  else
    lw_operation_release_(operation); // the completer's
  return status;
}
