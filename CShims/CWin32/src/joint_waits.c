// Who waits for joint objects, of whichever process, and granting that.
//
// A wait has a record for each of its objects. Whoever signals one grants waits in the order in which they came; the
// record says so until its own process has taken note, and only that process gives records back.
#include "joint_memory.h"
#include "thread.h"

/// The block of each record of this process.
static lw_wait_block *_Nullable blocks_of[LW_JOINT_WAITS] LW_GUARDED_BY(lw_dispatcher_);

static lw_joint_wait *at(uint32_t index) LW_REQUIRES(lw_dispatcher_) { return &lw_joint_->waits[index]; }

// ------------------------------------------------------------------------------------------------------------- records

static uint32_t take_record(void) LW_REQUIRES(lw_dispatcher_) {
  uint32_t index = lw_joint_->free_wait;
  if (index) {
    lw_joint_put_(&lw_joint_->free_wait, at(index)->next);
    return index;
  }
  index = lw_joint_->waits_used + 1;
  if (index == LW_JOINT_WAITS) lw_fatal("the processes of a family wait for more than 32,767 of their objects at once");
  lw_joint_put_(&lw_joint_->waits_used, index);
  return index;
}

static void give_record(uint32_t index) LW_REQUIRES(lw_dispatcher_) {
  lw_joint_put_(&at(index)->state, LW_JOINT_WAIT_FREE);
  lw_joint_put_(&at(index)->next, lw_joint_->free_wait);
  lw_joint_put_(&lw_joint_->free_wait, index);
}

static void append(uint32_t index) LW_REQUIRES(lw_dispatcher_) {
  lw_joint *joint = lw_joint_at_(at(index)->object);
  lw_joint_put_(&at(index)->next, 0);
  lw_joint_put_(&at(index)->previous, joint->last);
  lw_joint_put_(joint->last ? &at(joint->last)->next : &joint->first, index);
  lw_joint_put_(&joint->last, index);
}

static void take_off(uint32_t index) LW_REQUIRES(lw_dispatcher_) {
  const lw_joint_wait *wait = at(index);
  lw_joint *joint = lw_joint_at_(wait->object);
  lw_joint_put_(wait->previous ? &at(wait->previous)->next : &joint->first, wait->next);
  lw_joint_put_(wait->next ? &at(wait->next)->previous : &joint->last, wait->previous);
}

// ----------------------------------------------------------------------------------------------------------- granting

static bool all_ready(uint32_t index) LW_REQUIRES(lw_dispatcher_) {
  uint32_t each = index;
  do {
    const lw_joint_wait *wait = at(each);
    if (!lw_joint_is_ready_for_(lw_joint_at_(wait->object), wait->process, wait->thread)) return false;
    each = wait->sibling;
  } while (each != index);
  return true;
}

/// Grants a wait that everybody may; false when its other objects are not signalled.
static bool grant(uint32_t index) LW_REQUIRES(lw_dispatcher_) {
  bool all = at(index)->kind == LW_JOINT_ALL, abandoned = false;
  if (all && !all_ready(index)) return false;
  uint32_t each = index;
  do {
    lw_joint_wait *wait = at(each);
    bool takes = all || each == index;
    if (takes && lw_joint_take_for_(lw_joint_at_(wait->object), wait->process, wait->thread)) abandoned = true;
    take_off(each);
    lw_joint_put_(&wait->state, each == index ? LW_JOINT_GRANTED : LW_JOINT_OVER);
    each = wait->sibling;
  } while (each != index);
  lw_joint_put_(&at(index)->abandoned, abandoned);
  return true;
}

/// Takes note of a wait of this process that has been granted.
static void note(uint32_t index, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  lw_wait_block *block = blocks_of[index];
  block->waiter_type->granted(block, at(index)->abandoned, wakes);
}

/// Tries one wait for a signalled object; true when it is not one of its waits any more.
static bool offer_to(uint32_t index, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  const lw_joint_wait *wait = at(index);
  bool is_own = wait->process == lw_joint_place_;
  if (wait->kind == LW_JOINT_OWN) {
    if (is_own) return blocks_of[index]->waiter_type->satisfy(blocks_of[index], wakes);
    lw_joint_tell_(wait->process);
    return false;
  }
  if (!grant(index)) return false;
  if (is_own)
    note(index, wakes);
  else
    lw_joint_tell_(wait->process);
  return true;
}

void lw_joint_offer_(uint32_t object, lw_wakes *wakes) {
  uint32_t index = lw_joint_at_(object)->first;
  while (index && lw_joint_at_(object)->signal > 0) {
    uint32_t next = at(index)->next;
    // One that is satisfied may have had several records here: begin again.
    index = offer_to(index, wakes) ? lw_joint_at_(object)->first : next;
    lw_joint_commit_long_();
  }
}

void lw_joint_catch_up_(lw_wakes *wakes) {
  for (uint32_t index = 1; index <= lw_joint_->waits_used; index++) {
    if (blocks_of[index] && at(index)->state == LW_JOINT_GRANTED) note(index, wakes);
    lw_joint_commit_long_();
  }
  for (uint32_t index = 1; index <= lw_joint_->objects_used; index++)
    if (lw_joint_at_(index)->kind != LW_JOINT_NONE) lw_joint_offer_(index, wakes);
}

// ------------------------------------------------------------------------------------------------------------- blocks

void lw_joint_join_(lw_wait_block *blocks, uint32_t count, bool all, const lw_thread_object *thread) {
  uint32_t first = 0, last = 0;
  lw_joint_wait_kind kind = all ? LW_JOINT_ALL : LW_JOINT_ANY;
  for (uint32_t i = 0; i < count; i++)
    if (all && !blocks[i].object->joint) kind = LW_JOINT_OWN;
  lw_joint_begin_();
  for (uint32_t i = 0; i < count; i++) {
    if (!blocks[i].object->joint) continue;
    uint32_t index = take_record();
    lw_joint_wait *wait = at(index);
    lw_joint_put_(&wait->state, LW_JOINT_WAITING);
    // A free record has nothing in these that somebody else would read.
    wait->kind = kind;
    wait->process = lw_joint_place_;
    wait->thread = thread ? thread->id : 0;
    wait->object = blocks[i].object->joint;
    wait->abandoned = 0;
    append(index);
    blocks_of[index] = &blocks[i];
    blocks[i].record = index;
    if (last) at(last)->sibling = index;
    if (!first) first = index;
    wait->sibling = first;
    last = index;
  }
  lw_joint_end_();
}

bool lw_joint_leave_(lw_wait_block *block) {
  uint32_t index = block->record;
  lw_joint_begin_();
  bool granted = at(index)->state == LW_JOINT_GRANTED;
  if (at(index)->state == LW_JOINT_WAITING) take_off(index);
  give_record(index);
  blocks_of[index] = NULL;
  block->record = 0;
  lw_joint_end_();
  return granted;
}

bool lw_joint_notice_(lw_wait_block *block, lw_wakes *wakes) {
  uint32_t index = block->record;
  if (!index) return false;
  lw_joint_begin_();
  bool granted = at(index)->state == LW_JOINT_GRANTED;
  if (granted) note(index, wakes);
  lw_joint_end_();
  return granted;
}

void lw_joint_waits_leave_(uint32_t place) {
  for (uint32_t index = 1; index <= lw_joint_->waits_used; index++) {
    if (at(index)->state == LW_JOINT_WAIT_FREE || at(index)->process != place) continue;
    if (at(index)->state == LW_JOINT_WAITING) take_off(index);
    give_record(index);
    lw_joint_commit_();
  }
}
