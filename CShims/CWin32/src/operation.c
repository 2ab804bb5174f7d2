// The life of an operation: made, lent for, started, ended, told.
#include "operation.h"

#include "accounting.h"
#include "error_table.h"
#include "port.h"

static lw_pool pool = LW_POOL(lw_operation);
static _Atomic uint64_t numbers;
static _Atomic int64_t open_operations;

// ------------------------------------------------------------------------------------------------- made and dropped

lw_operation *lw_operation_take_(lw_file *file, const char *api, lw_verb verb, OVERLAPPED *overlapped) {
  lw_operation *made = lw_pool_take(&pool);
  if (!made || !lw_object_retain_(&file->object)) {
    if (made) lw_pool_give(&pool, made);
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  // relaxed: nobody else sees the record yet, and only the counts of the other two matter.
  atomic_store_explicit(&made->references, 2, memory_order_relaxed); // the starter's and the completer's
  made->number = 1 + atomic_fetch_add_explicit(&numbers, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&open_operations, 1, memory_order_relaxed);
  made->file = file;
  made->api = api;
  made->verb = verb;
  made->overlapped = overlapped;
  made->issuer = lw_issuer_();
  made->buffers = made->own_buffers;
  made->buffer_capacity = LW_OPERATION_BUFFERS;
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
  if (operation->buffers != operation->own_buffers)
    lw_pages_release(operation->buffers, operation->buffer_capacity * sizeof *operation->buffers);
  if (operation->event) lw_object_release_(operation->event);
  if (operation->thread) lw_object_release_(&operation->thread->object);
  lw_file_release_(operation->file);
  lw_pool_give(&pool, operation);
  // relaxed: a count for accounting.
  atomic_fetch_sub_explicit(&open_operations, 1, memory_order_relaxed);
}

void lw_operation_release_(lw_operation *operation) {
  // acquire and release: all uses of the record happen before it is given back.
  if (atomic_fetch_sub_explicit(&operation->references, 1, memory_order_acq_rel) == 1) give(operation);
}

void lw_operation_drop_(lw_operation *operation) { give(operation); }

uint64_t lw_operation_count_(void) {
  // relaxed: exact when nobody is at work.
  return (uint64_t)atomic_load_explicit(&open_operations, memory_order_relaxed);
}

// ------------------------------------------------------------------------------------------------------------- lent

/// The block that is lent when `address` is: the one that holds it, or the shadow of announced memory. NULL elsewhere.
static void *_Nullable block_of(const void *_Nullable address, size_t *offset) {
  lw_block block = lw_block_at(address);
  if (!block.start) return lw_shadow_at_(address, offset);
  *offset = (size_t)((const char *)address - (const char *)block.start);
  return block.start;
}

/// The none loan outside every arena and in blocks that are not live.
static lw_loan lend(const lw_operation *operation, void *_Nullable block) {
  if (!block) return (lw_loan){0};
  return lw_lend_(block, operation->api, operation->number, LW_HOLDER_KERNEL, NULL);
}

/// LW015: the OVERLAPPED belongs to an operation that nobody has seen the end of.
static void look_for_reuse(const lw_operation *operation, const void *block) {
  if (!lw_structure_is_lent_(block, operation->offset)) return;
  lw_block at = lw_block_at(block);
  lw_report_(at.arena, &(lw_finding){.rule = 15,
                                     .api = operation->api,
                                     .address = operation->overlapped,
                                     .incarnation = at.incarnation,
                                     .operation = operation->number});
}

static void lend_all(lw_operation *operation) {
  void *status_block = operation->overlapped ? block_of(operation->overlapped, &operation->offset) : NULL;
  if (status_block) {
    look_for_reuse(operation, status_block);
    operation->loan = lend(operation, status_block);
    lw_loan_of_structure_(operation->loan, operation->offset);
  }
  for (uint32_t i = 0; i < operation->buffer_count; i++) {
    lw_buffer *buffer = &operation->buffers[i];
    if (!buffer->address || buffer->bytes == 0) continue;
    void *block = block_of(buffer->address, &buffer->offset);
    buffer->shared = block && block == status_block;
    buffer->loan = buffer->shared ? operation->loan : lend(operation, block);
  }
}

static bool has_buffer_loans(const lw_operation *operation) {
  for (uint32_t i = 0; i < operation->buffer_count; i++)
    if (!lw_loan_is_none(operation->buffers[i].loan) && !operation->buffers[i].shared) return true;
  return false;
}

static void settle_buffers(lw_operation *operation) {
  for (uint32_t i = 0; i < operation->buffer_count; i++) {
    lw_buffer *buffer = &operation->buffers[i];
    if (!lw_loan_is_none(buffer->loan) && !buffer->shared) lw_settle(buffer->loan);
    buffer->loan = (lw_loan){0};
  }
}

char *lw_operation_write_begin_(const lw_operation *operation, uint32_t index, size_t at, size_t bytes,
                                lw_write *write) {
  const lw_buffer *buffer = &operation->buffers[index];
  if (lw_loan_is_none(buffer->loan)) {
    *write = (lw_write){.landing = LW_LANDING_NONE};
    return buffer->address + at;
  }
  *write = lw_write_begin_(buffer->loan, buffer->offset + at, bytes);
  return write->address ? buffer->address + at : NULL;
}

void lw_operation_store_(const lw_operation *operation, uint32_t index, size_t at, const void *source, size_t bytes) {
  lw_write write;
  char *target = lw_operation_write_begin_(operation, index, at, bytes, &write);
  if (target) lw_words_copy(target, source, lw_loan_is_none(write.loan) ? bytes : write.bytes);
  lw_write_end(&write);
}

// ------------------------------------------------------------------------------------------------------------ ended

static void store_status(OVERLAPPED *overlapped, DWORD status) {
  // release: whoever sees that it has ended sees what was written into the buffers.
  __atomic_store_n(&overlapped->Internal, status, __ATOMIC_RELEASE);
}

/// Stores the result. When the loan `ends` here, it is settled between the count and the status - unless the block is
/// gone, into which everything is written as one late write.
static void store_result(lw_operation *operation, bool ends) {
  OVERLAPPED *overlapped = operation->overlapped;
  if (!overlapped) return;
  if (lw_loan_is_none(operation->loan)) {
    lw_store64(&overlapped->InternalHigh, operation->transferred);
    store_status(overlapped, operation->status);
    return;
  }
  lw_write write = lw_write_begin_(operation->loan, operation->offset, 2 * sizeof(uint64_t));
  bool last = ends && write.landing == LW_LANDING_LIVE;
  if (write.address) {
    lw_store64(&overlapped->InternalHigh, operation->transferred);
    if (!last) store_status(overlapped, operation->status);
  }
  lw_write_end(&write);
  if (!ends) return;
  lw_settle(operation->loan);
  operation->loan = (lw_loan){0};
  if (last) store_status(overlapped, operation->status);
}

/// Signals what stands for the end: the event, or the file itself; and the thread that waits in the starting call.
static void tell(lw_operation *operation) {
  lw_object *object = operation->event ? operation->event : &operation->file->object;
  // relaxed: set before the operations that it is about.
  uint32_t modes = atomic_load_explicit(&operation->file->modes, memory_order_relaxed);
  if (operation->event || !(modes & LW_FILE_SKIP_SET_EVENT)) lw_object_set_(object);
  if (!operation->waiter) return;
  lw_wakes wakes = {NULL};
  lw_wakes_add_(&wakes, operation->waiter);
  lw_wakes_release_(&wakes);
}

/// The packet of a port has left: the end of the other loans.
static void packet_left(void *context) {
  settle_buffers(context);
  lw_operation_release_(context);
}

/// The packet takes the loans over.
static void hand_to_port(lw_operation *operation, lw_object *port) {
  lw_completion completion = {.overlapped = operation->overlapped,
                              .key = operation->file->key,
                              .bytes = operation->transferred,
                              .status = operation->status,
                              .error = lw_error_of_status_(operation->status),
                              .loan = operation->loan};
  if (!lw_loan_is_none(completion.loan)) lw_loan_pass(completion.loan, LW_HOLDER_PACKET);
  if (has_buffer_loans(operation)) {
    lw_operation_retain_(operation);
    completion.left = packet_left;
    completion.context = operation;
  }
  lw_port_complete_(port, &completion);
}

/// The end of the loans of an operation whose routine has run or never will.
static void routine_over(lw_apc *apc) {
  lw_operation *operation = (lw_operation *)(void *)((char *)apc - offsetof(lw_operation, apc));
  settle_buffers(operation);
  if (!lw_loan_is_none(operation->loan)) lw_settle(operation->loan);
  lw_operation_release_(operation);
}

static void run_routine(lw_apc *apc) {
  lw_operation *operation = (lw_operation *)(void *)((char *)apc - offsetof(lw_operation, apc));
  lw_point(LW_POINT_CALLBACK, operation, LW_ACCESS_WRITE);
  lw_loan_pass(operation->loan, LW_HOLDER_USER);
  DWORD error = lw_error_of_status_(operation->status);
  operation->routine(error, operation->transferred, operation->overlapped);
  routine_over(apc);
}

/// Queues the routine to the thread that started the operation.
static void hand_to_thread(lw_operation *operation) {
  operation->apc = (lw_apc){.run = run_routine, .dropped = routine_over};
  lw_operation_retain_(operation);
  if (!lw_apc_queue_(operation->thread, &operation->apc)) routine_over(&operation->apc);
}

/// Everything that belongs to an end but the error of one that failed at once.
static void end(lw_operation *operation, bool at_once) {
  lw_file *file = operation->file;
  // acquire: the key was stored before.
  lw_object *port = operation->silent || !operation->overlapped || operation->routine
                        ? NULL
                        : atomic_load_explicit(&file->port, memory_order_acquire);
  // relaxed: as in tell.
  if (at_once && atomic_load_explicit(&file->modes, memory_order_relaxed) & LW_FILE_SKIP_PORT_ON_SUCCESS) port = NULL;
  bool passes = port || operation->routine;
  if (!passes) settle_buffers(operation);
  store_result(operation, !passes);
  lw_event(LW_EVENT_DONE, 0, operation->number, 0, 0, operation->loan.bits, operation->status);
  tell(operation);
  if (port) hand_to_port(operation, port);
  if (operation->routine) hand_to_thread(operation);
}

void lw_operation_complete_(lw_operation *operation, DWORD status, DWORD transferred) {
  lw_file *file = operation->file;
  operation->status = status;
  operation->transferred = transferred;
  lw_lock_acquire(&file->lock);
  if (operation->listed) TAILQ_REMOVE(&file->pending, operation, on_file);
  operation->listed = false;
  operation->done = true;
  lw_lock_release_quietly(&file->lock);
  end(operation, false);
  lw_operation_release_(operation);
}

// ---------------------------------------------------------------------------------------------------------- started

/// Takes the event of the OVERLAPPED and resets it. False and the last error when its handle is none.
static bool take_event(lw_operation *operation) {
  OVERLAPPED *overlapped = operation->overlapped;
  if (!overlapped || operation->routine || !overlapped->hEvent) return true;
  uintptr_t value = (uintptr_t)overlapped->hEvent;
  operation->silent = value & 1;
  operation->event = lw_handle_object_((HANDLE)(value & ~(uintptr_t)3), &lw_event_type_);
  return operation->event != NULL;
}

/// Event and file are not signalled while an operation is pending.
static void reset(lw_operation *operation) {
  lw_dispatcher_enter_();
  operation->file->object.signal = 0;
  if (operation->event) operation->event->signal = 0;
  lw_lock_release_quietly(&lw_dispatcher_);
}

/// Puts a pending operation on its file's list. False when it has ended meanwhile, or ends because the file is closed.
static bool list(lw_operation *operation) {
  lw_file *file = operation->file;
  lw_lock_acquire(&file->lock);
  bool done = operation->done, closed = file->closed;
  if (!done) {
    TAILQ_INSERT_TAIL(&file->pending, operation, on_file);
    operation->listed = true;
    if (closed) lw_operation_retain_(operation);
  }
  lw_lock_release(&file->lock);
  if (done) return false;
  if (closed) lw_operation_cancel_(operation);
  return true;
}

/// Whether nothing has come of it, as NT_ERROR has it: success, information and warnings are an end like any other.
static bool is_error(DWORD status) { return status >= 0xC0000000u; }

static BOOL finish_at_once(lw_operation *operation, DWORD status, DWORD *_Nullable transferred) {
  operation->status = status;
  bool failed = is_error(status);
  DWORD moved = operation->transferred;
  if (failed) {
    settle_buffers(operation);
    if (!lw_loan_is_none(operation->loan)) lw_settle(operation->loan);
  } else {
    end(operation, true);
    if (transferred) *transferred = moved;
  }
  lw_operation_release_(operation); // the completer's
  return status == STATUS_SUCCESS ? TRUE : lw_failed_(lw_error_of_status_(status));
}

static BOOL wait_for_end(lw_operation *operation, DWORD *_Nullable transferred) {
  lw_sleep_(operation->waiter, operation, LW_NEVER);
  if (transferred) *transferred = operation->transferred;
  DWORD status = operation->status;
  return status == STATUS_SUCCESS ? TRUE : lw_failed_(lw_error_of_status_(status));
}

BOOL lw_operation_run_(lw_operation *operation, DWORD *transferred) {
  lw_file *file = operation->file;
  lw_sleeper sleeper = lw_sleeper_();
  if (!take_event(operation)) {
    lw_operation_drop_(operation);
    return FALSE;
  }
  lw_announced_sweep_(__builtin_frame_address(0));
  bool waits = !file->overlapped || !operation->overlapped;
  if (waits) operation->waiter = &sleeper;
  reset(operation);
  lend_all(operation);
  // relaxed: nobody waits for this value.
  if (operation->overlapped) __atomic_store_n(&operation->overlapped->Internal, STATUS_PENDING, __ATOMIC_RELAXED);
  lw_event(LW_EVENT_SUBMIT, 0, operation->number, 0, 0, operation->loan.bits, 0);
  lw_point(LW_POINT_LEND, file, LW_ACCESS_WRITE);
  DWORD status = file->kind->start(operation);
  BOOL result;
  if (status != STATUS_PENDING) {
    operation->waiter = NULL;
    result = finish_at_once(operation, status, transferred);
  } else {
    list(operation);
    result = waits ? wait_for_end(operation, transferred) : lw_failed_(ERROR_IO_PENDING);
  }
  lw_operation_release_(operation);
  return result;
}
