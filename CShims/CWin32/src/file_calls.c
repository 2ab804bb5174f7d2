// The calls that serve files of every kind.
#include "error_table.h"
#include "fileapi.h"
#include "ioapiset.h"
#include "operation.h"

/// What ReadFile, WriteFile and their Ex forms are asked.
typedef struct request {
  HANDLE _Nullable handle;
  const char *api;
  lw_verb verb;
  const void *_Nullable buffer;
  DWORD bytes;
  LPOVERLAPPED _Nullable overlapped;
  LPOVERLAPPED_COMPLETION_ROUTINE _Nullable routine;
} request;

/// Why the request makes no sense on `file`.
static DWORD refusal(const request *r, const lw_file *file, const DWORD *_Nullable transferred) {
  // Without an OVERLAPPED an overlapped file has no position; what needs none waits.
  if (file->overlapped && !r->overlapped && file->kind->type == FILE_TYPE_DISK) return ERROR_INVALID_PARAMETER;
  if (r->routine && !r->overlapped) return ERROR_INVALID_PARAMETER;
  if (r->routine && atomic_load(&file->port)) return ERROR_INVALID_PARAMETER;
  return (!r->buffer && r->bytes > 0) || (!r->overlapped && !transferred) ? ERROR_NOACCESS : ERROR_SUCCESS;
}

/// Whether the handle writes at the end, wherever it is told to.
static bool only_appends(const request *r, const lw_file *file) {
  if (r->verb != LW_VERB_WRITE || file->kind->type != FILE_TYPE_DISK) return false;
  return !(file->access & lw_handle_rights_(r->handle) & FILE_WRITE_DATA);
}

static BOOL transfer(const request *r, DWORD *_Nullable transferred) {
  if (transferred) *transferred = 0;
  DWORD rights = r->verb == LW_VERB_READ ? FILE_READ_DATA : FILE_WRITE_DATA | FILE_APPEND_DATA;
  lw_file *file = lw_file_for_(r->handle, NULL, rights, r->api);
  if (!file) {
    lw_overlapped_pends_(r->overlapped);
    return FALSE;
  }
  DWORD error = refusal(r, file, transferred);
  BOOL done = FALSE;
  if (error != ERROR_SUCCESS) {
    lw_overlapped_pends_(r->overlapped);
    lw_failed_(error);
  } else {
    lw_operation *operation = lw_operation_take_(file, r->api, r->verb, r->overlapped);
    if (operation && (!r->routine || lw_operation_add_routine_(operation, r->routine))) {
      if (only_appends(r, file))
        operation->position = LW_FILE_END;
      else if (r->overlapped)
        operation->position = (uint64_t)r->overlapped->OffsetHigh << 32 | r->overlapped->Offset;
      lw_operation_add_buffer_(operation, r->buffer, r->bytes); // there is room for the first
      done = lw_operation_run_(operation, transferred);
      // The count of a part of a message is in the OVERLAPPED, where there is one.
      if (!done && transferred && r->overlapped) *transferred = 0;
    }
  }
  lw_file_release_(file);
  lw_thread_leave_if_asked_();
  return done;
}

BOOL lw_read_file_(HANDLE file, LPVOID buffer, DWORD bytes, DWORD *transferred, LPOVERLAPPED overlapped) {
  request r = {file, "ReadFile", LW_VERB_READ, buffer, bytes, overlapped, NULL};
  return transfer(&r, transferred);
}

BOOL lw_write_file_(HANDLE file, LPCVOID buffer, DWORD bytes, DWORD *transferred, LPOVERLAPPED overlapped) {
  request r = {file, "WriteFile", LW_VERB_WRITE, buffer, bytes, overlapped, NULL};
  return transfer(&r, transferred);
}

/// The Ex forms succeed when the operation has begun. (A part of a message is FALSE and ERROR_MORE_DATA, with a
/// routine.)
static BOOL transfer_with_routine(const request *r) {
  if (!r->routine) return lw_failed_(ERROR_INVALID_PARAMETER);
  if (transfer(r, NULL)) {
    SetLastError(ERROR_SUCCESS);
    return TRUE;
  }
  DWORD error = GetLastError();
  if (error == ERROR_IO_PENDING) SetLastError(ERROR_SUCCESS);
  return error == ERROR_IO_PENDING;
}

BOOL lw_read_file_ex_(HANDLE file, LPVOID buffer, DWORD bytes, LPOVERLAPPED overlapped,
                      LPOVERLAPPED_COMPLETION_ROUTINE routine) {
  request r = {file, "ReadFileEx", LW_VERB_READ, buffer, bytes, overlapped, routine};
  return transfer_with_routine(&r);
}

