// Handles that DuplicateHandle opens in a child: sent to it through a socket that it has from its parent, under values
// that the parent chooses. The child takes them when it looks one up that it does not have yet, so it needs no thread
// that listens; they are there before it can know their values.
#pragma once

#include "process.h"

#pragma clang assume_nonnull begin

/// The descriptor under which a child finds its end of the socket when it begins.
enum { LW_SENT_HANDLES_FD = 6 };

/// A further handle of `object` in a child of this process, with those rights, in `*value`. ERROR_SUCCESS;
/// ERROR_NOT_SUPPORTED for a process that is no child of the family, and for threads and ports; ERROR_ACCESS_DENIED
/// when the child has ended; ERROR_NOT_ENOUGH_MEMORY, also for more than 1024 to one child.
DWORD lw_handle_send_(lw_process *child, lw_object *object, lw_rights rights, HANDLE _Nullable *_Nonnull value);
/// Opens what has been sent to this process. False when it has no parent that could.
bool lw_handles_arrive_(void);
/// In a child, before the program begins: its end of the socket; -1: none.
void lw_handles_arrive_at_(int fd);

#pragma clang assume_nonnull end
