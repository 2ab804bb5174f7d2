// Mutexes: owned by a thread, recursive, and abandoned when their owner ends without releasing them. A free mutex is
// signalled; a wait of its owner is satisfied too.
//
// Of a joint mutex (joint.h) the memory of the family says who owns it. That it is on its owner's list is a reference:
// it stays when the process closes its handles.
#include "joint_memory.h"
#include "lw_control.h"
#include "names.h"
#include "synchapi.h"
#include "thread.h"

typedef struct lw_mutex {
  lw_object object;
  lw_thread_object *_Nullable owner LW_GUARDED_BY(&lw_dispatcher_); ///< no reference: an ending thread lets go
  uint32_t recursion LW_GUARDED_BY(&lw_dispatcher_);
  bool abandoned LW_GUARDED_BY(&lw_dispatcher_); ///< free, because its owner ended
  TAILQ_ENTRY(lw_mutex) on_owner LW_GUARDED_BY(&lw_dispatcher_);
} lw_mutex;

static lw_pool pool = LW_POOL(lw_mutex);

static void own(lw_mutex *self, lw_thread_object *thread) LW_REQUIRES(lw_dispatcher_) {
  self->owner = thread;
  TAILQ_INSERT_TAIL(&thread->owned, self, on_owner);
}

static void disown(lw_mutex *self) LW_REQUIRES(lw_dispatcher_) {
  TAILQ_REMOVE(&self->owner->owned, self, on_owner);
  self->owner = NULL;
  self->recursion = 0;
}

static void destroy(lw_object *object) {
  lw_mutex *self = (lw_mutex *)object;
  lw_dispatcher_enter_();
  if (self->owner) disown(self);
  lw_lock_release(&lw_dispatcher_);
  lw_pool_give(&pool, self);
}

static bool is_ready_for(const lw_object *object, const lw_thread_object *thread) LW_REQUIRES(lw_dispatcher_) {
  return thread && ((const lw_mutex *)object)->owner == thread;
}

static bool taken(lw_object *object, lw_thread_object *thread) LW_REQUIRES(lw_dispatcher_) {
  lw_mutex *self = (lw_mutex *)object;
  bool abandoned = self->abandoned;
  self->abandoned = false;
  if (!self->owner && thread) own(self, thread);
  self->recursion++;
  return abandoned;
}

static void give_joint(lw_mutex *self, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  if (lw_joint_keep_mutex_(&self->object)) return;
  disown(self); // before it is another thread's
  lw_joint_free_mutex_(&self->object, false, wakes);
  // acquire and release: as where a reference is given back; the caller has another one.
  atomic_fetch_sub_explicit(&self->object.references, 1, memory_order_acq_rel);
}

static DWORD give(lw_object *object, lw_thread_object *thread, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  lw_mutex *self = (lw_mutex *)object;
  if (!thread || self->owner != thread) return ERROR_NOT_OWNER;
  if (object->joint) {
    give_joint(self, wakes);
    return ERROR_SUCCESS;
  }
  if (--self->recursion > 0) return ERROR_SUCCESS;
  disown(self);
  lw_object_signal_(object, wakes);
  return ERROR_SUCCESS;
}

static void publish(lw_object *object, struct lw_joint *joint) LW_REQUIRES(lw_dispatcher_) {
  const lw_mutex *self = (const lw_mutex *)object;
  joint->abandoned = self->abandoned;
  if (!self->owner || !lw_object_retain_(object)) return;
  joint->owner = lw_joint_place_;
  joint->owner_thread = self->owner->id;
  joint->recursion = self->recursion;
}

static lw_object *_Nullable copy(const struct lw_joint *joint) {
  (void)joint;
  lw_mutex *made = lw_pool_take(&pool);
  if (made) lw_object_prepare_(&made->object, &lw_mutex_type_);
  return (lw_object *)made;
}

static void owned(lw_object *object, lw_thread_object *thread) LW_REQUIRES(lw_dispatcher_) {
  lw_mutex *self = (lw_mutex *)object;
  if (!self->owner && lw_object_retain_(object)) own(self, thread);
}

static const struct lw_joint_type joint_type = {
    .kind = LW_JOINT_MUTEX, .publish = publish, .copy = copy, .owned = owned};
