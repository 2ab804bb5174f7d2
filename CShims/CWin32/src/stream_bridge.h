// A pipe end of this layer as a child's standard stream. Pipes live in this process's memory, so a child gets a socket,
// and a thread here carries what goes through it. The thread has a handle of the pipe end of its own, as the child has
// one on Windows: the end is closed when both have closed theirs.
#pragma once

#include "operation.h"

#pragma clang assume_nonnull begin

typedef struct lw_bridge lw_bridge;

/// Prepares one for a handle of a pipe end; `*fd` is the child's side, the caller's to close. NULL and the last error.
lw_bridge *_Nullable lw_bridge_prepare_(HANDLE handle, bool child_reads, int *fd);
/// The child runs: begins to carry. `ended` is called once when the child has ended and all that it has written has
/// been passed on, and not at all for one that the child reads.
void lw_bridge_start_(lw_bridge *bridge, void (*ended)(void *context), void *context);
/// The child has ended. What others write into its stream, which it has given them, goes on being carried.
void lw_bridge_child_ended_(lw_bridge *bridge);
/// Gives the starter's reference back; before the start it is the end of the bridge.
void lw_bridge_release_(lw_bridge *bridge);
/// Whether the child writes into it.
bool lw_bridge_child_writes_(const lw_bridge *bridge);
/// Whether its pipe end is `file`.
bool lw_bridge_carries_(const lw_bridge *bridge, const lw_file *file);

#pragma clang assume_nonnull end
