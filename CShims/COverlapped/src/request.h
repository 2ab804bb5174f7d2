// What starting a request has in common for pipes, files and sockets.
#pragma once

#include "lw_request.h"

#pragma clang assume_nonnull begin

/// Begins a request: it is started once. ERROR_INVALID_PARAMETER the second time.
DWORD lw_request_begin_(lw_request *request, HANDLE _Nullable handle, lw_request_type type);
/// The same for one that uses the caller's own `buffer`.
DWORD lw_request_begin_borrowed_(lw_request *request, HANDLE _Nullable handle, lw_request_type type, void *buffer,
                                 DWORD bytes);
/// Allocates the buffer of a request that has begun. False: the arena is full.
bool lw_request_take_buffer_(lw_request *request, DWORD bytes);
/// What became of the starting call, which returned `done` and left its error; what every starting function returns.
DWORD lw_request_started_(lw_request *request, BOOL done);

#pragma clang assume_nonnull end
