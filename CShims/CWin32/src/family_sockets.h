// Sockets in the system's abstract namespace, at which processes of a family find each other. The system frees an
// address when nobody has the socket any more, however that comes, and only one can have it.
#pragma once

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#pragma clang assume_nonnull begin

/// A socket that listens at the address, and does not block; -1 and errno: EADDRINUSE when somebody has it.
int lw_family_listen_(const struct sockaddr_un *address, socklen_t length);
/// Whether the process at the other side of a connection runs for the same user.
bool lw_family_is_same_user_(int fd);

#pragma clang assume_nonnull end
