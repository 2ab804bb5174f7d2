// Handles that a child gets with CreateProcess's bInheritHandles, under the same values: files of the system and
// sockets as descriptors, pipe ends as connections to this process, which has them (pipe_wire.h), events, mutexes and
// semaphores as joint objects (joint.h), processes by their pidfds. Threads and ports are not handed on.
#pragma once

#include "family.h"
#include "process.h"
#include "startup_attributes.h"

#pragma clang assume_nonnull begin

/// A handle on its way to a child.
typedef struct lw_bequest {
  lw_inherited record;
  int fd;            ///< the child's side; -1: a joint object has none
  int served;        ///< this side of a pipe end's connection; -1: none
  lw_object *object; ///< a reference
} lw_bequest;

typedef struct lw_inheritance {
  lw_bequest *_Nullable bequests;
  uint32_t count;
  uint32_t capacity;
} lw_inheritance;

/// Whether an object of that type is handed on.
bool lw_handle_is_handed_on_(const lw_object *object);
/// Makes the child's side of a handle; takes over a reference to `object`. False (errno) when the system has nothing
/// left. `lw_bequest_end_` in any case.
bool lw_bequest_make_(lw_bequest *bequest, HANDLE handle, lw_object *object, lw_rights rights);
/// The child has it: serves a pipe end to it until it ends, which is one of the process's `unfinished`.
void lw_bequest_serve_(lw_bequest *bequest, lw_process *process);
/// Closes the child's side and what was not served, and gives the reference back.
void lw_bequest_end_(const lw_bequest *bequest);

/// Collects all handles that are inherited, of those that `choice` has. False and the last error when the system has
/// nothing left; what was collected is ended.
bool lw_inheritance_collect_(lw_inheritance *inheritance, const lw_handle_choice *choice);
/// The child runs: serves the pipe ends to it until it ends, which is one of the process's `unfinished`.
void lw_inheritance_serve_(lw_inheritance *inheritance, lw_process *process);
/// Closes the child's sides and what was not served.
void lw_inheritance_end_(lw_inheritance *inheritance);

/// In a child: opens one, with its descriptor, which is taken over; -1: it has none.
void lw_inherited_open_(const lw_inherited *record, int fd);
/// In a child, before the program begins: opens `count` handles, whose records are behind the letter in `memory`.
void lw_inherited_take_(int memory, uint32_t count);

#pragma clang assume_nonnull end
