// Starting a child: posix_spawn, which does not copy the address space and reports a failing exec, and a pidfd.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

static DWORD error_of(int number) {
  switch (number) {
  case ENOENT:
  case ENOTDIR:
    return ERROR_FILE_NOT_FOUND;
  case EACCES:
  case EPERM:
  case EISDIR:
    return ERROR_ACCESS_DENIED;
  case ENOEXEC:
    return ERROR_BAD_EXE_FORMAT;
  case ENAMETOOLONG:
    return ERROR_FILENAME_EXCED_RANGE;
  case E2BIG:
    return ERROR_INVALID_PARAMETER;
  default:
    return ERROR_NOT_ENOUGH_MEMORY;
  }
}

/// posix_spawn with the child's standard input, nothing else inherited but output and error, and no signal blocked.
static int spawn(const lw_child *child, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0) return error;
  error = posix_spawnattr_init(&attributes);
  if (error == 0) {
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    if (child->input < 0)
      error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    else
      error = posix_spawn_file_actions_adddup2(&actions, child->input, STDIN_FILENO);
    if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (error == 0 && child->directory) error = posix_spawn_file_actions_addchdir_np(&actions, child->directory);
    if (error == 0)
      error = posix_spawn(pid, child->path, &actions, &attributes, child->arguments,
                          child->environment ? child->environment : environ);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// A pidfd. A child costs a descriptor here and none on Windows, so the soft limit gives way when it is in the way.
static int open_pidfd(pid_t pid) {
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  if (fd >= 0 || errno != EMFILE) return fd;
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return -1;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
}

/// A child that cannot be watched must not stay.
static void give_up_child(pid_t pid) {
  kill(pid, SIGKILL);
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
}

static lw_process *_Nullable start(const lw_child *child, bool with_primary) {
  lw_process *made = lw_process_prepare_();
  if (!made) {
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  pid_t pid = 0;
  int error = spawn(child, &pid);
  if (error == 0) {
    made->id = (DWORD)pid;
    made->pidfd = open_pidfd(pid);
    if (with_primary) made->primary = lw_thread_prepare_((DWORD)pid);
    if (made->pidfd >= 0 && (made->primary || !with_primary)) return made;
    give_up_child(pid);
    error = ENOMEM;
  }
  lw_object_release_(&made->object);
  SetLastError(error_of(error));
  return NULL;
}

BOOL lw_child_start_(const lw_child *child, HANDLE *process_handle, HANDLE *primary_handle, DWORD *process_id) {
  lw_process *made = start(child, primary_handle != NULL);
  if (!made) return FALSE;
  DWORD id = made->id;
  lw_object *object = &made->object, *primary = made->primary ? &made->primary->object : NULL;
  bool held = lw_object_retain_(object) && (!primary || lw_object_retain_(primary));
  // Handles before the watch, so that the exit finds the object's name.
  HANDLE handle = held ? lw_handle_open_(object) : NULL;
  HANDLE first = primary && handle ? lw_handle_open_(primary) : NULL;
  bool done = handle && (!primary || first) && lw_process_watch_(made);
  if (!done) {
    give_up_child((pid_t)id);
    if (handle) lw_close_handle_(handle);
    if (first) lw_close_handle_(first);
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  } else {
    *process_handle = handle;
    if (primary_handle) *primary_handle = first;
    if (process_id) *process_id = id;
  }
  lw_object_release_(object);
  return done;
}

BOOL lw_spawn(const char *path, char *const *arguments, char *const *environment, int input, HANDLE *process,
              DWORD *process_id) {
  lw_child child = {.path = path, .arguments = arguments, .environment = environment, .input = input};
  return lw_child_start_(&child, process, NULL, process_id);
}
