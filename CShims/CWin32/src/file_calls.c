// The calls that serve files of every kind.
#include "error_table.h"
#include "fileapi.h"
#include "ioapiset.h"
#include "operation.h"

/// ReadFile and WriteFile.
static BOOL transfer(HANDLE handle, const char *api, lw_verb verb, const void *_Nullable buffer, DWORD bytes,
                     DWORD *_Nullable transferred, LPOVERLAPPED _Nullable overlapped) {
  if (transferred) *transferred = 0;
  lw_file *file = lw_file_of_(handle, NULL);
  if (!file) return FALSE;
  DWORD needed = verb == LW_VERB_READ ? FILE_READ_DATA : FILE_WRITE_DATA | FILE_APPEND_DATA;
  DWORD error = !(file->access & needed)                                  ? ERROR_ACCESS_DENIED
                : (file->overlapped && !overlapped)                       ? ERROR_INVALID_PARAMETER
                : (!buffer && bytes > 0) || (!overlapped && !transferred) ? ERROR_NOACCESS
                                                                          : ERROR_SUCCESS;
  BOOL done = FALSE;
  if (error != ERROR_SUCCESS) {
    lw_failed_(error);
  } else {
    lw_operation *operation = lw_operation_take_(file, api, verb, overlapped);
    if (operation) {
      if (overlapped) operation->position = (uint64_t)overlapped->OffsetHigh << 32 | overlapped->Offset;
      lw_operation_add_buffer_(operation, buffer, bytes); // there is room for the first
      done = lw_operation_run_(operation, transferred);
    }
  }
  lw_file_release_(file);
  return done;
}

BOOL lw_read_file_(HANDLE file, LPVOID buffer, DWORD bytes, DWORD *transferred, LPOVERLAPPED overlapped) {
  return transfer(file, "ReadFile", LW_VERB_READ, buffer, bytes, transferred, overlapped);
}

BOOL lw_write_file_(HANDLE file, LPCVOID buffer, DWORD bytes, DWORD *transferred, LPOVERLAPPED overlapped) {
  return transfer(file, "WriteFile", LW_VERB_WRITE, buffer, bytes, transferred, overlapped);
}

BOOL FlushFileBuffers(HANDLE handle) {
  lw_file *file = lw_file_of_(handle, NULL);
  if (!file) return FALSE;
  BOOL done = FALSE;
  if (!(file->access & (FILE_WRITE_DATA | FILE_APPEND_DATA))) {
    lw_failed_(ERROR_ACCESS_DENIED);
  } else {
    lw_operation *operation = lw_operation_take_(file, "FlushFileBuffers", LW_VERB_FLUSH, NULL);
    if (operation) done = lw_operation_run_(operation, NULL);
  }
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
  SetLastError(ERROR_SUCCESS);
  return type;
}

// ----------------------------------------------------------------------------------------------------------- results

BOOL GetOverlappedResultEx(HANDLE handle, LPOVERLAPPED overlapped, DWORD *transferred, DWORD ms, BOOL alertable) {
  (void)alertable;
  if (!overlapped || !transferred) return lw_failed_(ERROR_NOACCESS);
  // acquire: pairs with the release of the end.
  DWORD status = (DWORD)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
  if (status == STATUS_PENDING) {
    if (ms == 0) return lw_failed_(ERROR_IO_INCOMPLETE);
    DWORD waited = WaitForSingleObject(overlapped->hEvent ? overlapped->hEvent : handle, ms);
    if (waited == WAIT_FAILED) return FALSE;
    if (waited != WAIT_OBJECT_0) return lw_failed_(waited);
    // acquire: as above.
    status = (DWORD)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
    if (status == STATUS_PENDING) status = STATUS_SUCCESS;
  }
  *transferred = (DWORD)overlapped->InternalHigh;
  return status == STATUS_SUCCESS ? TRUE : lw_failed_(lw_error_of_status_(status));
}

BOOL GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, DWORD *transferred, BOOL wait) {
  return GetOverlappedResultEx(file, overlapped, transferred, wait ? INFINITE : 0, FALSE);
}

// -------------------------------------------------------------------------------------------------------- cancelling

BOOL lw_cancel_io_(HANDLE handle) {
  lw_file *file = lw_file_of_(handle, NULL);
  if (!file) return FALSE;
  lw_file_cancel_(file, (lw_cancellation){.own = true});
  lw_file_release_(file);
  return TRUE;
}

BOOL lw_cancel_io_ex_(HANDLE handle, LPOVERLAPPED overlapped) {
  lw_file *file = lw_file_of_(handle, NULL);
  if (!file) return FALSE;
  bool any = lw_file_cancel_(file, (lw_cancellation){.overlapped = overlapped});
  lw_file_release_(file);
  return any ? TRUE : lw_failed_(ERROR_NOT_FOUND);
}
