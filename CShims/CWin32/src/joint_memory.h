// The memory of a family of processes: the objects that several of them may have, who waits for these, and the
// processes themselves. Mapped by each; everything in it is touched under the lock between the processes, which is only
// taken under the dispatcher lock.
//
// A process may be killed while it has the lock. So what a section overwrites is written down first, and who gets the
// lock next puts it back: a section is done wholly or not at all.
#pragma once

#include "joint.h"
#include "pipe.h"

#pragma clang assume_nonnull begin

enum {
  LW_JOINT_PROCESSES = 1024,
  LW_JOINT_OBJECTS = 4096,
  LW_JOINT_WAITS = 32768,
  LW_JOINT_PIPES = 1024,
  LW_JOINT_UNDO = 4096,
  LW_JOINT_SET_WORDS = LW_JOINT_PROCESSES / 32
};

/// An object. Places of processes and indices of waits begin at 1; 0 is none.
typedef struct lw_joint {
  uint32_t kind; ///< lw_joint_kind; LW_JOINT_NONE: free
  uint32_t consumed;
  uint32_t signal;
  uint32_t maximum; ///< of a semaphore
  uint32_t owner;   ///< of a mutex: the process, and its thread
  uint32_t owner_thread;
  uint32_t recursion;
  uint32_t abandoned;
  uint32_t first, last;               ///< who waits, oldest first
  uint32_t users[LW_JOINT_SET_WORDS]; ///< processes that have it
  struct {
    uint64_t bytes;
    uint32_t process, descriptor; ///< the memory, in the process that made it
    uint32_t protection;
  } mapping;           ///< of a file mapping
  char name[MAX_PATH]; ///< empty: none
} lw_joint;

typedef enum lw_joint_wait_state {
  LW_JOINT_WAIT_FREE,
  LW_JOINT_WAITING,
  LW_JOINT_GRANTED, ///< and its process has not taken note yet
  LW_JOINT_OVER     ///< another record of the same wait was granted
} lw_joint_wait_state;

/// Who may grant a wait.
typedef enum lw_joint_wait_kind {
  LW_JOINT_ANY, ///< everybody, when one object is signalled
  LW_JOINT_ALL, ///< everybody, when all are
  LW_JOINT_OWN  ///< its process alone: it is for all of several objects, and some are no joint ones
} lw_joint_wait_kind;

/// That a thread, or a registered wait, waits for an object.
typedef struct lw_joint_wait {
  uint32_t state;
  uint32_t kind;
  uint32_t process;
  uint32_t thread; ///< who owns a mutex then; 0: no thread
  uint32_t object;
  uint32_t next, previous; ///< for the same object; `next` also of what is free
  uint32_t sibling;        ///< the next of the same wait, in a ring
  uint32_t abandoned;      ///< with which it was granted
} lw_joint_wait;

/// A process that lives, or that its parent is about to start. It holds the byte of its number in the file, so that a
/// place whose byte nobody holds is known to be left.
typedef struct lw_joint_process {
  uint32_t taken;
  uint32_t serial;               ///< of the place, so that nobody is taken for his successor
  uint32_t id;                   ///< the system's; 0: not known yet
  uint32_t is_open;              ///< it has opened the memory: it may own something, and can be told
  lw_joint_left left, condemned; ///< written without a lock (joint_exits.c)
} lw_joint_process;

/// A named pipe, see joint_pipes.h.
typedef struct lw_joint_pipe {
  uint32_t instances; ///< of all processes; 0: free
  uint32_t instances_max;
  uint32_t direction;
  uint32_t message_type;
  uint32_t default_ms;
  char name[LW_PIPE_NAME_BYTES];
  struct {
    uint32_t instances;
    uint32_t listens; ///< its oldest listening instance, since that turn; 0: none
    uint32_t waits;   ///< it is to be told when one listens
  } of[LW_JOINT_PROCESSES];
} lw_joint_pipe;

