// Both sides of an inheritance, see inherited_handles.h.
#include "inherited_handles.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "disk_file.h"
#include "error_table.h"
#include "joint.h"
#include "pipe_service.h"
#include "remote_pipe.h"
#include "socket.h"

// -------------------------------------------------------------------------------------------------------------- parent

static const lw_file_kind *const descriptor_kinds[] = {[LW_INHERITED_DISK] = &lw_disk_kind_,
                                                       [LW_INHERITED_DEVICE] = &lw_device_kind_,
                                                       [LW_INHERITED_STREAM_PIPE] = &lw_stream_pipe_kind_,
                                                       [LW_INHERITED_STREAM_DISK] = &lw_stream_disk_kind_};
enum { DESCRIPTOR_KINDS = sizeof descriptor_kinds / sizeof *descriptor_kinds };

/// The descriptor for the child and what it is of; -1 for a file that is not handed on, or when there is none left
/// (errno).
static int open_pipe_connection(lw_bequest *bequest) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
  const lw_file *file = (const lw_file *)bequest->object;
  bool is_server = file->kind == &lw_pipe_kind_ ? ((const lw_pipe_end *)file)->server == (const lw_pipe_end *)file
                                                : lw_remote_pipe_is_server_((const lw_remote_pipe *)file);
  bequest->record.kind = LW_INHERITED_PIPE;
  bequest->record.type = is_server;
  bequest->served = ends[0];
  return ends[1];
}

static int copy_socket(lw_bequest *bequest) {
  lw_socket *socket = (lw_socket *)bequest->object;
  bequest->record.kind = LW_INHERITED_SOCKET;
  bequest->record.family = socket->family;
  bequest->record.type = socket->type;
  bequest->record.socket_state = atomic_load(&socket->state);
  bequest->record.is_bound = atomic_load(&socket->bound);
  return fcntl(socket->fd, F_DUPFD_CLOEXEC, 0);
}

static int copy_process(lw_bequest *bequest) {
  const lw_process *process = (const lw_process *)bequest->object;
  bequest->record.kind = LW_INHERITED_PROCESS;
  bequest->record.process = process->id;
  return lw_process_descriptor_(process);
}

/// Makes an event, a mutex or a semaphore a joint one; false (errno) when the system has nothing left.
static bool share(lw_bequest *bequest) {
  bool shared = lw_joint_open_();
  lw_dispatcher_enter_();
  shared = shared && lw_joint_publish_(bequest->object, NULL);
  bequest->record.kind = LW_INHERITED_JOINT;
  bequest->record.joint = bequest->object->joint;
  lw_lock_release_quietly(&lw_dispatcher_);
  errno = ENOMEM;
  return shared;
}

/// Makes the child's side; false when the system has nothing left.
static bool open_side(lw_bequest *bequest) {
  if (bequest->object->type->joint) return share(bequest);
  if (bequest->object->type == &lw_process_type_) {
    bequest->fd = copy_process(bequest);
    return bequest->fd >= 0;
  }
  const lw_file *file = (const lw_file *)bequest->object;
  const lw_file_kind *kind = file->kind;
  bequest->record.access = file->access;
  bequest->record.is_overlapped = file->overlapped;
  if (kind == &lw_pipe_kind_ || kind == &lw_remote_pipe_kind_) {
    bequest->fd = open_pipe_connection(bequest);
  } else if (kind == &lw_socket_kind_) {
    bequest->fd = copy_socket(bequest);
  } else {
    uint32_t known = 0;
    while (known < DESCRIPTOR_KINDS && descriptor_kinds[known] != kind) known++;
    bequest->record.kind = known;
    bequest->fd = fcntl(((const lw_disk_file *)file)->fd, F_DUPFD_CLOEXEC, 0);
  }
  return bequest->fd >= 0;
}

bool lw_handle_is_handed_on_(const lw_object *object) {
  return object->type == &lw_file_type_ || object->type == &lw_process_type_ || object->type->joint;
}

bool lw_bequest_make_(lw_bequest *bequest, HANDLE handle, lw_object *object, lw_rights rights) {
  *bequest = (lw_bequest){
      .record = {.handle = (uint64_t)(uintptr_t)handle, .rights = rights}, .fd = -1, .served = -1, .object = object};
  return open_side(bequest);
}

void lw_bequest_serve_(lw_bequest *bequest, lw_process *process) {
  if (bequest->served < 0 || !lw_object_retain_(bequest->object)) return;
  lw_object_hold_open_(bequest->object);
  lw_object_retain_(&process->object);
  atomic_fetch_add(&process->unfinished, 1);
  if (!lw_pipe_serve_(bequest->served, (lw_file *)bequest->object, lw_process_finish_, process))
    lw_fatal("the system has no memory left to hand a pipe on to a child");
  bequest->served = -1;
}

