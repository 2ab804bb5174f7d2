// Openings of the family's memory as a file, and the bytes of it that tell who lives.
#pragma once

#include "joint_memory.h"

#pragma clang assume_nonnull begin

/// This process's opening; -1 before there is one.
int lw_joint_file_(void);
/// The same before this process has opened the memory, when it got it from its parent; and its place.
int lw_joint_own_file_(uint32_t *place);
/// A further opening, which has locks of its own; -1 when the system has nothing left.
int lw_joint_reopen_(int fd);
/// Holds a place's byte for as long as this opening has a descriptor; false when somebody else does.
bool lw_joint_life_begin_(int fd, uint32_t place);

#pragma clang assume_nonnull end
