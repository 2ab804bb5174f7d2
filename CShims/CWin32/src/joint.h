// Joint objects: events, semaphores, mutexes and file mappings that several processes of a family may have, because
// they have a name or were inherited. The object itself - its signal, its owner, who waits for it - is in memory that
// all of them share (joint_memory.h). Each process has an lw_object beside, a *copy*, to which its handles lead.
//
// As among threads of one process, whoever signals satisfies the waits, oldest first, whichever process they are of: he
// marks a wait in the memory as granted, and its process is told to wake the thread. So an auto-reset event releases
// one thread of them all, and a wait for all objects is atomic.
#pragma once

#include "object.h"

#pragma clang assume_nonnull begin

typedef enum lw_joint_kind {
  LW_JOINT_NONE,
  LW_JOINT_EVENT,
  LW_JOINT_MUTEX,
  LW_JOINT_SEMAPHORE,
  LW_JOINT_MAPPING, ///< nobody waits for one
  LW_JOINT_KINDS
} lw_joint_kind;

struct lw_joint;

/// How a type of object becomes a joint one. All are called under both locks.
struct lw_joint_type {
  lw_joint_kind kind;
  /// Writes what this type alone has, of an object that becomes a joint one.
  void (*_Nullable publish)(lw_object *object, struct lw_joint *joint);
  /// A copy of a joint object, prepared; NULL when there is no memory.
  lw_object *_Nullable (*_Nonnull copy)(const struct lw_joint *joint);
  /// `thread`, of this process, has taken the object. NULL: that leaves no trace.
  void (*_Nullable owned)(lw_object *object, struct lw_thread_object *thread);
};

/// Whether this process has opened the memory of its family: before that it has no joint objects.
extern bool lw_joint_is_on_ LW_GUARDED_BY(lw_dispatcher_);

/// Opens it, for the process's life. False when the system has nothing left.
bool lw_joint_open_(void);
/// In a child, before the program begins: its descriptor of its parent's memory and its place there. It opens it when
/// it needs it.
void lw_joint_inherit_(int fd, uint32_t place);

// ----------------------------------------------------------------------------------------------------------- sections

/// Begins a section between the processes; within another one it is part of that.
void lw_joint_begin_(void) LW_REQUIRES(lw_dispatcher_);
void lw_joint_end_(void) LW_REQUIRES(lw_dispatcher_);

// ------------------------------------------------------------------------------------------------------------- states

/// What object.h says of `signal`, for a joint object, beside `lw_joint_is_ready_` and `lw_joint_take_` there. Each is
/// a section of its own, or part of one.
int32_t lw_joint_level_(const lw_object *object) LW_REQUIRES(lw_dispatcher_);
void lw_joint_signal_(lw_object *object, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
void lw_joint_raise_(lw_object *object, int32_t by, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
void lw_joint_reset_(lw_object *object) LW_REQUIRES(lw_dispatcher_);
/// Of a mutex, by its owner: releases it once more; false when that was the last time, and it is to be freed.
bool lw_joint_keep_mutex_(lw_object *object) LW_REQUIRES(lw_dispatcher_);
/// Has nobody own a mutex, and the next one get it.
void lw_joint_free_mutex_(lw_object *object, bool abandoned, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// After a grant: what it means within this process that `thread` has the object.
void lw_joint_owned_(lw_object *object, struct lw_thread_object *_Nullable thread) LW_REQUIRES(lw_dispatcher_);

// -------------------------------------------------------------------------------------------------------------- waits

/// Joins those who wait for the joint ones among the objects of `count` blocks, which are one wait.
void lw_joint_join_(lw_wait_block *blocks, uint32_t count, bool all, const struct lw_thread_object *_Nullable thread)
    LW_REQUIRES(lw_dispatcher_);
/// Whether somebody has granted the block's wait by this block; then that is taken note of.
bool lw_joint_notice_(lw_wait_block *block, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);

// ------------------------------------------------------------------------------------------- objects (joint_copies.c)

/// The number of the object of that name; 0 when there is none.
uint32_t lw_joint_find_(const char *name, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// Makes an object of this process a joint one, with that name; it may be one already. False when there is no room.
bool lw_joint_publish_(lw_object *object, const char *_Nullable name) LW_REQUIRES(lw_dispatcher_);
/// This process's copy of a joint object, with a reference for the caller; NULL when there is no memory.
lw_object *_Nullable lw_joint_copy_(uint32_t index) LW_REQUIRES(lw_dispatcher_);
/// A copy that is being destroyed leaves its object.
void lw_joint_drop_(lw_object *object);

// -------------------------------------------------------------------------------------- processes (joint_processes.c)

/// A place for a child that is about to be started.
typedef struct lw_joint_child {
  int fd;         ///< the child's descriptor of the memory; -1: it has none
  uint32_t place; ///< 0: none
  uint32_t serial;
} lw_joint_child;

/// Takes one, and gives the child the objects of `count` numbers; `fd` is the caller's to close. False when the system
/// has nothing left, or there is no place for one that has objects.
bool lw_joint_child_begin_(lw_joint_child *child, const uint32_t *_Nullable objects, uint32_t count);
/// The child has ended, or never began: what it had is given up. Harmless when that has been done.
void lw_joint_child_ended_(const lw_joint_child *child);

// ------------------------------------------------------------------------------------------------ exits
// (joint_exits.c)

/// A code that somebody has left.
typedef struct lw_joint_left {
  uint32_t is_there;
  DWORD code;
} lw_joint_left;
typedef struct lw_joint_exit {
  lw_joint_left left;      ///< the process, when it ended by itself
  lw_joint_left condemned; ///< who terminated it
} lw_joint_exit;

/// This process is about to end with `code`.
void lw_joint_leave_code_(DWORD code);
/// A process is about to be terminated with `code`.
void lw_joint_condemn_(const lw_joint_child *process, DWORD code);
/// What was left for a process that has ended; nothing when too many others have come since.
lw_joint_exit lw_joint_exit_of_(const lw_joint_child *process);
/// The child runs under the system's number.
void lw_joint_child_is_(const lw_joint_child *child, DWORD id);
/// The process of the family that lives under that number; without a place when there is none.
lw_joint_child lw_joint_process_of_(DWORD id);

#pragma clang assume_nonnull end
