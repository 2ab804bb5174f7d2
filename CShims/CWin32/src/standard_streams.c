// The standard handles: made of the descriptors 0, 1 and 2 when somebody first asks for one.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child_streams.h"
#include "disk_file.h"
#include "processenv.h"

enum { STREAMS = LW_CHILD_STREAMS };

static lw_lock streams_lock;
static HANDLE _Nullable streams[STREAMS] LW_GUARDED_BY(streams_lock);
static bool known[STREAMS] LW_GUARDED_BY(streams_lock);
static bool replaced[STREAMS] LW_GUARDED_BY(streams_lock);

/// What stands behind a descriptor, NULL when it is closed.
static const lw_file_kind *_Nullable kind_of(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) return NULL;
  return S_ISREG(status.st_mode)                                ? &lw_stream_disk_kind_
         : S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) ? &lw_stream_pipe_kind_
                                                                : &lw_device_kind_;
}

/// A handle for a stream; its descriptor is a duplicate, so that closing the handle leaves the C run time's alone.
static HANDLE _Nullable open_stream(int number) {
  const lw_file_kind *kind = kind_of(number);
  int fd = kind ? fcntl(number, F_DUPFD_CLOEXEC, STREAMS) : -1;
  if (fd < 0) return NULL;
  DWORD access = number == STDIN_FILENO ? FILE_GENERIC_READ | FILE_WRITE_ATTRIBUTES : FILE_GENERIC_WRITE;
  HANDLE handle = lw_descriptor_open_(fd, kind, access, false);
  // As on Windows, children may have it.
  if (handle) SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  if (!handle) close(fd);
  return handle;
}

/// From now on the end of the handle's file is the end of the C run time's stream too, which is the same on Windows.
static void stand_for(HANDLE handle, int number) {
  lw_disk_file *file = lw_disk_file_of_(handle);
  if (!file) return;
  atomic_store(&file->stands_for, number + 1);
  lw_disk_file_release_(file);
}

void lw_standard_stream_ends_(const lw_disk_file *file) {
  int number = atomic_load(&file->stands_for) - 1;
  if (number < 0) return;
  // The number stays taken, by what can be neither read nor written.
  int nothing = open("/dev/null", (number == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
  if (nothing < 0) return;
  dup2(nothing, number);
  close(nothing);
}

/// STD_INPUT_HANDLE is stream 0, and so on down; false and the last error for another number.
static bool number_of(DWORD name, int *number) {
  *number = (int)(STD_INPUT_HANDLE - name);
  return name <= STD_INPUT_HANDLE && name >= STD_ERROR_HANDLE ? true : lw_failed_(ERROR_INVALID_HANDLE);
}

HANDLE GetStdHandle(DWORD name) {
  int number;
  if (!number_of(name, &number)) return INVALID_HANDLE_VALUE;
  lw_lock_acquire(&streams_lock);
  bool is_known = known[number];
  HANDLE handle = streams[number];
  lw_lock_release_quietly(&streams_lock);
  if (is_known) return handle;
  HANDLE made = open_stream(number);
  lw_lock_acquire(&streams_lock);
  bool is_first = !known[number];
  known[number] = true;
  if (is_first) streams[number] = made;
  handle = streams[number];
  lw_lock_release_quietly(&streams_lock);
  if (!is_first && made) lw_close_handle_(made);
  if (is_first && made) stand_for(made, number);
  return handle;
}

BOOL SetStdHandle(DWORD name, HANDLE handle) {
  int number;
  if (!number_of(name, &number)) return FALSE;
  lw_lock_acquire(&streams_lock);
  known[number] = true;
  replaced[number] = true;
  streams[number] = handle;
  lw_lock_release_quietly(&streams_lock);
  return TRUE;
}

void lw_standard_streams_absent_(uint32_t absent) {
  lw_lock_acquire(&streams_lock);
  for (int i = 0; i < STREAMS; i++) known[i] = absent & 1u << i;
  lw_lock_release_quietly(&streams_lock);
}

bool lw_standard_replaced_(int number, HANDLE *handle) {
  lw_lock_acquire(&streams_lock);
  bool is_replaced = replaced[number];
  *handle = streams[number];
  lw_lock_release_quietly(&streams_lock);
  return is_replaced;
}
