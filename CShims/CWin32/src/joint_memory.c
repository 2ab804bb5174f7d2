// Opening the family's memory, and the sections in which it is touched.
#include "joint_memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "family.h"
#include "joint_meeting.h"
#include "joint_places.h"

lw_joint_memory *lw_joint_;
uint32_t lw_joint_place_;
bool lw_joint_is_on_;

static lw_lock opening;
/// This process's own opening of the file: its parent's gift, or set when the memory is opened; and then for ever.
/// Atomic for whoever ends the process, who takes no lock.
static _Atomic int file = -1;
static _Atomic uint32_t own_place;
static _Atomic pid_t owner; ///< a fork's child is not

static uint32_t depth LW_GUARDED_BY(lw_dispatcher_);
static uint32_t to_tell[LW_JOINT_SET_WORDS] LW_GUARDED_BY(lw_dispatcher_);
static bool tells LW_GUARDED_BY(lw_dispatcher_);

// ----------------------------------------------------------------------------------------------------------- sections

void lw_joint_put_(uint32_t *field, uint32_t value) {
  uint32_t count = lw_joint_->undo_count;
  if (count == LW_JOINT_UNDO) lw_fatal("an act on objects of several processes is too long to be undone");
  lw_joint_->undo[count].offset = (uint32_t)((char *)field - (char *)lw_joint_);
  lw_joint_->undo[count].value = *field;
  // release, twice: the process may be killed at any instruction, and then others may not see an act without what
  // undoes it.
  atomic_thread_fence(memory_order_release);
  lw_joint_->undo_count = count + 1;
  atomic_thread_fence(memory_order_release);
  *field = value;
}

void lw_joint_commit_(void) {
  // release: as above; all acts before what undid them is gone.
  atomic_thread_fence(memory_order_release);
  lw_joint_->undo_count = 0;
  atomic_thread_fence(memory_order_release);
}

void lw_joint_tell_(uint32_t place) {
  to_tell[place / 32] |= 1u << (place % 32);
  tells = true;
}

/// Who held the lock was killed. What he had begun is put back; what he had done and not told is told now.
static void recover(void) LW_REQUIRES(lw_dispatcher_) {
  while (lw_joint_->undo_count > 0) {
    uint32_t last = lw_joint_->undo_count - 1;
    *(uint32_t *)((char *)lw_joint_ + lw_joint_->undo[last].offset) = lw_joint_->undo[last].value;
    // release: as in lw_joint_put_, for one who is killed here.
    atomic_thread_fence(memory_order_release);
    lw_joint_->undo_count = last;
  }
  for (uint32_t place = 1; place <= lw_joint_->processes_used; place++)
    if (lw_joint_->processes[place].is_open) lw_joint_tell_(place);
}

void lw_joint_begin_(void) {
  if (depth++ > 0) return;
  lw_process_lock_acquire(file);
  if (lw_joint_->holder) recover();
  lw_joint_->holder = lw_joint_place_;
}

void lw_joint_end_(void) {
  if (--depth > 0) return;
  lw_joint_commit_();
  lw_joint_->holder = 0;
  lw_process_lock_release(file);
  if (!tells) return;
  tells = false;
  for (uint32_t place = 1; place < LW_JOINT_PROCESSES; place++) {
    if (!lw_joint_set_has_(to_tell, place)) continue;
    to_tell[place / 32] &= ~(1u << (place % 32));
    lw_joint_ring_(place);
  }
}

// ------------------------------------------------------------------------------------------------------------ opening

int lw_joint_file_(void) { return file; }

int lw_joint_own_file_(uint32_t *place) {
  *place = atomic_load(&own_place);
  return atomic_load(&owner) == getpid() ? atomic_load(&file) : -1;
}

int lw_joint_reopen_(int fd) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return open(path, O_RDWR | O_CLOEXEC);
}

/// A descriptor of a new memory, whose opening is this process's own, with the first place in it.
static int make_file(void) {
  int made = memfd_create("lw-joint", MFD_CLOEXEC);
  if (made < 0) return -1;
  if (ftruncate(made, sizeof(lw_joint_memory)) == 0 && lw_joint_life_begin_(made, 1)) return made;
  close(made);
  return -1;
}

static void found(lw_joint_memory *memory) {
  if (getrandom(&memory->number, sizeof memory->number, 0) != sizeof memory->number)
    memory->number = (uint64_t)getpid();
  memory->processes_used = 1;
  memory->processes[1].taken = 1;
  memory->last_place = 1;
}

/// Maps the memory that this process was given, that it finds, or that it makes.
static bool map(void) LW_REQUIRES(opening) {
  int fd = atomic_load(&file);
  uint32_t place = atomic_load(&own_place);
  if (fd < 0 && lw_family_has_word_() && !lw_joint_meet_(&fd, &place)) return false;
  bool founds = fd < 0;
  if (founds) fd = make_file();
  if (fd < 0) return false;
  void *mapped = mmap(NULL, sizeof(lw_joint_memory), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) {
    if (founds) close(fd);
    return false;
  }
  if (founds) place = 1;
  lw_joint_inherit_(fd, place);
  lw_dispatcher_enter_();
  lw_joint_ = mapped;
  lw_joint_place_ = place;
  if (founds) found(lw_joint_);
  lw_lock_release_quietly(&lw_dispatcher_);
  return true;
}

bool lw_joint_open_(void) {
  static bool mapped LW_GUARDED_BY(opening), opened LW_GUARDED_BY(opening);
  lw_lock_acquire(&opening);
  if (!mapped) mapped = map();
  if (mapped && !opened) opened = lw_joint_bell_open_() && lw_joint_receive_others_();
  bool done = opened;
  lw_lock_release_quietly(&opening);
  return done;
}

void lw_joint_inherit_(int fd, uint32_t place) {
  atomic_store(&own_place, place);
  atomic_store(&file, fd);
  atomic_store(&owner, getpid());
}
