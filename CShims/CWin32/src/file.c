// What all files share: their list of pending operations, the port, cancelling.
#include "file.h"

#include "accounting.h"
#include "operation_parts.h"
#include "thread.h"

static lw_lock files_lock;
static TAILQ_HEAD(, lw_file) files LW_GUARDED_BY(files_lock) = TAILQ_HEAD_INITIALIZER(files);
static uint64_t file_count LW_GUARDED_BY(files_lock);

static void closed(lw_object *object) {
  lw_file *self = (lw_file *)object;
  lw_lock_acquire(&self->lock);
  self->closed = true;
  lw_lock_release(&self->lock);
  if (self->kind->closed) self->kind->closed(self);
  lw_file_cancel_(self, (lw_cancellation){.overlapped = NULL});
}

static void destroy(lw_object *object) {
  lw_file *self = (lw_file *)object;
  lw_lock_acquire(&files_lock);
  TAILQ_REMOVE(&files, self, on_files);
  file_count--;
  lw_lock_release_quietly(&files_lock);
  lw_object *port = atomic_load(&self->port);
  if (port) lw_object_release_(port);
  self->kind->destroy(self);
}

static DWORD bind(lw_object *object, lw_object *_Nullable port, ULONG_PTR key) {
  lw_file *self = (lw_file *)object;
  if (!port) return self->overlapped && !atomic_load(&self->port) ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
  if (!self->overlapped || !lw_object_retain_(port)) return ERROR_INVALID_PARAMETER;
  lw_lock_acquire(&self->lock);
  bool bound = atomic_load(&self->port) != NULL;
  if (!bound) {
    self->key = key;
    // release: whoever finds the port finds its key.
    atomic_store_explicit(&self->port, port, memory_order_release);
  }
  lw_lock_release(&self->lock);
  if (!bound) return ERROR_SUCCESS;
  lw_object_release_(port);
  return ERROR_INVALID_PARAMETER;
}

const lw_object_type lw_file_type_ = {.name = "file", .closed = closed, .destroy = destroy, .bind = bind};

void lw_file_prepare_(lw_file *file, const lw_file_kind *kind, DWORD access, bool overlapped) {
  lw_object_prepare_(&file->object, &lw_file_type_);
  file->kind = kind;
  file->access = access;
  file->overlapped = overlapped;
  lw_lock_acquire(&file->lock);
  TAILQ_INIT(&file->pending);
  lw_lock_release_quietly(&file->lock);
  lw_dispatcher_enter_();
  file->object.signal = 1;
  lw_lock_release_quietly(&lw_dispatcher_);
  lw_lock_acquire(&files_lock);
  TAILQ_INSERT_TAIL(&files, file, on_files);
  file_count++;
  lw_lock_release_quietly(&files_lock);
}

lw_file *lw_file_for_(HANDLE handle, const lw_file_kind *kind, DWORD any_of, const char *api) {
  lw_file *file = (lw_file *)lw_handle_object_for_(handle, &lw_file_type_, 0, api);
  if (!file) return NULL;
  DWORD error = kind && file->kind != kind ? ERROR_INVALID_HANDLE : ERROR_SUCCESS;
  if (error == ERROR_SUCCESS && any_of && !(file->access & any_of & lw_handle_rights_(handle)))
    error = ERROR_ACCESS_DENIED;
  if (error == ERROR_SUCCESS) return file;
  lw_file_release_(file);
  lw_failed_(error);
  return NULL;
}

DWORD lw_file_access_(DWORD access) {
  if (access & GENERIC_ALL) access |= FILE_ALL_ACCESS;
  if (access & GENERIC_READ) access |= FILE_GENERIC_READ;
  if (access & GENERIC_WRITE) access |= FILE_GENERIC_WRITE;
  return access & FILE_ALL_ACCESS;
}

uint64_t lw_file_count_(void) {
  lw_lock_acquire(&files_lock);
  uint64_t count = file_count;
  lw_lock_release_quietly(&files_lock);
  return count;
}

// -------------------------------------------------------------------------------------------------------- cancelling

_Thread_local uint64_t lw_issuer_number_;

uint64_t lw_issuer_begin_(void) {
  static _Atomic uint64_t issuers;
  // relaxed: only that each is given once matters.
  lw_issuer_number_ = 1 + atomic_fetch_add_explicit(&issuers, 1, memory_order_relaxed);
  lw_thread_mind_end_(); // then what it has started is cancelled
  return lw_issuer_number_;
}