typedef struct lw_joint_memory {
  uint64_t number; ///< of the family's bells
  uint32_t holder; ///< whose section is open
  uint32_t undo_count;
  struct {
    uint32_t offset;
    uint32_t value;
  } undo[LW_JOINT_UNDO];
  uint32_t processes_used, objects_used, waits_used, pipes_used; ///< the highest number that was ever taken
  uint32_t free_wait;
  uint32_t last_place; ///< that was given
  uint32_t pipe_turn;  ///< the last that was given
  lw_joint_process processes[LW_JOINT_PROCESSES];
  lw_joint objects[LW_JOINT_OBJECTS];
  lw_joint_wait waits[LW_JOINT_WAITS];
  lw_joint_pipe pipes[LW_JOINT_PIPES];
} lw_joint_memory;

/// This process's view of it; NULL before it was opened.
extern lw_joint_memory *_Nullable lw_joint_ LW_GUARDED_BY(lw_dispatcher_);
/// The place of this process.
extern uint32_t lw_joint_place_ LW_GUARDED_BY(lw_dispatcher_);

/// Overwrites a field, so that it can be undone.
void lw_joint_put_(uint32_t *field, uint32_t value) LW_REQUIRES(lw_dispatcher_);
/// What the section has done so far is one act, and what follows another. For long sections.
void lw_joint_commit_(void) LW_REQUIRES(lw_dispatcher_);
/// The same where it has become long; stands in loops that have no end known beforehand.
static inline void lw_joint_commit_long_(void) LW_REQUIRES(lw_dispatcher_) {
  if (lw_joint_->undo_count > LW_JOINT_UNDO / 2) lw_joint_commit_();
}
/// At the end of the section the process of that place is told that it may have something to do.
void lw_joint_tell_(uint32_t place) LW_REQUIRES(lw_dispatcher_);

static inline bool lw_joint_set_has_(const uint32_t *set, uint32_t place) {
  return set[place / 32] >> (place % 32) & 1;
}
static inline lw_joint *lw_joint_at_(uint32_t index) LW_REQUIRES(lw_dispatcher_) { return &lw_joint_->objects[index]; }

// ------------------------------------------------------------------------------------------ objects (joint_objects.c)

/// Whether a thread of a process could take it.
bool lw_joint_is_ready_for_(const lw_joint *joint, uint32_t process, uint32_t thread) LW_REQUIRES(lw_dispatcher_);
/// Takes it for that thread; whether it was abandoned.
bool lw_joint_take_for_(lw_joint *joint, uint32_t process, uint32_t thread) LW_REQUIRES(lw_dispatcher_);
/// A process has ended: what it owned is abandoned, and it has none of the objects any more.
void lw_joint_objects_leave_(uint32_t place, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// That a process has an object or has it no more; without a process that has it, it is free.
void lw_joint_add_user_(lw_joint *joint, uint32_t place) LW_REQUIRES(lw_dispatcher_);
void lw_joint_remove_user_(lw_joint *joint, uint32_t place) LW_REQUIRES(lw_dispatcher_);

// ---------------------------------------------------------------------------------------------- waits (joint_waits.c)

/// Grants waits for an object, oldest first, while the signal lasts.
void lw_joint_offer_(uint32_t index, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// Takes note of all that was granted to this process, and tries what only it can grant.
void lw_joint_catch_up_(lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// A process has ended: it waits for nothing any more.
void lw_joint_waits_leave_(uint32_t place) LW_REQUIRES(lw_dispatcher_);

// ---------------------------------------------------------------------------------------------- pipes (joint_pipes.c)

/// A process has ended: it has no instances any more.
void lw_joint_pipes_leave_(uint32_t place) LW_REQUIRES(lw_dispatcher_);

// -------------------------------------------------------------------------------------- processes (joint_processes.c)

/// Tells the process of a place at once.
void lw_joint_ring_(uint32_t place) LW_REQUIRES(lw_dispatcher_);
/// Whether a place's process lives; what it had is given up where it does not.
bool lw_joint_lives_(uint32_t place, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// Begins to hear what this process is told, with its descriptor of the memory and a place.
bool lw_joint_bell_open_(void);

#pragma clang assume_nonnull end