void lw_bequest_end_(const lw_bequest *bequest) {
  if (bequest->fd >= 0) close(bequest->fd);
  if (bequest->served >= 0) close(bequest->served);
  lw_object_release_(bequest->object);
}

/// Adds one that is to be inherited; takes over the reference.
static bool add(lw_inheritance *to, HANDLE handle, lw_object *object, lw_rights rights) {
  if (to->count == to->capacity) {
    uint32_t capacity = to->capacity ? to->capacity * 4 : 64;
    lw_bequest *grown = lw_pages_reserve(capacity * sizeof *grown);
    if (!grown) {
      lw_object_release_(object);
      return false;
    }
    for (uint32_t i = 0; i < to->count; i++) grown[i] = to->bequests[i];
    if (to->bequests) lw_pages_release(to->bequests, to->capacity * sizeof *grown);
    to->bequests = grown;
    to->capacity = capacity;
  }
  lw_bequest *bequest = &to->bequests[to->count];
  bool made = lw_bequest_make_(bequest, handle, object, rights);
  if (made)
    to->count++;
  else
    lw_bequest_end_(bequest);
  return made;
}

bool lw_inheritance_collect_(lw_inheritance *inheritance, const lw_handle_choice *choice) {
  HANDLE handle = NULL;
  lw_rights rights = 0;
  lw_object *object;
  *inheritance = (lw_inheritance){.bequests = NULL};
  while ((object = lw_handle_next_inherited_(&handle, &rights))) {
    if (!lw_handle_is_handed_on_(object) || !lw_handle_choice_has_(choice, handle)) {
      lw_object_release_(object);
    } else if (!add(inheritance, handle, object, rights)) {
      lw_inheritance_end_(inheritance);
      return lw_failed_(lw_error_of_errno_(errno));
    }
  }
  return true;
}

void lw_inheritance_serve_(lw_inheritance *inheritance, lw_process *process) {
  for (uint32_t i = 0; i < inheritance->count; i++) lw_bequest_serve_(&inheritance->bequests[i], process);
}

void lw_inheritance_end_(lw_inheritance *inheritance) {
  for (uint32_t i = 0; i < inheritance->count; i++) lw_bequest_end_(&inheritance->bequests[i]);
  if (inheritance->bequests)
    lw_pages_release(inheritance->bequests, inheritance->capacity * sizeof *inheritance->bequests);
  *inheritance = (lw_inheritance){.bequests = NULL};
}

// --------------------------------------------------------------------------------------------------------------- child

/// This process's copy of a joint object; NULL when there is no memory.
static lw_object *_Nullable find_joint(uint32_t index) {
  if (!lw_joint_open_()) return NULL;
  lw_dispatcher_enter_();
  lw_object *copy = lw_joint_copy_(index);
  lw_lock_release_quietly(&lw_dispatcher_);
  return copy;
}

/// The object of a record; NULL when there is no memory.
static lw_object *_Nullable make(const lw_inherited *record, int fd) {
  if (record->kind == LW_INHERITED_JOINT) return find_joint(record->joint);
  if (fd < 0) return NULL;
  if (record->kind == LW_INHERITED_PROCESS) return (lw_object *)lw_process_foreign_(record->process, fd);
  if (record->kind == LW_INHERITED_PIPE) {
    lw_remote_pipe *pipe = lw_remote_pipe_make_(fd, record->access, record->is_overlapped, record->type);
    return (lw_object *)pipe;
  }
  if (record->kind == LW_INHERITED_SOCKET) {
    lw_socket *socket = lw_socket_make_(record->family, record->type, record->is_overlapped, fd);
    if (!socket) return NULL;
    atomic_store(&socket->bound, record->is_bound);
    atomic_store(&socket->state, (lw_socket_state)record->socket_state);
    return &socket->file.object;
  }
  return (lw_object *)lw_descriptor_file_(fd, descriptor_kinds[record->kind], record->access, record->is_overlapped);
}

void lw_inherited_open_(const lw_inherited *record, int fd) {
  lw_object *object = make(record, fd);
  if (object)
    lw_handle_open_at_(object, record->rights, (HANDLE)(uintptr_t)record->handle);
  else if (fd >= 0)
    close(fd);
}

void lw_inherited_take_(int memory, uint32_t count) {
  enum { OUT_OF_THE_WAY = 64 };
  for (uint32_t i = 0; i < count; i++) {
    lw_inherited record;
    off_t at = (off_t)(sizeof(lw_family_letter) + i * sizeof record);
    if (pread(memory, &record, sizeof record, at) != sizeof record) return;
    int number = LW_FAMILY_FIRST_FD + (int)i, fd = -1;
    if (record.kind != LW_INHERITED_JOINT) {
      fd = fcntl(number, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
      close(number);
    }
    lw_inherited_open_(&record, fd);
  }
}
