// Named pipes of a family: which there are, how many instances each process has, and which of them listens longest. The
// instances themselves are where they were made; others come to them as remote_pipe.h says.
#pragma once

#include "joint.h"

#pragma clang assume_nonnull begin

/// What the instances of a pipe agree about.
typedef struct lw_joint_pipe_terms {
  uint32_t instances_max;
  DWORD direction; ///< PIPE_ACCESS_...
  bool message_type;
  DWORD default_ms; ///< the first one's counts
} lw_joint_pipe_terms;

/// Adds `count` instances of this process to the pipe of that name, which is its first or has the same terms.
/// ERROR_SUCCESS and its number; ERROR_PIPE_BUSY when there are enough, ERROR_ACCESS_DENIED for other terms or when it
/// is `first` to be and is not, ERROR_NOT_ENOUGH_MEMORY.
DWORD lw_joint_pipe_add_(const char *name, const lw_joint_pipe_terms *terms, uint32_t count, bool first,
                         uint32_t *joint);
/// One instance of this process less.
void lw_joint_pipe_remove_(uint32_t joint);
/// How many instances all have.
uint32_t lw_joint_pipe_instances_(uint32_t joint);

/// A number later than all that were given.
uint32_t lw_joint_pipe_turn_(void);
/// Since which turn the oldest listening instance of this process listens; 0: none does. Those who wait for one are
/// told.
void lw_joint_pipe_listens_(uint32_t joint, uint32_t turn);

/// Where a client goes.
typedef struct lw_joint_pipe_choice {
  bool exists;     ///< there is a pipe of the name
  DWORD direction; ///< its own
  uint32_t place;  ///< of the process whose instance listens longest; 0: none listens
  bool is_own;     ///< that is this one
  DWORD default_ms;
} lw_joint_pipe_choice;
/// `waits`: when none listens, this process is told (`lw_pipes_look_again_`) when one does.
lw_joint_pipe_choice lw_joint_pipe_choose_(const char *name, bool waits);
/// The place of this process.
uint32_t lw_joint_own_place_(void);

#pragma clang assume_nonnull end
