// The processes of a family: their places in its memory, telling one that it has something to do, and noticing the end
// of one, however it ended.
//
// A process is told by a datagram to its *bell*, a socket with an address of its own; what it then has to do is in the
// memory. Each watches all others by their pidfds; and holds a byte of the file, which tells at any moment whether it
// lives.
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "joint_places.h"

static int bell = -1; // set before this process can be told anything
static lw_watch *_Nullable bell_watch;

/// A process that is watched; touched in callbacks of watches alone, which one thread at a time runs.
typedef struct neighbour {
  lw_watch *_Nullable watch;
  int pidfd;
  uint32_t place;
  uint32_t serial; ///< 0: nobody is watched here
} neighbour;
static neighbour neighbours[LW_JOINT_PROCESSES];

// ---------------------------------------------------------------------------------------------------------------- life

static struct flock byte_of(uint32_t place) {
  return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};
}

bool lw_joint_life_begin_(int fd, uint32_t place) {
  struct flock byte = byte_of(place);
  return fcntl(fd, F_OFD_SETLK, &byte) == 0;
}

static bool has_life(uint32_t place) LW_REQUIRES(lw_dispatcher_) {
  struct flock byte = byte_of(place);
  if (place == lw_joint_place_) return true;
  return fcntl(lw_joint_file_(), F_OFD_GETLK, &byte) != 0 || byte.l_type != F_UNLCK;
}

/// Gives up what the process of a place had.
static void bury(uint32_t place, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  lw_joint_waits_leave_(place);
  lw_joint_pipes_leave_(place);
  lw_joint_objects_leave_(place, wakes);
  lw_joint_put_(&lw_joint_->processes[place].id, 0);
  lw_joint_put_(&lw_joint_->processes[place].is_open, 0);
  lw_joint_put_(&lw_joint_->processes[place].taken, 0);
}

bool lw_joint_lives_(uint32_t place, lw_wakes *wakes) {
  if (has_life(place)) return true;
  bury(place, wakes);
  return false;
}

/// It is known that the process that had the place with that serial number has ended.
static void ended(uint32_t place, uint32_t serial) {
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  lw_joint_begin_();
  const lw_joint_process *process = &lw_joint_->processes[place];
  if (process->taken && process->serial == serial) bury(place, &wakes);
  lw_joint_end_();
  lw_dispatcher_leave_(&wakes);
}

// -------------------------------------------------------------------------------------------------------------- places

/// A place that nobody has, for whoever gets `fd`; 0 when there is none left.
static uint32_t take_place(int fd, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  uint32_t place = lw_joint_->last_place;
  for (uint32_t tries = 1; tries < LW_JOINT_PROCESSES; tries++) {
    if (++place >= LW_JOINT_PROCESSES) place = 1;
    lw_joint_process *process = &lw_joint_->processes[place];
    if (process->taken && lw_joint_lives_(place, wakes)) continue;
    if (!lw_joint_life_begin_(fd, place)) continue;
    lw_joint_put_(&process->taken, 1);
    lw_joint_put_(&process->serial, process->serial + 1);
    lw_joint_put_(&process->left.is_there, 0);
    lw_joint_put_(&process->condemned.is_there, 0);
    lw_joint_put_(&lw_joint_->last_place, place);
    if (place > lw_joint_->processes_used) lw_joint_put_(&lw_joint_->processes_used, place);
    return place;
  }
  return 0;
}

bool lw_joint_child_begin_(lw_joint_child *child, const uint32_t *objects, uint32_t count) {
  *child = (lw_joint_child){.fd = lw_joint_reopen_(lw_joint_file_())};
  if (child->fd < 0) return false;
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  lw_joint_begin_();
  child->place = take_place(child->fd, &wakes);
  if (child->place) {
    child->serial = lw_joint_->processes[child->place].serial;
    for (uint32_t i = 0; i < count; i++) {
      lw_joint_add_user_(lw_joint_at_(objects[i]), child->place);
      lw_joint_commit_long_();
    }
  }
  lw_joint_end_();
  lw_dispatcher_leave_(&wakes);
  if (child->place) return true;
  close(child->fd);
  child->fd = -1;
  return count == 0;
}

void lw_joint_child_ended_(const lw_joint_child *child) {
  if (child->place) ended(child->place, child->serial);
}

// --------------------------------------------------------------------------------------------------------------- bells

