// CloseHandle: the one place where handles, registered waits and each type's own farewell meet.
#include "handleapi.h"
#include "registration.h"

BOOL lw_close_handle_(HANDLE handle) {
  int64_t references = 0;
  lw_object *object = lw_handle_remove_(handle, &references);
  if (!object) return lw_failed_(ERROR_INVALID_HANDLE);
  HANDLE whole = (HANDLE)((uintptr_t)handle & ~(uintptr_t)3);
  if (lw_handle_is_waited_for_(object, whole))
    lw_report_(NULL, &(lw_finding){.rule = 17, .api = "CloseHandle", .address = whole, .result = TRUE});
  if (object->type->closed) object->type->closed(object);
  lw_object_give_(object, references);
  return TRUE;
}
