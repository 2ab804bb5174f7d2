// Starting a child: posix_spawn, which does not copy the address space and reports a failing exec, and a pidfd.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error_table.h"
#include "inherited_handles.h"
#include "joint_meeting.h"
#include "sent_handles.h"

/// Why the program at `path` was not started. A file that nobody may execute is no program on Windows.
static DWORD error_of(const char *path, int number) {
  struct stat file;
  if (number == EACCES && stat(path, &file) == 0 && S_ISREG(file.st_mode)) return ERROR_BAD_EXE_FORMAT;
  return number == ENOTDIR ? ERROR_PATH_NOT_FOUND : lw_error_of_errno_(number);
}

enum { STREAMS = 3, OUT_OF_THE_WAY = 10 };
_Static_assert(LW_FAMILY_FD == STREAMS && LW_FAMILY_JOINT_FD == STREAMS + 1 && LW_FAMILY_MEETING_FD == STREAMS + 2 &&
                   LW_SENT_HANDLES_FD == STREAMS + 3 && LW_FAMILY_FIRST_FD == STREAMS + 4,
               "what a family's child needs follows the streams, and handles follow that");

/// Copies of the descriptors that the child will have as 0, 1, ..., with numbers that none of these overwrites; -1
/// where it gets /dev/null, or none.
typedef struct inheritance {
  int *descriptors;
  int count;
} inheritance;

static void give_up_copies(const inheritance *copies) {
  for (int i = 0; i < copies->count; i++)
    if (copies->descriptors[i] >= 0) close(copies->descriptors[i]);
  lw_pages_release(copies->descriptors, (size_t)copies->count * sizeof *copies->descriptors);
}

/// What the child has as descriptor `number`; -1: nothing.
static int source_of(const lw_child *child, const lw_process *process, int handles, int number) {
  if (number < STREAMS) return child->streams[number];
  if (number == LW_SENT_HANDLES_FD) return handles;
  if (number == LW_FAMILY_FD) return process->memory;
  if (number == LW_FAMILY_JOINT_FD) return process->joint.fd;
  if (number == LW_FAMILY_MEETING_FD) return process->joint.fd < 0 ? -1 : lw_joint_meeting_();
  return child->inheritance->bequests[number - LW_FAMILY_FIRST_FD].fd;
}

/// The first number that none of the child's descriptors has.
static int out_of_the_way(const inheritance *copies) { return copies->count + OUT_OF_THE_WAY; }

/// Makes the socket for handles that are sent; the child's end in `*end`.
static bool connect_handles(lw_process *process, int *end) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
  process->handles = ends[0];
  *end = ends[1];
  return true;
}

/// 0, or why a descriptor cannot be copied.
static int take_copies(const lw_child *child, lw_process *process, inheritance *copies) {
  int error = 0, handles = -1;
  copies->count = LW_FAMILY_FIRST_FD + (child->inheritance ? (int)child->inheritance->count : 0);
  copies->descriptors = lw_pages_reserve((size_t)copies->count * sizeof *copies->descriptors);
  if (!copies->descriptors) return ENOMEM;
  if (child->is_family && !connect_handles(process, &handles)) error = errno;
  for (int i = 0; i < copies->count; i++) {
    int source = source_of(child, process, handles, i);
    copies->descriptors[i] = source < 0 ? -1 : fcntl(source, F_DUPFD_CLOEXEC, out_of_the_way(copies));
    if (source >= 0 && copies->descriptors[i] < 0) error = errno;
  }
  if (handles >= 0) close(handles);
  if (error != 0) give_up_copies(copies);
  return error;
}

