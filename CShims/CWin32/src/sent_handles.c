// Both sides of a handle that is sent, see sent_handles.h. What is sent is what a child inherits (inherited_handles.h).
#include "sent_handles.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inherited_handles.h"
#include "joint_memory.h"
#include "slots.h"

/// Room for one descriptor beside a message.
typedef union beside {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
} beside;

// -------------------------------------------------------------------------------------------------------------- parent

static bool send_record(int to, const lw_inherited *record, int fd) {
  struct iovec part = {.iov_base = (void *)(uintptr_t)record, .iov_len = sizeof *record};
  beside space = {.bytes = {0}};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (fd >= 0) {
    message.msg_control = space.bytes;
    message.msg_controllen = sizeof space.bytes;
    space.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&space.header), &fd, sizeof fd);
  }
  return sendmsg(to, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof *record;
}

/// The child has the joint object from now on, whether it has taken its handle yet or not.
static void give_joint(const lw_process *child, uint32_t joint) {
  lw_dispatcher_enter_();
  lw_joint_begin_();
  lw_joint_add_user_(lw_joint_at_(joint), child->joint.place);
  lw_joint_end_();
  lw_lock_release_quietly(&lw_dispatcher_);
}

static bool has_ended(lw_process *child) {
  lw_dispatcher_enter_();
  bool ended = child->object.signal != 0;
  lw_lock_release_quietly(&lw_dispatcher_);
  return ended;
}

DWORD lw_handle_send_(lw_process *child, lw_object *object, lw_rights rights, HANDLE *value) {
  if (child->handles < 0 || !lw_handle_is_handed_on_(object)) return ERROR_NOT_SUPPORTED;
  if (has_ended(child)) return ERROR_ACCESS_DENIED;
  uint32_t number = atomic_fetch_add(&child->handles_sent, 1);
  if (number >= LW_SLOTS_PER_CHUNK || !lw_object_retain_(object)) return ERROR_NOT_ENOUGH_MEMORY;
  HANDLE sent = (HANDLE)(((uintptr_t)LW_SLOTS_APART + number + 1) << 2);
  lw_bequest bequest;
  bool done = lw_bequest_make_(&bequest, sent, object, rights);
  if (done && bequest.record.kind == LW_INHERITED_JOINT) give_joint(child, bequest.record.joint);
  done = done && send_record(child->handles, &bequest.record, bequest.fd);
  if (done) lw_bequest_serve_(&bequest, child);
  lw_bequest_end_(&bequest);
  if (done) *value = sent;
  return done ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

// --------------------------------------------------------------------------------------------------------------- child

static lw_lock arriving; ///< so that who looks one up does not miss what another thread is opening
static int here = -1;    // set before the program begins

void lw_handles_arrive_at_(int fd) { here = fd; }

static bool receive_record(lw_inherited *record, int *fd) {
  struct iovec part = {.iov_base = record, .iov_len = sizeof *record};
  beside space = {.bytes = {0}};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = space.bytes, .msg_controllen = sizeof space.bytes};
  ssize_t got;
  do got = recvmsg(here, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  *fd = -1;
  if (got != (ssize_t)sizeof *record) return false;
  const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) memcpy(fd, CMSG_DATA(header), sizeof *fd);
  return true;
}

bool lw_handles_arrive_(void) {
  if (here < 0) return false;
  lw_inherited record;
  int fd;
  lw_lock_acquire(&arriving);
  while (receive_record(&record, &fd)) lw_inherited_open_(&record, fd);
  lw_lock_release(&arriving);
  return true;
}
