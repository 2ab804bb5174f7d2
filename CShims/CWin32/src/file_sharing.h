// Who has a disk file open, how, and what they let others do: sharing violations, and deletion when the last is gone.
// Known within this process only; files are told apart by device and number, so that any name of a file counts.
#pragma once

#include <sys/queue.h>
#include <sys/types.h>

#include "lw_schedule.h"
#include "minwindef.h"

#pragma clang diagnostic ignored "-Wnullability-completeness"
#pragma clang assume_nonnull begin

/// One open handle's claim. Zeroed; it holds nothing while `node` is NULL.
typedef struct lw_opening {
  TAILQ_ENTRY(lw_opening) link;
  struct lw_shared_node *_Nullable node;
  DWORD access;
  DWORD sharing;
} lw_opening;

/// Claims the file behind `fd`. ERROR_SHARING_VIOLATION when it and another opening exclude each other,
/// ERROR_ACCESS_DENIED when the file is to be deleted, ERROR_NOT_ENOUGH_MEMORY.
DWORD lw_sharing_enter_(lw_opening *opening, int fd, DWORD access, DWORD sharing);
/// Gives the claim up. True when the file is to be deleted now: nobody has it open any more.
bool lw_sharing_leave_(lw_opening *opening);
/// Whether the claimed file is to be deleted once nobody has it open.
void lw_sharing_delete_(lw_opening *opening, bool deletes);
bool lw_sharing_is_deleted_(const lw_opening *opening);

#pragma clang assume_nonnull end
