// Processes that know each other's names: a program, the children that it starts with CreateProcess, and theirs. What
// a child is told when it begins lies in memory that its parent gave it as a descriptor.
#pragma once

#include "minwinbase.h"
#include "object.h"

#pragma clang assume_nonnull begin

/// The descriptor under which a child finds the memory when it begins.
enum { LW_FAMILY_FD = 3 };
/// And that of the memory of the family (joint_memory.h).
enum { LW_FAMILY_JOINT_FD = 4 };
/// And that of the socket at which those come who are no children (joint_meeting.h).
enum { LW_FAMILY_MEETING_FD = 5 };
/// And those of what it inherits, behind that of sent_handles.h.
enum { LW_FAMILY_FIRST_FD = 7 };

/// A handle that a child inherits. Its descriptor, where it has one, has the number of its place in the list, from
/// LW_FAMILY_FIRST_FD on.
typedef struct lw_inherited {
  uint64_t handle;
  uint32_t kind; ///< LW_INHERITED_...
  lw_rights rights;
  DWORD access;
  uint32_t is_overlapped;
  int32_t family, type; ///< of a socket
  uint32_t socket_state;
  uint32_t is_bound;
  uint32_t joint;   ///< the number of a joint object
  uint32_t process; ///< the system's number of a process
} lw_inherited;
enum {
  LW_INHERITED_DISK,
  LW_INHERITED_DEVICE,
  LW_INHERITED_STREAM_PIPE,
  LW_INHERITED_STREAM_DISK,
  LW_INHERITED_PIPE,
  LW_INHERITED_SOCKET,
  LW_INHERITED_JOINT,
  LW_INHERITED_PROCESS
};

/// What a parent puts into the memory.
typedef struct lw_family_letter {
  struct {
    DWORD is_there;
    DWORD code;
  } exit; ///< the child's own: its exit code, see exit_codes.h
  uint64_t family;
  uint32_t inherited_count; ///< records that follow
  uint32_t place;           ///< the child's in the memory of the family; 0: it has none
  uint32_t has_word;        ///< there is a descriptor of the meeting
  uint32_t line_bytes;      ///< of the command line, which follows the records; 0: none was given
  uint32_t absent_streams;  ///< a bit for each standard stream that the child was given no handle of
} lw_family_letter;

/// The memory for a child of this family with what `letter` says and that command line, as a descriptor of the parent;
/// -1 when the system has none left. Ended by close().
int lw_family_memory_(const lw_inherited *_Nullable inherited, const lw_family_letter *letter,
                      const char *_Nullable line);
/// Reads the command line with which a parent has started this process, as far as there is room, with its end. False
/// where there is none.
bool lw_family_command_line_(char *line, size_t capacity);
/// In a child: the descriptor of its parent's memory; -1 in a process that has no such parent.
int lw_family_parents_memory_(void);
/// The number of this family; 0 while the process is alone.
uint64_t lw_family_(void);
/// Whether it has a word, by which programs that are started one by one join it.
bool lw_family_has_word_(void);
/// From here on the process has a family: its pipes and named objects can be found by others of it. False when the
/// system has nothing left.
bool lw_family_begin_(void);

#pragma clang assume_nonnull end
