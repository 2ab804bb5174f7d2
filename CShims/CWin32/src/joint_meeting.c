// How programs that are started one by one find the memory of their family, whose word LATEWRITE_NAMES gives them: at a
// socket in the system's abstract namespace. The first one founds the memory and listens; who comes is given a place
// and two descriptors, of the memory and of the listening socket itself. So the socket is there while any of them
// lives, whichever does; all of them listen, and the first to hear serves.
#include "joint_meeting.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "family.h"
#include "family_sockets.h"
#include "lw_control.h"

enum { TRIES_MAX = 2000, PAUSE_NS = 1000000 };

static int listener = -1; // set before it is watched
static lw_watch *_Nullable watch;

static socklen_t address_of(struct sockaddr_un *address) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  int length = snprintf(address->sun_path + 1, sizeof address->sun_path - 1, "latewrite-family-%u-%016llx",
                        (unsigned)geteuid(), (unsigned long long)lw_family_());
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

// ------------------------------------------------------------------------------------------------------ what is handed

typedef union room_for_two {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(2 * sizeof(int))];
} room_for_two;

static struct msghdr message_of(struct iovec *place, room_for_two *room) {
  return (struct msghdr){
      .msg_iov = place, .msg_iovlen = 1, .msg_control = room->bytes, .msg_controllen = sizeof room->bytes};
}

static void hand_over(int to, const lw_joint_child *child) {
  uint32_t place = child->place;
  int two[] = {child->fd, listener};
  room_for_two room = {.bytes = {0}};
  struct iovec bytes = {&place, sizeof place};
  struct msghdr message = message_of(&bytes, &room);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof two)};
  memcpy(CMSG_DATA(header), two, sizeof two);
  ssize_t sent = sendmsg(to, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  (void)sent; // who is gone by now leaves its place as one that was killed does
}

/// What a process of the family handed over; false when it has ended before it could.
static bool receive(int from, int *fd, uint32_t *place) {
  int two[2];
  room_for_two room;
  struct iovec bytes = {place, sizeof *place};
  struct msghdr message = message_of(&bytes, &room);
  ssize_t got;
  lw_outside_begin();
  do got = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  lw_outside_end();
  const struct cmsghdr *header = got == sizeof *place ? CMSG_FIRSTHDR(&message) : NULL;
  if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof two)) return false;
  memcpy(two, CMSG_DATA(header), sizeof two);
  *fd = two[0];
  listener = two[1];
  return true;
}

// ------------------------------------------------------------------------------------------------------------- meeting

/// Goes to where the family meets; false when nobody is there, or it is gone before it has answered.
static bool join(const struct sockaddr_un *address, socklen_t length, int *fd, uint32_t *place) {
  int own = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (own < 0) return false;
  bool joined = connect(own, (const struct sockaddr *)address, length) == 0 && lw_family_is_same_user_(own) &&
                receive(own, fd, place);
  close(own);
  return joined;
}

bool lw_joint_meet_(int *fd, uint32_t *place) {
  struct sockaddr_un address;
  socklen_t length = address_of(&address);
  for (int tries = 0; tries < TRIES_MAX; tries++) {
    if (join(&address, length, fd, place)) return true;
    listener = lw_family_listen_(&address, length);
    if (listener >= 0) return true;
    if (errno != EADDRINUSE) return false;
    lw_park(&address, lw_clock_now() + PAUSE_NS); // somebody is about to listen, or has just ended
  }
  return false;
}

/// On the poller's thread: somebody has come.
static void accept_all(void *context) {
  (void)context;
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
    lw_joint_child child;
    if (lw_family_is_same_user_(fd) && lw_joint_child_begin_(&child, NULL, 0) && child.fd >= 0) {
      hand_over(fd, &child);
      close(child.fd);
    }
    close(fd);
  }
  // Set before the watch was armed for the first time.
  lw_watch_arm(watch, LW_READABLE);
}

bool lw_joint_receive_others_(void) {
  if (listener < 0) return true;
  watch = lw_watch_open(listener, accept_all, NULL);
  if (watch) lw_watch_arm(watch, LW_READABLE);
  return watch != NULL;
}

int lw_joint_meeting_(void) { return listener; }
void lw_joint_meeting_inherit_(int fd) { listener = fd; }
