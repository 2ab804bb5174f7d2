// Exit codes in the memory of a family, for those who are not the parent: a process leaves its own where its place is,
// and whoever terminates one leaves the code that he asks for. Places are given round, so that what is left there stays
// for long. These words are written with the file's own means, by the process that ends, without a lock.
#include <stddef.h>
#include <unistd.h>

#include "family.h"
#include "joint_places.h"

static void leave(int fd, uint32_t place, size_t field, DWORD code) {
  lw_joint_left left = {.is_there = 1, .code = code};
  off_t at = (off_t)(offsetof(lw_joint_memory, processes) + place * sizeof(lw_joint_process) + field);
  // What cannot be written is lost.
  ssize_t written = pwrite(fd, &left, sizeof left, at);
  (void)written;
}

void lw_joint_leave_code_(DWORD code) {
  uint32_t place = 0;
  int fd = lw_joint_own_file_(&place);
  if (fd >= 0) leave(fd, place, offsetof(lw_joint_process, left), code);
}

/// Whether the place is still, or still looks as it was left by, the process that is meant.
static bool is_its(const lw_joint_child *process) LW_REQUIRES(lw_dispatcher_) {
  return process->place && lw_joint_ && lw_joint_->processes[process->place].serial == process->serial;
}

void lw_joint_condemn_(const lw_joint_child *process, DWORD code) {
  lw_dispatcher_enter_();
  if (is_its(process)) {
    lw_joint_begin_();
    if (is_its(process)) leave(lw_joint_file_(), process->place, offsetof(lw_joint_process, condemned), code);
    lw_joint_end_();
  }
  lw_lock_release_quietly(&lw_dispatcher_);
}

lw_joint_exit lw_joint_exit_of_(const lw_joint_child *process) {
  lw_joint_exit found = {.left = {.is_there = 0}};
  lw_dispatcher_enter_();
  if (is_its(process)) {
    lw_joint_begin_();
    const lw_joint_process *known = &lw_joint_->processes[process->place];
    if (is_its(process)) found = (lw_joint_exit){known->left, known->condemned};
    lw_joint_end_();
  }
  lw_lock_release_quietly(&lw_dispatcher_);
  return found;
}

void lw_joint_child_is_(const lw_joint_child *child, DWORD id) {
  lw_dispatcher_enter_();
  if (is_its(child)) {
    lw_joint_begin_();
    lw_joint_put_(&lw_joint_->processes[child->place].id, id);
    lw_joint_end_();
  }
  lw_lock_release_quietly(&lw_dispatcher_);
}

lw_joint_child lw_joint_process_of_(DWORD id) {
  lw_joint_child found = {.fd = -1};
  if (lw_family_() == 0 || !lw_joint_open_()) return found;
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  lw_joint_begin_();
  for (uint32_t place = 1; place <= lw_joint_->processes_used; place++) {
    const lw_joint_process *process = &lw_joint_->processes[place];
    if (!process->taken || process->id != id || !lw_joint_lives_(place, &wakes)) continue;
    found.place = place;
    found.serial = process->serial;
  }
  lw_joint_end_();
  lw_dispatcher_leave_(&wakes);
  return found;
}
