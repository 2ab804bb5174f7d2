// CloseHandle: the one place where handles, registered waits and each type's own farewell meet.
#include "handleapi.h"
#include "registration.h"

BOOL lw_close_handle_(HANDLE handle) {
  lw_announced_look_back();
  if (lw_handle_is_pseudo_(handle)) return TRUE;
  lw_closing closing = lw_handle_remove_(handle, "CloseHandle");
  lw_object *object = closing.object;
  if (!object) return FALSE;
  HANDLE whole = (HANDLE)((uintptr_t)handle & ~(uintptr_t)3);
  if (lw_handle_is_waited_for_(object, whole))
    lw_report_(NULL, &(lw_finding){.rule = 17, .api = "CloseHandle", .address = whole, .result = TRUE});
  if (closing.last && object->type->closed) object->type->closed(object);
  lw_object_give_(object, closing.references);
  return TRUE;
}