static socklen_t address_of(uint32_t place, struct sockaddr_un *address) LW_REQUIRES(lw_dispatcher_) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  int length = snprintf(address->sun_path + 1, sizeof address->sun_path - 1, "latewrite-bell-%016llx-%u-%u",
                        (unsigned long long)lw_joint_->number, place, lw_joint_->processes[place].serial);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

void lw_joint_ring_(uint32_t place) {
  struct sockaddr_un address;
  socklen_t length = address_of(place, &address);
  // Who has not opened the memory waits for nothing, and has no bell; one that is full will be heard.
  ssize_t sent = sendto(bell, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&address, length);
  (void)sent;
}

/// The process of a neighbour has ended.
static void miss(void *context) {
  neighbour *self = context;
  ended(self->place, self->serial);
  if (self->watch) lw_watch_end(self->watch);
  close(self->pidfd);
  *self = (neighbour){.watch = NULL};
}

/// Watches a process that is there; false when it has ended.
static bool watch(neighbour *self, uint32_t place, uint32_t serial, pid_t id) {
  *self = (neighbour){.pidfd = (int)syscall(SYS_pidfd_open, id, 0), .place = place, .serial = serial};
  lw_dispatcher_enter_();
  // It lives after it was opened: the number was still its own.
  bool lives = self->pidfd >= 0 && has_life(place);
  lw_lock_release_quietly(&lw_dispatcher_);
  if (lives) self->watch = lw_watch_readable(self->pidfd, miss, self);
  if (self->watch) return true;
  if (self->pidfd >= 0) close(self->pidfd);
  *self = (neighbour){.watch = NULL};
  return lives;
}

/// The first place behind `place` of a process that this one should watch and does not; what is known of it.
static uint32_t next_stranger(uint32_t place, lw_joint_process *known) {
  lw_dispatcher_enter_();
  lw_joint_begin_();
  uint32_t used = lw_joint_->processes_used;
  bool found = false;
  while (!found && ++place <= used) {
    *known = lw_joint_->processes[place];
    found = known->taken && known->is_open && place != lw_joint_place_ && neighbours[place].serial != known->serial;
  }
  lw_joint_end_();
  lw_lock_release_quietly(&lw_dispatcher_);
  return found ? place : 0;
}

static void meet_all(void) {
  lw_joint_process known;
  for (uint32_t place = 0; (place = next_stranger(place, &known)) != 0;) {
    neighbour *self = &neighbours[place];
    if (self->serial) miss(self); // the one before it, of whose end the pidfd is about to tell
    if (!watch(self, place, known.serial, (pid_t)known.id)) ended(place, known.serial);
  }
}

/// In a callback of the poller: somebody rings.
static void heed(void *context) {
  (void)context;
  char byte;
  while (recv(bell, &byte, 1, MSG_DONTWAIT) >= 0 || errno == EINTR) continue;
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  lw_joint_begin_();
  lw_joint_catch_up_(&wakes);
  lw_joint_end_();
  lw_dispatcher_leave_(&wakes);
  lw_pipes_look_again_();
  meet_all();
  // Set before the watch was armed for the first time.
  lw_watch_arm(bell_watch, LW_READABLE);
}

bool lw_joint_bell_open_(void) {
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return false;
  struct sockaddr_un address;
  lw_dispatcher_enter_();
  socklen_t length = address_of(lw_joint_place_, &address);
  lw_lock_release_quietly(&lw_dispatcher_);
  lw_watch *watch = NULL;
  if (bind(fd, (const struct sockaddr *)&address, length) == 0) watch = lw_watch_open(fd, heed, NULL);
  if (!watch) {
    close(fd);
    return false;
  }
  bell = fd;
  bell_watch = watch;
  lw_watch_arm(watch, LW_READABLE);
  lw_dispatcher_enter_();
  lw_joint_begin_();
  lw_joint_put_(&lw_joint_->processes[lw_joint_place_].id, (uint32_t)getpid());
  lw_joint_put_(&lw_joint_->processes[lw_joint_place_].is_open, 1);
  // The others watch this process from here on, and it watches them.
  for (uint32_t place = 1; place <= lw_joint_->processes_used; place++)
    if (lw_joint_->processes[place].is_open) lw_joint_tell_(place);
  lw_joint_is_on_ = true;
  lw_joint_end_();
  lw_lock_release_quietly(&lw_dispatcher_);
  return true;
}
