// <sys/select.h> for Windows programs. libc's other headers bring it along, but its `fd_set`, `select` and `timeval`
// are not Windows': they go by other names here, so that <winsock2.h> can have theirs.
#pragma once

#define fd_set lw_host_fd_set_
#define select lw_host_select_
#define timeval lw_host_timeval_
#include_next <sys/select.h>
#undef fd_set
#undef select
#undef timeval
#undef FD_SETSIZE
#undef FD_SET
#undef FD_CLR
#undef FD_ISSET
#undef FD_ZERO
