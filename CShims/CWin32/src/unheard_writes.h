// Writes that nobody reads any more. The host ends a program that makes one by a signal, SIGPIPE, where the call cannot
// be told not to; for a Win32 program the call fails, and the program goes on. The signal stays the program's: it is
// held back from the calling thread for as long as the call takes.
#pragma once

#include <sys/types.h>

#pragma clang assume_nonnull begin

/// The host's write without the signal. EPIPE.
ssize_t lw_write_unheard_(int fd, const void *bytes, size_t count);
/// The host's sendfile without the signal. EPIPE.
ssize_t lw_send_file_unheard_(int to, int from, off_t *_Nullable position, size_t count);

#pragma clang assume_nonnull end
