// Handles as descriptors for a child, see child_streams.h.
#include "child_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "disk_file.h"
#include "error_table.h"
#include "handleapi.h"

static bool is_inheritable(HANDLE handle) {
  lw_rights rights = 0;
  lw_object *object = lw_handle_any_object_(handle, &rights, "CreateProcess");
  if (object) lw_object_release_(object);
  return object && rights & LW_RIGHTS_INHERIT;
}

/// The child's side of a pipe end, which output and error share where both are the same one, so that what the child
/// writes stays in order. False and the last error.
static bool set_pipe(lw_child_streams *streams, int number, HANDLE handle, const lw_file *file) {
  lw_bridge *output = number == STDERR_FILENO ? streams->bridges[STDOUT_FILENO] : NULL;
  if (output && lw_bridge_carries_(output, file)) {
    streams->fds[number] = fcntl(streams->fds[STDOUT_FILENO], F_DUPFD_CLOEXEC, LW_CHILD_STREAMS);
    return streams->fds[number] >= 0 || lw_failed_(lw_error_of_errno_(errno));
  }
  streams->bridges[number] = lw_bridge_prepare_(handle, number == STDIN_FILENO, &streams->fds[number]);
  return streams->bridges[number] != NULL;
}

bool lw_child_streams_set_(lw_child_streams *streams, int number, HANDLE handle) {
  streams->fds[number] = -1;
  DWORD before = GetLastError();
  lw_file *file = handle && is_inheritable(handle) ? lw_file_of_(handle, NULL) : NULL;
  if (!file) {
    SetLastError(before);
    return true;
  }
  bool done = true;
  if (file->kind->type == FILE_TYPE_PIPE && file->kind != &lw_stream_pipe_kind_) {
    done = set_pipe(streams, number, handle, file);
  } else {
    lw_disk_file *disk = lw_disk_file_of_(handle);
    if (disk) {
      streams->fds[number] = fcntl(disk->fd, F_DUPFD_CLOEXEC, LW_CHILD_STREAMS);
      if (streams->fds[number] < 0) done = lw_failed_(lw_error_of_errno_(errno));
      lw_disk_file_release_(disk);
    }
  }
  streams->owned[number] = streams->fds[number] >= 0;
  lw_file_release_(file);
  return done;
}

lw_child_streams lw_child_streams_own_(void) {
  return (lw_child_streams){.fds = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}};
}

void lw_child_streams_close_(lw_child_streams *streams) {
  for (int i = 0; i < LW_CHILD_STREAMS; i++) {
    if (streams->owned[i]) close(streams->fds[i]);
    if (streams->bridges[i]) lw_bridge_release_(streams->bridges[i]);
    streams->owned[i] = false;
    streams->bridges[i] = NULL;
  }
}
