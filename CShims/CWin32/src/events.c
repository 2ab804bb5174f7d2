// Events: the manual and the auto-reset kind.
#include "joint.h"
#include "lw_arena.h"
#include "names.h"
#include "synchapi.h"

static lw_pool_hands hands;
static lw_pool pool = LW_POOL_WITH_HANDS(lw_object, &hands);

static void destroy(lw_object *object) { lw_pool_give(&pool, object); }

static DWORD give(lw_object *object, struct lw_thread_object *thread, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  (void)thread;
  lw_object_signal_(object, wakes);
  return ERROR_SUCCESS;
}

static lw_object *_Nullable copy(const struct lw_joint *joint) {
  (void)joint;
  lw_object *made = lw_pool_take(&pool);
  if (made) lw_object_prepare_(made, &lw_event_type_);
  return made;
}

static const struct lw_joint_type joint_type = {.kind = LW_JOINT_EVENT, .copy = copy};
const lw_object_type lw_event_type_ = {
    .name = "event", .destroy = destroy, .give = give, .give_access = EVENT_MODIFY_STATE, .joint = &joint_type};

HANDLE CreateEventExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags, DWORD access) {
  DWORD error = flags & ~(DWORD)(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET) ? ERROR_INVALID_PARAMETER
                                                                                       : lw_name_refusal_(name);
  lw_object *made = error == ERROR_SUCCESS ? lw_pool_take(&pool) : NULL;
  if (!made) {
    lw_failed_(error != ERROR_SUCCESS ? error : ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_object_prepare_(made, &lw_event_type_);
  made->consumed = !(flags & CREATE_EVENT_MANUAL_RESET);
  lw_dispatcher_enter_();
  made->signal = (flags & CREATE_EVENT_INITIAL_SET) != 0;
  lw_lock_release(&lw_dispatcher_);
  return lw_name_create_(made, name, lw_rights_(access, attributes && attributes->bInheritHandle));
}

static DWORD flags_of(BOOL manual_reset, BOOL initial_state) {
  return (manual_reset ? CREATE_EVENT_MANUAL_RESET : 0) | (initial_state ? CREATE_EVENT_INITIAL_SET : 0);
}

HANDLE CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state, LPCSTR name) {
  return CreateEventExA(attributes, name, flags_of(manual_reset, initial_state), EVENT_ALL_ACCESS);
}

HANDLE CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state, LPCWSTR name) {
  return CreateEventExW(attributes, name, flags_of(manual_reset, initial_state), EVENT_ALL_ACCESS);
}

HANDLE CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags, DWORD access) {
  char narrow[MAX_PATH];
  if (name && !lw_name_narrow_(name, narrow)) return NULL;
  return CreateEventExA(attributes, name ? narrow : NULL, flags, access);
}

HANDLE OpenEventA(DWORD access, BOOL inherit, LPCSTR name) {
  return lw_name_open_(name, &lw_event_type_, lw_rights_(access, inherit));
}

HANDLE OpenEventW(DWORD access, BOOL inherit, LPCWSTR name) {
  char narrow[MAX_PATH];
  if (name && !lw_name_narrow_(name, narrow)) return NULL;
  return OpenEventA(access, inherit, name ? narrow : NULL);
}

BOOL SetEvent(HANDLE event) {
  lw_announced_look_back();
  lw_object *object = lw_handle_object_for_(event, &lw_event_type_, EVENT_MODIFY_STATE, __func__);
  if (!object) return FALSE;
  lw_object_set_(object);
  lw_object_release_(object);
  return TRUE;
}

BOOL ResetEvent(HANDLE event) {
  lw_object *object = lw_handle_object_for_(event, &lw_event_type_, EVENT_MODIFY_STATE, __func__);
  if (!object) return FALSE;
  lw_point(LW_POINT_SIGNAL, object, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  lw_object_reset_(object);
  lw_lock_release(&lw_dispatcher_);
  lw_object_release_(object);
  return TRUE;
}

BOOL PulseEvent(HANDLE event) {
  lw_object *object = lw_handle_object_for_(event, &lw_event_type_, EVENT_MODIFY_STATE, __func__);
  if (!object) return FALSE;
  lw_wakes wakes = {NULL};
  lw_point(LW_POINT_SIGNAL, object, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  if (object->joint) lw_joint_begin_();
  lw_object_signal_(object, &wakes);
  lw_object_reset_(object);
  if (object->joint) lw_joint_end_();
  lw_dispatcher_leave_(&wakes);
  lw_object_release_(object);
  return TRUE;
}