/// That of an operation which has not ended; who ends it owns it from then on.
static lw_loan loan_of_pending(lw_operation *operation) {
  lw_file *file = operation->file;
  lw_lock_acquire(&file->lock);
  lw_loan loan = operation->listed ? operation->loan : (lw_loan){0};
  lw_lock_release_quietly(&file->lock);
  return loan;
}

void lw_operation_cancel_(lw_operation *operation) {
  lw_point(LW_POINT_CANCEL, operation, LW_ACCESS_WRITE);
  lw_loan loan = loan_of_pending(operation);
  if (!lw_loan_is_none(loan)) lw_loan_cancelled_(loan);
  if (operation->file->kind->withdraw(operation)) {
    lw_operation_buffers_cancelled_(operation);
    lw_operation_complete_later_(operation, STATUS_CANCELLED, operation->transferred);
  }
  lw_operation_release_(operation);
}

/// The first operation after `last` in the file's order that is to be cancelled, retained.
static lw_operation *_Nullable next_to_cancel(lw_file *file, lw_cancellation which, uint64_t last) {
  lw_lock_acquire(&file->lock);
  lw_operation *operation;
  TAILQ_FOREACH(operation, &file->pending, on_file) {
    if (operation->number <= last) continue;
    if (which.overlapped && operation->overlapped != which.overlapped) continue;
    if (which.own && operation->issuer != lw_issuer_number_) continue;
    if (which.fills && operation->fills != which.fills) continue;
    if (which.waiting && (!operation->waiter || operation->waiter->thread != which.waiting)) continue;
    lw_operation_retain_(operation);
    break;
  }
  lw_lock_release_quietly(&file->lock);
  return operation;
}

bool lw_file_cancel_(lw_file *file, lw_cancellation which) {
  bool any = false;
  uint64_t last = 0;
  lw_operation *operation;
  while ((operation = next_to_cancel(file, which, last))) {
    last = operation->number;
    any = true;
    lw_operation_cancel_(operation);
  }
  return any;
}

/// The next file of the list, retained; the first after NULL. The caller's reference to `file` is given back.
static lw_file *_Nullable next_file(lw_file *_Nullable file) {
  lw_lock_acquire(&files_lock);
  lw_file *next = file ? TAILQ_NEXT(file, on_files) : TAILQ_FIRST(&files);
  while (next && !lw_object_retain_(&next->object)) next = TAILQ_NEXT(next, on_files);
  lw_lock_release_quietly(&files_lock);
  if (file) lw_file_release_(file);
  return next;
}

/// The pending operation of an OVERLAPPED on a file, retained; or NULL.
static lw_operation *_Nullable operation_of(lw_file *file, const OVERLAPPED *overlapped) {
  lw_operation *operation;
  lw_lock_acquire(&file->lock);
  TAILQ_FOREACH(operation, &file->pending, on_file) {
    if (operation->overlapped == overlapped) break;
  }
  if (operation) lw_operation_retain_(operation);
  lw_lock_release_quietly(&file->lock);
  return operation;
}

void lw_files_check_handles_(HANDLE handle, const OVERLAPPED *overlapped, bool waits, const char *api) {
  for (lw_file *file = next_file(NULL); file; file = next_file(file)) {
    lw_operation *operation = operation_of(file, overlapped);
    if (!operation) continue;
    lw_handle_check_(handle, &file->object, api);
    if (waits && operation->event) lw_handle_check_(overlapped->hEvent, operation->event, api);
    lw_operation_release_(operation);
  }
}

bool lw_files_cancel_synchronous_(lw_thread_number thread) {
  bool any = false;
  for (lw_file *file = next_file(NULL); file; file = next_file(file))
    any |= lw_file_cancel_(file, (lw_cancellation){.waiting = thread});
  return any;
}

void lw_files_cancel_filling_(const lw_file *filled) {
  for (lw_file *file = next_file(NULL); file; file = next_file(file))
    lw_file_cancel_(file, (lw_cancellation){.fills = filled});
}

void lw_files_thread_ends_(void) {
  lw_announced_sweep_((const void *)UINTPTR_MAX); // its whole stack
  if (lw_issuer_number_ == 0) return;
  for (lw_file *file = next_file(NULL); file; file = next_file(file))
    if (!atomic_load(&file->port)) lw_file_cancel_(file, (lw_cancellation){.own = true});
}
