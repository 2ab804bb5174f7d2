// Where a family that has a word meets.
#pragma once

#include "joint_memory.h"

#pragma clang assume_nonnull begin

/// Finds the family: this process's descriptor of its memory and its place there. `*fd` is left alone when there is
/// none yet: then this process is to found it, and others wait for it. False when the system refuses.
bool lw_joint_meet_(int *fd, uint32_t *place);
/// From here on those who come are given a place. True also for a family that has no word. False when the system has
/// nothing left.
bool lw_joint_receive_others_(void);
/// The descriptor at which they come, for children to keep it; -1: none.
int lw_joint_meeting_(void);
/// In a child, before the program begins: that of its parent.
void lw_joint_meeting_inherit_(int fd);

#pragma clang assume_nonnull end
