// What a handle is good for: access masks, the flags of a handle, and further handles of the same object.
#include "handleapi.h"
#include "process.h"
#include "processthreadsapi.h"
#include "sent_handles.h"

/// The rights of events, semaphores and mutexes behind the generic ones; the other types have what they need from all.
enum {
  READ_RIGHTS = READ_CONTROL | EVENT_QUERY_STATE,
  WRITE_RIGHTS = READ_CONTROL | EVENT_MODIFY_STATE,
  EXECUTE_RIGHTS = READ_CONTROL | SYNCHRONIZE
};

lw_rights lw_rights_(DWORD access, BOOL inherit) {
  lw_rights rights = access & LW_RIGHTS_ALL;
  if (access & (GENERIC_ALL | MAXIMUM_ALLOWED)) rights |= LW_RIGHTS_ALL;
  if (access & GENERIC_READ) rights |= READ_RIGHTS;
  if (access & GENERIC_WRITE) rights |= WRITE_RIGHTS;
  if (access & GENERIC_EXECUTE) rights |= EXECUTE_RIGHTS;
  // As on Windows, the right to ask everything includes that to ask little.
  if (rights & THREAD_QUERY_INFORMATION) rights |= THREAD_QUERY_LIMITED_INFORMATION;
  if (rights & PROCESS_QUERY_INFORMATION) rights |= PROCESS_QUERY_LIMITED_INFORMATION;
  return rights | (inherit ? LW_RIGHTS_INHERIT : 0);
}

/// The process of a handle, with a reference; NULL and the last error.
static lw_process *_Nullable process_of(HANDLE _Nullable handle) {
  return (lw_process *)lw_handle_object_for_(handle, &lw_process_type_, PROCESS_DUP_HANDLE, "DuplicateHandle");
}

/// A further handle of what `source` names, in `process`.
static bool duplicate(HANDLE _Nullable source, lw_process *process, HANDLE _Nullable *_Nullable target, DWORD access,
                      BOOL inherit, DWORD options) {
  lw_rights rights = 0;
  lw_object *object = lw_handle_any_object_(source, &rights, "DuplicateHandle");
  if (!object) return false;
  rights &= LW_RIGHTS_ALL;
  if (!(options & DUPLICATE_SAME_ACCESS)) rights = lw_rights_(access, FALSE);
  if (inherit) rights |= LW_RIGHTS_INHERIT;
  if (target && process == lw_process_current_()) {
    *target = lw_handle_open_with_(object, rights);
    return *target != NULL;
  }
  DWORD error = target ? lw_handle_send_(process, object, rights, target) : ERROR_SUCCESS;
  lw_object_release_(object);
  return error == ERROR_SUCCESS || lw_failed_(error);
}

/// The same with the target's handle.
static bool duplicate_into(HANDLE _Nullable source, HANDLE _Nullable target_process, HANDLE _Nullable *_Nullable target,
                           DWORD access, BOOL inherit, DWORD options) {
  lw_process *process = process_of(target_process);
  if (!process) return false;
  bool done = duplicate(source, process, target, access, inherit, options);
  lw_object_release_(&process->object);
  return done;
}

BOOL lw_duplicate_handle_(HANDLE source_process, HANDLE source, HANDLE target_process, HANDLE *target, DWORD access,
                          BOOL inherit, DWORD options) {
  lw_process *from = process_of(source_process);
  if (!from) return FALSE;
  bool is_own = from == lw_process_current_();
  lw_object_release_(&from->object);
  if (!is_own) return lw_failed_(ERROR_NOT_SUPPORTED);
  if (target) *target = NULL;
  bool wants_target = target_process || !(options & DUPLICATE_CLOSE_SOURCE);
  BOOL done = wants_target && duplicate_into(source, target_process, target, access, inherit, options);
  // Whatever came of the duplicate; and what comes of this counts only where it is all that was asked for.
  bool closed = options & DUPLICATE_CLOSE_SOURCE && lw_close_handle_(source);
  return wants_target ? done : closed;
}

BOOL GetHandleInformation(HANDLE handle, DWORD *flags) {
  if (!flags) return lw_failed_(ERROR_NOACCESS);
  lw_rights rights = 0;
  lw_object *object = lw_handle_any_object_(handle, &rights, __func__);
  if (!object) return FALSE;
  lw_object_release_(object);
  bool is_pseudo = lw_handle_is_pseudo_(handle);
  *flags = (!is_pseudo && rights & LW_RIGHTS_INHERIT ? HANDLE_FLAG_INHERIT : 0) |
           (!is_pseudo && rights & LW_RIGHTS_PROTECT ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0);
  return TRUE;
}

static lw_rights in_rights(DWORD flags) {
  return (flags & HANDLE_FLAG_INHERIT ? LW_RIGHTS_INHERIT : 0) |
         (flags & HANDLE_FLAG_PROTECT_FROM_CLOSE ? LW_RIGHTS_PROTECT : 0);
}

BOOL SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags) {
  return lw_handle_set_flags_(handle, in_rights(mask), in_rights(flags), __func__);
}

HANDLE lw_handle_inheritable_(HANDLE handle, const SECURITY_ATTRIBUTES *attributes) {
  bool is_one = handle && handle != INVALID_HANDLE_VALUE;
  if (is_one && attributes && attributes->bInheritHandle)
    lw_handle_set_flags_(handle, LW_RIGHTS_INHERIT, LW_RIGHTS_INHERIT, "CreateFile");
  return handle;
}

BOOL CompareObjectHandles(HANDLE first, HANDLE second) {
  lw_rights rights = 0;
  lw_object *one = lw_handle_any_object_(first, &rights, __func__);
  lw_object *other = one ? lw_handle_any_object_(second, &rights, __func__) : NULL;
  bool same = other && one == other;
  if (one) lw_object_release_(one);
  if (other) lw_object_release_(other);
  return same ? TRUE : other ? lw_failed_(ERROR_NOT_SAME_OBJECT) : FALSE;
}