BOOL lw_write_file_ex_(HANDLE file, LPCVOID buffer, DWORD bytes, LPOVERLAPPED overlapped,
                       LPOVERLAPPED_COMPLETION_ROUTINE routine) {
  request r = {file, "WriteFileEx", LW_VERB_WRITE, buffer, bytes, overlapped, routine};
  return transfer_with_routine(&r);
}

BOOL FlushFileBuffers(HANDLE handle) {
  lw_file *file = lw_file_for_(handle, NULL, FILE_WRITE_DATA | FILE_APPEND_DATA, __func__);
  if (!file) return FALSE;
  lw_operation *operation = lw_operation_take_(file, "FlushFileBuffers", LW_VERB_FLUSH, NULL);
  BOOL done = operation && lw_operation_run_(operation, NULL);
  lw_file_release_(file);
  return done;
}

BOOL SetFileCompletionNotificationModes(HANDLE handle, UCHAR flags) {
  lw_file *file = lw_file_of_(handle, NULL);
  if (!file) return FALSE;
  bool takes = file->overlapped && !(flags & ~(LW_FILE_SKIP_PORT_ON_SUCCESS | LW_FILE_SKIP_SET_EVENT));
  if (takes) atomic_fetch_or(&file->modes, flags); // they stay
  lw_file_release_(file);
  return takes ? TRUE : lw_failed_(ERROR_INVALID_PARAMETER);
}

DWORD GetFileType(HANDLE handle) {
  lw_file *file = lw_file_of_(handle, NULL);
  if (!file) return FILE_TYPE_UNKNOWN;
  DWORD type = file->kind->type;
  lw_file_release_(file);
  return type;
}

// ----------------------------------------------------------------------------------------------------------- results

static inline BOOL result_of(HANDLE handle, OVERLAPPED *_Nullable overlapped, DWORD *_Nullable transferred, DWORD ms,
                             BOOL alertable) {
  if (!overlapped || !transferred) return lw_failed_(ERROR_NOACCESS);
  lw_point(LW_POINT_DEQUEUE, overlapped, LW_ACCESS_READ);
  // acquire: pairs with the release of the end.
  DWORD status = (DWORD)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
  if (status == STATUS_PENDING) {
    if (ms == 0) return lw_failed_(ERROR_IO_INCOMPLETE);
    lw_files_check_handles_(handle, overlapped, true, "GetOverlappedResult");
    DWORD waited = WaitForSingleObjectEx(overlapped->hEvent ? overlapped->hEvent : handle, ms, alertable);
    if (waited == WAIT_FAILED) return FALSE;
    if (waited != WAIT_OBJECT_0) return lw_failed_(waited);
    // acquire: as above.
    status = (DWORD)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
    if (status == STATUS_PENDING) status = STATUS_SUCCESS;
  }
  *transferred = (DWORD)overlapped->InternalHigh;
  return status == STATUS_SUCCESS ? TRUE : lw_failed_(lw_error_of_status_(status));
}

BOOL GetOverlappedResultEx(HANDLE handle, LPOVERLAPPED overlapped, DWORD *transferred, DWORD ms, BOOL alertable) {
  return result_of(handle, overlapped, transferred, ms, alertable);
}

BOOL GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, DWORD *transferred, BOOL wait) {
  return result_of(file, overlapped, transferred, wait ? INFINITE : 0, FALSE);
}

// -------------------------------------------------------------------------------------------------------- cancelling

BOOL lw_cancel_io_(HANDLE handle) {
  lw_announced_look_back();
  lw_file *file = lw_file_for_(handle, NULL, 0, "CancelIo");
  if (!file) return FALSE;
  lw_file_cancel_(file, (lw_cancellation){.own = true});
  lw_file_release_(file);
  return TRUE;
}

BOOL lw_cancel_io_ex_(HANDLE handle, LPOVERLAPPED overlapped) {
  lw_announced_look_back();
  lw_file *file = lw_file_for_(handle, NULL, 0, "CancelIoEx");
  if (!file) return FALSE;
  bool any = lw_file_cancel_(file, (lw_cancellation){.overlapped = overlapped});
  lw_file_release_(file);
  if (!any && overlapped) lw_files_check_handles_(handle, overlapped, false, "CancelIoEx");
  return any ? TRUE : lw_failed_(ERROR_NOT_FOUND);
}

BOOL lw_cancel_synchronous_io_(HANDLE handle) {
  lw_object *thread = lw_handle_object_for_(handle, &lw_thread_type_, THREAD_TERMINATE, "CancelSynchronousIo");
  if (!thread) return FALSE;
  bool any = lw_files_cancel_synchronous_(((lw_thread_object *)thread)->id);
  lw_object_release_(thread);
  return any ? TRUE : lw_failed_(ERROR_NOT_FOUND);
}
