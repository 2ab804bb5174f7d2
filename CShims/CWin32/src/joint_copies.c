// This process's copies of joint objects: one for each that it has, found by the object's number.
#include <string.h>

#include "file_mappings.h"
#include "joint_memory.h"

static lw_object *_Nullable copies[LW_JOINT_OBJECTS] LW_GUARDED_BY(lw_dispatcher_);
/// One that is on its way out is still counted when its successor is made.
static uint32_t counts[LW_JOINT_OBJECTS] LW_GUARDED_BY(lw_dispatcher_);

static const struct lw_joint_type *type_of(lw_joint_kind kind) {
  static const lw_object_type *const types[LW_JOINT_KINDS] = {[LW_JOINT_EVENT] = &lw_event_type_,
                                                              [LW_JOINT_MUTEX] = &lw_mutex_type_,
                                                              [LW_JOINT_SEMAPHORE] = &lw_semaphore_type_,
                                                              [LW_JOINT_MAPPING] = &lw_mapping_type_};
  return types[kind]->joint;
}

static void add_copy(uint32_t index, lw_object *object) LW_REQUIRES(lw_dispatcher_) {
  object->joint = index;
  copies[index] = object;
  if (counts[index]++ == 0) lw_joint_add_user_(lw_joint_at_(index), lw_joint_place_);
}

// --------------------------------------------------------------------------------------------------------------- names

/// Whether a process that has the object lives; those that were killed and that nobody has missed yet go.
static bool is_had(const lw_joint *joint, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  for (uint32_t place = 1; place <= lw_joint_->processes_used; place++)
    if (lw_joint_set_has_(joint->users, place) && lw_joint_lives_(place, wakes)) return true;
  return false;
}

uint32_t lw_joint_find_(const char *name, lw_wakes *wakes) {
  for (uint32_t index = 1; index <= lw_joint_->objects_used; index++) {
    const lw_joint *joint = lw_joint_at_(index);
    if (joint->kind != LW_JOINT_NONE && strcmp(joint->name, name) == 0 && is_had(joint, wakes)) return index;
  }
  return 0;
}

// ---------------------------------------------------------------------------------------------------------- publishing

/// The number of an object that nobody has; 0 when there is none left.
static uint32_t take_index(void) LW_REQUIRES(lw_dispatcher_) {
  uint32_t index = 1;
  while (index <= lw_joint_->objects_used && lw_joint_at_(index)->kind != LW_JOINT_NONE) index++;
  if (index == LW_JOINT_OBJECTS) return 0;
  if (index > lw_joint_->objects_used) lw_joint_put_(&lw_joint_->objects_used, index);
  return index;
}

bool lw_joint_publish_(lw_object *object, const char *name) {
  if (object->joint) return true;
  lw_joint_begin_();
  uint32_t index = take_index();
  if (index) {
    lw_joint *joint = lw_joint_at_(index);
    // Nobody has it: nothing of this need be undone until it is somebody's.
    memset(joint, 0, sizeof *joint);
    joint->consumed = object->consumed;
    joint->signal = (uint32_t)object->signal;
    if (name) strncpy(joint->name, name, sizeof joint->name - 1);
    if (object->type->joint->publish) object->type->joint->publish(object, joint);
    lw_joint_put_(&joint->kind, object->type->joint->kind);
    add_copy(index, object);
    object->signal = 0;
    lw_wait_block *block;
    TAILQ_FOREACH(block, &object->blocks, link) {
      block->waiter_type->join(block);
      lw_joint_commit_long_();
    }
  }
  lw_joint_end_();
  return index != 0;
}

// -------------------------------------------------------------------------------------------------------------- copies

lw_object *lw_joint_copy_(uint32_t index) {
  lw_object *known = copies[index];
  if (known && lw_object_retain_(known)) return known;
  lw_joint_begin_();
  const lw_joint *joint = lw_joint_at_(index);
  lw_object *made = type_of(joint->kind)->copy(joint);
  if (made) {
    made->consumed = joint->consumed;
    add_copy(index, made);
  }
  lw_joint_end_();
  return made;
}

void lw_joint_drop_(lw_object *object) {
  lw_dispatcher_enter_();
  uint32_t index = object->joint;
  lw_joint_begin_();
  if (copies[index] == object) copies[index] = NULL;
  if (--counts[index] == 0) lw_joint_remove_user_(lw_joint_at_(index), lw_joint_place_);
  lw_joint_end_();
  object->joint = 0;
  lw_lock_release_quietly(&lw_dispatcher_);
}
