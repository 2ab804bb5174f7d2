// The states of joint objects.
#include <string.h>

#include "joint_memory.h"
#include "thread.h"

static lw_joint *joint_of(const lw_object *object) LW_REQUIRES(lw_dispatcher_) { return lw_joint_at_(object->joint); }

bool lw_joint_is_ready_for_(const lw_joint *joint, uint32_t process, uint32_t thread) {
  bool owns = joint->kind == LW_JOINT_MUTEX && joint->owner == process && joint->owner_thread == thread && thread != 0;
  return joint->signal > 0 || owns;
}

bool lw_joint_take_for_(lw_joint *joint, uint32_t process, uint32_t thread) {
  if (joint->consumed && joint->signal > 0) lw_joint_put_(&joint->signal, joint->signal - 1);
  if (joint->kind != LW_JOINT_MUTEX) return false;
  bool abandoned = joint->abandoned;
  lw_joint_put_(&joint->abandoned, 0);
  lw_joint_put_(&joint->owner, process);
  lw_joint_put_(&joint->owner_thread, thread);
  lw_joint_put_(&joint->recursion, joint->recursion + 1);
  return abandoned;
}

bool lw_joint_is_ready_(const lw_object *object, const lw_thread_object *thread) {
  lw_joint_begin_();
  bool ready = lw_joint_is_ready_for_(joint_of(object), lw_joint_place_, thread ? thread->id : 0);
  lw_joint_end_();
  return ready;
}

bool lw_joint_take_(lw_object *object, lw_thread_object *thread) {
  lw_joint_begin_();
  bool abandoned = lw_joint_take_for_(joint_of(object), lw_joint_place_, thread ? thread->id : 0);
  lw_joint_owned_(object, thread);
  lw_joint_end_();
  return abandoned;
}

void lw_joint_owned_(lw_object *object, lw_thread_object *thread) {
  if (thread && object->type->joint->owned) object->type->joint->owned(object, thread);
}

int32_t lw_joint_level_(const lw_object *object) {
  lw_joint_begin_();
  int32_t level = (int32_t)joint_of(object)->signal;
  lw_joint_end_();
  return level;
}

void lw_joint_signal_(lw_object *object, lw_wakes *wakes) {
  lw_joint_begin_();
  lw_joint_put_(&joint_of(object)->signal, 1);
  lw_joint_offer_(object->joint, wakes);
  lw_joint_end_();
}

void lw_joint_raise_(lw_object *object, int32_t by, lw_wakes *wakes) {
  lw_joint_begin_();
  lw_joint *joint = joint_of(object);
  lw_joint_put_(&joint->signal, joint->signal + (uint32_t)by);
  lw_joint_offer_(object->joint, wakes);
  lw_joint_end_();
}

void lw_joint_reset_(lw_object *object) {
  lw_joint_begin_();
  lw_joint_put_(&joint_of(object)->signal, 0);
  lw_joint_end_();
}

// ------------------------------------------------------------------------------------------------------------- mutexes

static void free_mutex(uint32_t index, bool abandoned, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  lw_joint *joint = lw_joint_at_(index);
  lw_joint_put_(&joint->owner, 0);
  lw_joint_put_(&joint->owner_thread, 0);
  lw_joint_put_(&joint->recursion, 0);
  lw_joint_put_(&joint->abandoned, abandoned);
  lw_joint_put_(&joint->signal, 1);
  lw_joint_offer_(index, wakes);
}

bool lw_joint_keep_mutex_(lw_object *object) {
  lw_joint_begin_();
  lw_joint *joint = joint_of(object);
  bool kept = joint->recursion > 1;
  if (kept) lw_joint_put_(&joint->recursion, joint->recursion - 1);
  lw_joint_end_();
  return kept;
}

void lw_joint_free_mutex_(lw_object *object, bool abandoned, lw_wakes *wakes) {
  lw_joint_begin_();
  free_mutex(object->joint, abandoned, wakes);
  lw_joint_end_();
}

// --------------------------------------------------------------------------------------------------------------- users

void lw_joint_add_user_(lw_joint *joint, uint32_t place) {
  lw_joint_put_(&joint->users[place / 32], joint->users[place / 32] | 1u << (place % 32));
}

void lw_joint_remove_user_(lw_joint *joint, uint32_t place) {
  lw_joint_put_(&joint->users[place / 32], joint->users[place / 32] & ~(1u << (place % 32)));
  for (uint32_t word = 0; word < LW_JOINT_SET_WORDS; word++)
    if (joint->users[word]) return;
  lw_joint_put_(&joint->kind, LW_JOINT_NONE);
}

void lw_joint_objects_leave_(uint32_t place, lw_wakes *wakes) {
  for (uint32_t index = 1; index <= lw_joint_->objects_used; index++) {
    lw_joint *joint = lw_joint_at_(index);
    if (joint->kind == LW_JOINT_NONE || !lw_joint_set_has_(joint->users, place)) continue;
    if (joint->kind == LW_JOINT_MUTEX && joint->owner == place) free_mutex(index, true, wakes);
    lw_joint_remove_user_(joint, place);
    lw_joint_commit_();
  }
}
