// Events: the manual and the auto-reset kind.
#include <string.h>

#include "names.h"
#include "synchapi.h"

typedef struct event {
  lw_object object;
  bool named;
} event;

static lw_pool pool = LW_POOL(event);

static void destroy(lw_object *object) {
  if (((event *)object)->named) lw_name_drop_(object);
  lw_pool_give(&pool, object);
}

const lw_object_type lw_event_type_ = {.name = "event", .waitable = true, .destroy = destroy};

static event *_Nullable create(BOOL manual_reset, BOOL initial_state) {
  event *made = lw_pool_take(&pool);
  if (!made) {
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_object_prepare_(&made->object, &lw_event_type_);
  made->object.consumed = !manual_reset;
  lw_dispatcher_enter_();
  made->object.signal = initial_state != FALSE;
  lw_lock_release(&lw_dispatcher_);
  return made;
}

/// Names `made`, or gives it up for the object that has the name: an event is opened instead, anything else is refused.
static lw_object *_Nullable claim_name(event *made, const char *name, bool *existed) {
  made->named = true; // before others can find it
  lw_object *owner = lw_name_claim_(name, &made->object);
  if (owner == &made->object) return owner;
  made->named = false;
  lw_object_release_(&made->object);
  *existed = true;
  if (owner && owner->type == &lw_event_type_) return owner;
  if (owner) lw_object_release_(owner);
  lw_failed_(owner ? ERROR_INVALID_HANDLE : ERROR_NOT_ENOUGH_MEMORY);
  return NULL;
}

HANDLE CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state, LPCSTR name) {
  (void)attributes;
  if (name && strlen(name) >= MAX_PATH) {
    lw_failed_(ERROR_FILENAME_EXCED_RANGE);
    return NULL;
  }
  event *made = create(manual_reset, initial_state);
  if (!made) return NULL;
  bool existed = false;
  lw_object *object = name && *name ? claim_name(made, name, &existed) : &made->object;
  HANDLE handle = object ? lw_handle_open_(object) : NULL;
  if (handle) SetLastError(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
  return handle;
}

/// UTF-16 to UTF-8, so that both forms of a name are the same name. False when it does not fit.
static bool to_utf8(const WCHAR *from, char *to, size_t capacity) {
  size_t used = 0;
  while (*from) {
    uint32_t scalar = *from++;
    if (scalar >= 0xD800 && scalar < 0xDC00 && *from >= 0xDC00 && *from < 0xE000)
      scalar = 0x10000 + ((scalar - 0xD800) << 10) + (*from++ - 0xDC00u);
    uint32_t followers = scalar < 0x80 ? 0 : scalar < 0x800 ? 1 : scalar < 0x10000 ? 2 : 3;
    if (used + followers + 1 >= capacity) return false;
    static const uint8_t leads[] = {0x00, 0xC0, 0xE0, 0xF0};
    to[used++] = (char)(leads[followers] | (scalar >> (6 * followers)));
    while (followers > 0) to[used++] = (char)(0x80 | ((scalar >> (6 * --followers)) & 0x3F));
  }
  to[used] = 0;
  return true;
}

HANDLE CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state, LPCWSTR name) {
  if (!name) return CreateEventA(attributes, manual_reset, initial_state, NULL);
  char narrow[MAX_PATH];
  if (to_utf8(name, narrow, sizeof narrow)) return CreateEventA(attributes, manual_reset, initial_state, narrow);
  lw_failed_(ERROR_FILENAME_EXCED_RANGE);
  return NULL;
}

HANDLE OpenEventA(DWORD access, BOOL inherit, LPCSTR name) {
  (void)access, (void)inherit;
  lw_object *object = name ? lw_name_find_(name) : NULL;
  if (object && object->type == &lw_event_type_) return lw_handle_open_(object);
  if (object) lw_object_release_(object);
  lw_failed_(!name ? ERROR_INVALID_PARAMETER : object ? ERROR_INVALID_HANDLE : ERROR_FILE_NOT_FOUND);
  return NULL;
}

BOOL SetEvent(HANDLE event) {
  lw_object *object = lw_handle_object_(event, &lw_event_type_);
  if (!object) return FALSE;
  lw_object_set_(object);
  lw_object_release_(object);
  return TRUE;
}

BOOL ResetEvent(HANDLE event) {
  lw_object *object = lw_handle_object_(event, &lw_event_type_);
  if (!object) return FALSE;
  lw_point(LW_POINT_SIGNAL, object, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  object->signal = 0;
  lw_lock_release(&lw_dispatcher_);
  lw_object_release_(object);
  return TRUE;
}