LW_LOOKS_AT_THE_STILL static lw_thread_number holder(const void *mutex) LW_NO_THREAD_SAFETY_ANALYSIS {
  const lw_thread_object *owner = ((const lw_mutex *)mutex)->owner;
  return owner ? lw_control_thread_of(atomic_load(&owner->stop.system_id)) : 0;
}

const lw_object_type lw_mutex_type_ = {.name = "mutex",
                                       .relation = "held by",
                                       .thread = holder,
                                       .destroy = destroy,
                                       .give = give,
                                       .is_ready_for = is_ready_for,
                                       .taken = taken,
                                       .joint = &joint_type};

/// The thread's first joint mutex, which it owns no more but refers to; NULL when it has none.
static lw_mutex *_Nullable abandon_joint(lw_thread_object *thread) {
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  lw_mutex *self;
  TAILQ_FOREACH(self, &thread->owned, on_owner) {
    if (self->object.joint) break;
  }
  if (self) {
    disown(self);
    lw_joint_free_mutex_(&self->object, true, &wakes);
  }
  lw_dispatcher_leave_(&wakes);
  return self;
}

void lw_mutexes_abandon_joint_(lw_thread_object *thread) {
  lw_mutex *abandoned;
  while ((abandoned = abandon_joint(thread))) lw_object_release_(&abandoned->object);
}

void lw_mutexes_abandon_(lw_thread_object *thread, lw_wakes *wakes) {
  lw_mutex *self;
  while ((self = TAILQ_FIRST(&thread->owned))) {
    disown(self);
    self->abandoned = true;
    lw_object_signal_(&self->object, wakes);
  }
}

HANDLE CreateMutexExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags, DWORD access) {
  DWORD error = flags & ~(DWORD)CREATE_MUTEX_INITIAL_OWNER ? ERROR_INVALID_PARAMETER : lw_name_refusal_(name);
  lw_thread_object *owner = flags & CREATE_MUTEX_INITIAL_OWNER ? lw_thread_current_() : NULL;
  lw_mutex *made = error == ERROR_SUCCESS ? lw_pool_take(&pool) : NULL;
  if (!made || (!owner && flags != 0)) {
    if (made) lw_pool_give(&pool, made);
    lw_failed_(error != ERROR_SUCCESS ? error : ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_object_prepare_(&made->object, &lw_mutex_type_);
  made->object.consumed = true;
  lw_dispatcher_enter_();
  made->object.signal = 1;
  if (owner) lw_object_take_(&made->object, owner);
  lw_lock_release(&lw_dispatcher_);
  return lw_name_create_(&made->object, name, lw_rights_(access, attributes && attributes->bInheritHandle));
}

HANDLE CreateMutexExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags, DWORD access) {
  char narrow[MAX_PATH];
  if (name && !lw_name_narrow_(name, narrow)) return NULL;
  return CreateMutexExA(attributes, name ? narrow : NULL, flags, access);
}

HANDLE CreateMutexA(LPSECURITY_ATTRIBUTES attributes, BOOL owned, LPCSTR name) {
  return CreateMutexExA(attributes, name, owned ? CREATE_MUTEX_INITIAL_OWNER : 0, MUTEX_ALL_ACCESS);
}

HANDLE CreateMutexW(LPSECURITY_ATTRIBUTES attributes, BOOL owned, LPCWSTR name) {
  return CreateMutexExW(attributes, name, owned ? CREATE_MUTEX_INITIAL_OWNER : 0, MUTEX_ALL_ACCESS);
}

HANDLE OpenMutexA(DWORD access, BOOL inherit, LPCSTR name) {
  return lw_name_open_(name, &lw_mutex_type_, lw_rights_(access, inherit));
}

HANDLE OpenMutexW(DWORD access, BOOL inherit, LPCWSTR name) {
  char narrow[MAX_PATH];
  if (name && !lw_name_narrow_(name, narrow)) return NULL;
  return OpenMutexA(access, inherit, name ? narrow : NULL);
}

BOOL ReleaseMutex(HANDLE handle) {
  lw_object *object = lw_handle_object_for_(handle, &lw_mutex_type_, 0, __func__);
  if (!object) return FALSE;
  lw_wakes wakes = {NULL};
  lw_thread_object *thread = lw_thread_current_();
  lw_point(LW_POINT_SIGNAL, object, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  DWORD error = give(object, thread, &wakes);
  lw_dispatcher_leave_(&wakes);
  lw_object_release_(object);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}
