// Semaphores: an object whose signal is a count.
#include "joint_memory.h"
#include "names.h"
#include "synchapi.h"

typedef struct semaphore {
  lw_object object;
  int32_t maximum;
} semaphore;

static lw_pool pool = LW_POOL(semaphore);

static void destroy(lw_object *object) { lw_pool_give(&pool, object); }

static int32_t level(const lw_object *object) LW_REQUIRES(lw_dispatcher_) {
  return object->joint ? lw_joint_level_(object) : object->signal;
}

static DWORD release(lw_object *object, int32_t count, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  if (count > ((semaphore *)object)->maximum - level(object)) return ERROR_TOO_MANY_POSTS;
  if (object->joint) {
    lw_joint_raise_(object, count, wakes);
  } else {
    object->signal += count;
    lw_object_offer_(object, wakes);
  }
  return ERROR_SUCCESS;
}

/// The same between processes as between threads.
static DWORD release_once(lw_object *object, int32_t count, LONG *before, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  if (object->joint) lw_joint_begin_();
  *before = level(object);
  DWORD error = release(object, count, wakes);
  if (object->joint) lw_joint_end_();
  return error;
}

static DWORD give(lw_object *object, struct lw_thread_object *thread, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  (void)thread;
  LONG before;
  return release_once(object, 1, &before, wakes);
}

static void publish(lw_object *object, struct lw_joint *joint) {
  joint->maximum = (uint32_t)((semaphore *)object)->maximum;
}

static lw_object *_Nullable copy(const struct lw_joint *joint) {
  semaphore *made = lw_pool_take(&pool);
  if (!made) return NULL;
  lw_object_prepare_(&made->object, &lw_semaphore_type_);
  made->maximum = (int32_t)joint->maximum;
  return &made->object;
}

static const struct lw_joint_type joint_type = {.kind = LW_JOINT_SEMAPHORE, .publish = publish, .copy = copy};
const lw_object_type lw_semaphore_type_ = {
    .name = "semaphore", .destroy = destroy, .give = give, .give_access = SEMAPHORE_MODIFY_STATE, .joint = &joint_type};

HANDLE CreateSemaphoreExA(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCSTR name, DWORD flags,
                          DWORD access) {
  bool counts = maximum > 0 && initial >= 0 && initial <= maximum && flags == 0;
  DWORD error = counts ? lw_name_refusal_(name) : ERROR_INVALID_PARAMETER;
  semaphore *made = error == ERROR_SUCCESS ? lw_pool_take(&pool) : NULL;
  if (!made) {
    lw_failed_(error != ERROR_SUCCESS ? error : ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_object_prepare_(&made->object, &lw_semaphore_type_);
  made->object.consumed = true;
  made->maximum = maximum;
  lw_dispatcher_enter_();
  made->object.signal = initial;
  lw_lock_release(&lw_dispatcher_);
  return lw_name_create_(&made->object, name, lw_rights_(access, attributes && attributes->bInheritHandle));
}

HANDLE CreateSemaphoreExW(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCWSTR name, DWORD flags,
                          DWORD access) {
  char narrow[MAX_PATH];
  if (name && !lw_name_narrow_(name, narrow)) return NULL;
  return CreateSemaphoreExA(attributes, initial, maximum, name ? narrow : NULL, flags, access);
}

HANDLE CreateSemaphoreA(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCSTR name) {
  return CreateSemaphoreExA(attributes, initial, maximum, name, 0, SEMAPHORE_ALL_ACCESS);
}

HANDLE CreateSemaphoreW(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCWSTR name) {
  return CreateSemaphoreExW(attributes, initial, maximum, name, 0, SEMAPHORE_ALL_ACCESS);
}

HANDLE OpenSemaphoreA(DWORD access, BOOL inherit, LPCSTR name) {
  return lw_name_open_(name, &lw_semaphore_type_, lw_rights_(access, inherit));
}

HANDLE OpenSemaphoreW(DWORD access, BOOL inherit, LPCWSTR name) {
  char narrow[MAX_PATH];
  if (name && !lw_name_narrow_(name, narrow)) return NULL;
  return OpenSemaphoreA(access, inherit, name ? narrow : NULL);
}

BOOL ReleaseSemaphore(HANDLE handle, LONG count, LONG *previous) {
  lw_object *object = lw_handle_object_for_(handle, &lw_semaphore_type_, SEMAPHORE_MODIFY_STATE, __func__);
  if (!object) return FALSE;
  DWORD error = ERROR_INVALID_PARAMETER;
  if (count > 0) {
    lw_wakes wakes = {NULL};
    lw_point(LW_POINT_SIGNAL, object, LW_ACCESS_WRITE);
    lw_dispatcher_enter_();
    LONG before;
    error = release_once(object, count, &before, &wakes);
    lw_dispatcher_leave_(&wakes);
    if (error == ERROR_SUCCESS && previous) *previous = before;
  }
  lw_object_release_(object);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}