static int add_actions(posix_spawn_file_actions_t *actions, const lw_child *child, const inheritance *copies) {
  int error = 0, kept = 0;
  for (int i = 0; i < copies->count && error == 0; i++) {
    int source = copies->descriptors[i];
    if (source >= 0)
      error = posix_spawn_file_actions_adddup2(actions, source, i);
    else if (i < STREAMS)
      error = posix_spawn_file_actions_addopen(actions, i, "/dev/null", i == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
    if (source >= 0 || i < STREAMS) kept = i + 1;
  }
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(actions, kept);
  if (error == 0 && child->directory) error = posix_spawn_file_actions_addchdir_np(actions, child->directory);
  return error;
}

/// posix_spawn with the child's standard streams, the memory of the family and handles, nothing else inherited, and no
/// signal blocked.
static int spawn(const lw_child *child, const inheritance *copies, pid_t *pid) {
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
    error = add_actions(&actions, child, copies);
    if (error == 0)
      error = posix_spawn(pid, child->path, &actions, &attributes, child->arguments,
                          child->environment ? child->environment : environ);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// In a forked child, which may call nothing but the system: the same, once a byte has come through the gate.
static _Noreturn void become(const lw_child *child, const inheritance *copies, int gate) {
  for (int i = 0; i < copies->count; i++) {
    int source = copies->descriptors[i];
    if (source < 0 && i < STREAMS) source = open("/dev/null", i == STDIN_FILENO ? O_RDONLY : O_WRONLY);
    if (source >= 0 && source != i) dup2(source, i);
  }
  unsigned first = copies->descriptors[LW_FAMILY_FD] >= 0 ? (unsigned)copies->count : STREAMS;
  close_range(first, (unsigned)gate - 1, 0);
  close_range((unsigned)gate + 1, ~0u, 0);
  char byte;
  ssize_t got;
  do got = read(gate, &byte, 1);
  while (got < 0 && errno == EINTR);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (got == 1 && (!child->directory || chdir(child->directory) == 0))
    execve(child->path, child->arguments, child->environment ? child->environment : environ);
  _exit(127);
}

/// Starts a child that waits at its gate, of which `*gate` is our side. It is forked, because a process has to be there
/// before its program is.
static int fork_suspended(const lw_child *child, const inheritance *copies, pid_t *pid, int *gate) {
  int ends[2];
  if (access(child->path, X_OK) != 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
  int inner = fcntl(ends[0], F_DUPFD_CLOEXEC, out_of_the_way(copies));
  int error = inner < 0 ? errno : 0;
  close(ends[0]);
  if (error == 0) *pid = _Fork();
  if (error == 0 && *pid == 0) become(child, copies, inner);
  if (error == 0 && *pid < 0) error = errno;
  if (inner >= 0) close(inner);
  if (error == 0)
    *gate = ends[1];
  else
    close(ends[1]);
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

/// A place in the memory of the family, with the joint objects among what the child inherits.
static bool take_place(lw_process *made, const lw_inherited *records, uint32_t count) {
  uint32_t *objects = count ? lw_pages_reserve(count * sizeof *objects) : NULL, joint = 0;
  if (count && !objects) return false;
  for (uint32_t i = 0; i < count; i++)
    if (records[i].kind == LW_INHERITED_JOINT) objects[joint++] = records[i].joint;
  bool done = lw_family_begin_() && lw_joint_child_begin_(&made->joint, objects, joint);
  if (objects) lw_pages_release(objects, count * sizeof *objects);
  return done;
}

/// What a child of the family is told; false when the system has nothing left.
static bool make_memory(lw_process *made, const lw_child *child) {
  uint32_t count = child->inheritance ? child->inheritance->count : 0;
  lw_inherited *records = count ? lw_pages_reserve(count * sizeof *records) : NULL;
  if (count && !records) return false;
  for (uint32_t i = 0; i < count; i++) records[i] = child->inheritance->bequests[i].record;
  if (take_place(made, records, count)) {
    lw_family_letter letter = {.inherited_count = count, .place = made->joint.place};
    for (int i = 0; i < STREAMS; i++) letter.absent_streams |= child->streams[i] < 0 ? 1u << i : 0;
    made->memory = lw_family_memory_(records, &letter, child->command_line);
  }
  if (records) lw_pages_release(records, count * sizeof *records);
  return made->memory >= 0;
}

static lw_process *_Nullable start(const lw_child *child, bool with_primary) {
  lw_process *made = lw_process_prepare_();
  if (!made) {
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  made->is_child = true;
  inheritance copies;
  pid_t pid = 0;
  int gate = 0;
  int error = child->is_family && !make_memory(made, child) ? ENOMEM : take_copies(child, made, &copies);
  if (error == 0) {
    error = child->suspended ? fork_suspended(child, &copies, &pid, &gate) : spawn(child, &copies, &pid);
    give_up_copies(&copies);
  }
  if (made->joint.fd >= 0) close(made->joint.fd); // the child has its own
  made->joint.fd = -1;
  if (error == 0) {
    made->id = (DWORD)pid;
    lw_joint_child_is_(&made->joint, (DWORD)pid);
    made->pidfd = open_pidfd(pid);
    if (with_primary) made->primary = lw_thread_prepare_((DWORD)pid);
    if (gate && made->primary) lw_thread_hold_(made->primary, gate);
    if (gate && !made->primary) close(gate);
    if (made->pidfd >= 0 && (made->primary || !with_primary)) return made;
    give_up_child(pid);
    error = ENOMEM;
  }
  lw_object_release_(&made->object);
  SetLastError(error_of(child->path, error));
  return NULL;
}

/// The child runs: its streams are carried, and its end waits for what it has written; its pipe ends are served.
static void start_bridges(lw_process *made, const lw_child *child) {
  if (child->inheritance) lw_inheritance_serve_(child->inheritance, made);
  for (int i = 0; child->bridges && i < LW_CHILD_STREAMS; i++) {
    lw_bridge *bridge = made->bridges[i] = child->bridges[i];
    child->bridges[i] = NULL;
    if (!bridge) continue;
    if (lw_bridge_child_writes_(bridge) && lw_object_retain_(&made->object)) atomic_fetch_add(&made->unfinished, 1);
    lw_bridge_start_(bridge, lw_process_finish_, made);
  }
}

BOOL lw_child_start_(lw_child *child, HANDLE *process_handle, HANDLE *primary_handle, DWORD *process_id) {
  lw_process *made = start(child, primary_handle != NULL);
  if (!made) return FALSE;
  DWORD id = made->id;
  lw_object *object = &made->object, *primary = made->primary ? &made->primary->object : NULL;
  bool held = lw_object_retain_(object) && (!primary || lw_object_retain_(primary));
  // Handles before the watch, so that the exit finds the object's name.
  HANDLE handle = held ? lw_handle_open_(object) : NULL;
  HANDLE first = primary && handle ? lw_handle_open_(primary) : NULL;
  bool done = handle && (!primary || first);
  if (done) start_bridges(made, child);
  done = done && lw_process_watch_(made);
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
  lw_child child = {.path = path,
                    .arguments = arguments,
                    .environment = environment,
                    .streams = {input, STDOUT_FILENO, STDERR_FILENO}};
  return lw_child_start_(&child, process, NULL, process_id);
}
