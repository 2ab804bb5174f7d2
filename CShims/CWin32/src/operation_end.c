// The end of an operation: result stored, loans settled or passed on, everybody told.
#include "error_table.h"
#include "operation_parts.h"
#include "port.h"

static void store_status(OVERLAPPED *overlapped, DWORD status) {
  lw_touch(overlapped, LW_ACCESS_WRITE);
  // release: whoever sees that it has ended sees what was written into the buffers.
  __atomic_store_n(&overlapped->Internal, status, __ATOMIC_RELEASE);
}

// When the loan ends here, it is settled between the count and the status - unless the block is gone, into which
// everything is written as one late write.
void lw_operation_store_result_(lw_operation *operation, bool ends) {
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

/// From before its status can be seen until it is signalled, the object that stands for the end is not reset for
/// another operation; see operation.c.
static lw_object *_Nullable begin_telling(lw_operation *operation, bool at_once) {
  // Whoever started it is still in the call, or nobody sees a status.
  if (at_once || !operation->overlapped) return NULL;
  lw_object *object = operation->event ? operation->event : &operation->file->object;
  lw_dispatcher_enter_();
  object->telling++;
  lw_lock_release_quietly(&lw_dispatcher_);
  return object;
}

static void end_telling(lw_object *object, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  if (--object->telling > 0) return;
  lw_sleeper *sleeper;
  while ((sleeper = object->awaits_told.first)) {
    object->awaits_told.first = sleeper->next;
    lw_wakes_add_(wakes, sleeper);
  }
}

/// Signals what stands for the end: the event, or the file itself; and the thread that waits in the starting call.
static void tell(lw_operation *operation, lw_object *_Nullable telling) {
  lw_object *object = operation->event ? operation->event : &operation->file->object;
  // relaxed: set before the operations that it is about.
  uint32_t modes = atomic_load_explicit(&operation->file->modes, memory_order_relaxed);
  bool signals = operation->event || !(modes & LW_FILE_SKIP_SET_EVENT);
  lw_wakes wakes = {NULL};
  if (signals) lw_point(LW_POINT_SIGNAL, object, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  if (signals) lw_object_signal_(object, &wakes);
  if (telling) end_telling(telling, &wakes);
  lw_dispatcher_leave_(&wakes);
  if (!operation->waiter) return;
  lw_wakes waiter = {NULL};
  lw_wakes_add_(&waiter, operation->waiter);
  lw_wakes_release_(&waiter);
}

/// The packet of a port has left: the end of the other loans.
static void packet_left(void *context) {
  lw_operation_settle_buffers_(context);
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
  if (lw_operation_has_buffer_loans_(operation)) {
    lw_operation_retain_(operation);
    completion.left = packet_left;
    completion.context = operation;
  }
  lw_port_complete_(port, &completion);
}

/// The end of the loans of an operation whose routine has run or never will.
static void routine_over(lw_apc *apc) {
  lw_operation *operation = (lw_operation *)(void *)((char *)apc - offsetof(lw_operation, apc));
  lw_operation_settle_buffers_(operation);
  if (!lw_loan_is_none(operation->loan)) lw_settle(operation->loan);
  lw_operation_release_(operation);
}

static void run_routine(lw_apc *apc) {
  lw_operation *operation = (lw_operation *)(void *)((char *)apc - offsetof(lw_operation, apc));
  lw_point(LW_POINT_CALLBACK, operation, LW_ACCESS_WRITE);
  lw_loan_pass(operation->loan, LW_HOLDER_USER);
  if (operation->call_routine)
    operation->call_routine(operation);
  else
    operation->routine(lw_error_of_status_(operation->status), operation->transferred, operation->overlapped);
  routine_over(apc);
}

/// Queues the routine to the thread that started the operation.
static void hand_to_thread(lw_operation *operation) {
  operation->apc = (lw_apc){.run = run_routine, .dropped = routine_over};
  lw_operation_retain_(operation);
  if (!lw_apc_queue_(operation->thread, &operation->apc)) routine_over(&operation->apc);
}

/// Everything that belongs to an end but the error of one that failed at once.
void lw_operation_end_(lw_operation *operation, bool at_once) {
  lw_file *file = operation->file;
  // acquire: the key was stored before.
  lw_object *port = operation->silent || !operation->overlapped || operation->routine
                        ? NULL
                        : atomic_load_explicit(&file->port, memory_order_acquire);
  // relaxed: as in tell.
  if (at_once && atomic_load_explicit(&file->modes, memory_order_relaxed) & LW_FILE_SKIP_PORT_ON_SUCCESS) port = NULL;
  // What a closed port discards nobody will see: whoever is told of the end may reuse the memory.
  bool passes = operation->routine || (port && !lw_port_is_closed_(port));
  if (!passes) lw_operation_settle_buffers_(operation);
  lw_object *telling = begin_telling(operation, at_once);
  lw_operation_store_result_(operation, !passes);
  lw_event(LW_EVENT_DONE, 0, operation->number, 0, 0, operation->loan.bits, operation->status);
  tell(operation, telling);
  if (port) hand_to_port(operation, port);
  if (operation->routine) hand_to_thread(operation);
  if (operation->served) operation->served(operation);
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
  lw_operation_end_(operation, false);
  lw_operation_release_(operation);
}
