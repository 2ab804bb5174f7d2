// See joint_pipes.h.
#include "joint_pipes.h"

#include <string.h>

#include "joint_memory.h"
#include "winerror.h"

static lw_joint_pipe *at(uint32_t joint) LW_REQUIRES(lw_dispatcher_) { return &lw_joint_->pipes[joint]; }

static void enter(void) LW_ACQUIRE(lw_dispatcher_) {
  lw_dispatcher_enter_();
  lw_joint_begin_();
}

static void leave(lw_wakes *_Nullable wakes) LW_RELEASE(lw_dispatcher_) {
  lw_wakes nobody = {NULL};
  lw_joint_end_();
  lw_lock_release_quietly(&lw_dispatcher_);
  lw_wakes_release_(wakes ? wakes : &nobody);
}

/// The pipe of a name whose processes live; 0 when there is none.
static uint32_t find(const char *name, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  for (uint32_t joint = 1; joint <= lw_joint_->pipes_used; joint++) {
    const lw_joint_pipe *pipe = at(joint);
    if (pipe->instances == 0 || strcmp(pipe->name, name) != 0) continue;
    for (uint32_t place = 1; place <= lw_joint_->processes_used; place++)
      if (pipe->of[place].instances > 0) lw_joint_lives_(place, wakes);
    return pipe->instances > 0 ? joint : 0;
  }
  return 0;
}

// ----------------------------------------------------------------------------------------------------------- instances

static uint32_t make(const char *name, const lw_joint_pipe_terms *terms) LW_REQUIRES(lw_dispatcher_) {
  uint32_t joint = 1;
  while (joint <= lw_joint_->pipes_used && at(joint)->instances > 0) joint++;
  if (joint == LW_JOINT_PIPES) return 0;
  if (joint > lw_joint_->pipes_used) lw_joint_put_(&lw_joint_->pipes_used, joint);
  lw_joint_pipe *pipe = at(joint);
  // Nobody has it: nothing of this need be undone.
  pipe->instances_max = terms->instances_max;
  pipe->direction = terms->direction;
  pipe->message_type = terms->message_type;
  pipe->default_ms = terms->default_ms;
  strncpy(pipe->name, name, sizeof pipe->name - 1);
  return joint;
}

static DWORD refusal(const lw_joint_pipe *pipe, const lw_joint_pipe_terms *terms, uint32_t count, bool first) {
  if (first) return ERROR_ACCESS_DENIED;
  if (count > pipe->instances_max - pipe->instances) return ERROR_PIPE_BUSY;
  bool agrees = pipe->direction == terms->direction && pipe->message_type == terms->message_type;
  return agrees ? ERROR_SUCCESS : ERROR_ACCESS_DENIED;
}

static void add_instances(uint32_t joint, uint32_t place, uint32_t count) LW_REQUIRES(lw_dispatcher_) {
  lw_joint_put_(&at(joint)->of[place].instances, at(joint)->of[place].instances + count);
  lw_joint_put_(&at(joint)->instances, at(joint)->instances + count);
}

DWORD lw_joint_pipe_add_(const char *name, const lw_joint_pipe_terms *terms, uint32_t count, bool first,
                         uint32_t *joint) {
  lw_wakes wakes = {NULL};
  enter();
  uint32_t known = find(name, &wakes);
  DWORD error = known ? refusal(at(known), terms, count, first) : ERROR_SUCCESS;
  if (!known) known = make(name, terms);
  if (!known) error = ERROR_NOT_ENOUGH_MEMORY;
  if (error == ERROR_SUCCESS) add_instances(known, lw_joint_place_, count);
  leave(&wakes);
  *joint = known;
  return error;
}

void lw_joint_pipe_remove_(uint32_t joint) {
  enter();
  add_instances(joint, lw_joint_place_, (uint32_t)-1);
  leave(NULL);
}

uint32_t lw_joint_pipe_instances_(uint32_t joint) {
  enter();
  uint32_t instances = at(joint)->instances;
  leave(NULL);
  return instances;
}

void lw_joint_pipes_leave_(uint32_t place) {
  for (uint32_t joint = 1; joint <= lw_joint_->pipes_used; joint++) {
    if (at(joint)->of[place].waits) lw_joint_put_(&at(joint)->of[place].waits, 0);
    if (at(joint)->of[place].instances == 0) continue;
    lw_joint_put_(&at(joint)->of[place].listens, 0);
    add_instances(joint, place, -at(joint)->of[place].instances);
    lw_joint_commit_();
  }
}

// ----------------------------------------------------------------------------------------------------------- listening

uint32_t lw_joint_pipe_turn_(void) {
  enter();
  lw_joint_put_(&lw_joint_->pipe_turn, lw_joint_->pipe_turn + 1);
  uint32_t turn = lw_joint_->pipe_turn;
  leave(NULL);
  return turn;
}

void lw_joint_pipe_listens_(uint32_t joint, uint32_t turn) {
  enter();
  lw_joint_pipe *pipe = at(joint);
  lw_joint_put_(&pipe->of[lw_joint_place_].listens, turn);
  for (uint32_t place = 1; turn && place <= lw_joint_->processes_used; place++) {
    if (!pipe->of[place].waits) continue;
    lw_joint_put_(&pipe->of[place].waits, 0);
    lw_joint_tell_(place);
  }
  leave(NULL);
}

lw_joint_pipe_choice lw_joint_pipe_choose_(const char *name, bool waits) {
  lw_wakes wakes = {NULL};
  lw_joint_pipe_choice choice = {.exists = false};
  enter();
  uint32_t joint = find(name, &wakes), oldest = UINT32_MAX;
  for (uint32_t place = 1; joint && place <= lw_joint_->processes_used; place++) {
    uint32_t turn = at(joint)->of[place].listens;
    if (turn == 0 || turn >= oldest) continue;
    oldest = turn;
    choice.place = place;
  }
  choice.exists = joint != 0;
  choice.direction = at(joint)->direction;
  choice.is_own = choice.place == lw_joint_place_;
  choice.default_ms = at(joint)->default_ms;
  if (joint && waits && choice.place == 0) lw_joint_put_(&at(joint)->of[lw_joint_place_].waits, 1);
  leave(&wakes);
  return choice;
}

uint32_t lw_joint_own_place_(void) {
  lw_dispatcher_enter_();
  uint32_t place = lw_joint_place_;
  lw_lock_release_quietly(&lw_dispatcher_);
  return place;
}
