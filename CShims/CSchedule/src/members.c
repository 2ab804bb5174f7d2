// Members: threads that run only with the token. A pooled member takes a part in each execution and rests in between;
// any other lives as long as its thread.
#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control.h"

_Thread_local lw_member *lw_member_self_;
lw_member lw_members_[LW_MEMBERS_MAX];
_Atomic uint32_t lw_member_count_;

/// What parts did before their execution's end, for tools that follow synchronisation: the hand-over of the token is
/// hidden from them, but that a part begins after its set-up and ends before what is read afterwards is no secret.
static _Atomic uint32_t parts_given, parts_done;

LW_UNSEEN lw_member *lw_member_make_(lw_thread_number number) {
  uint32_t count = atomic_load(&lw_member_count_), index = 0;
  while (index < count && !(lw_members_[index].reusable && lw_members_[index].state == LW_MEMBER_RESTING)) index++;
  if (index == LW_MEMBERS_MAX) lw_fatal("a controlled session has more than 64 threads");
  lw_member *member = &lw_members_[index];
  member->index = (uint16_t)index;
  member->number = number;
  member->state = LW_MEMBER_RESTING; // until there is a thread
  member->deadline = LW_NEVER;
  member->reusable = false;
  member->ordinal = 0;
  member->in_a_row = 0;
  member->chain = 0;
  if (index == count) atomic_store(&lw_member_count_, index + 1);
  return member;
}

LW_UNSEEN void lw_member_begin_(lw_member *member) {
  member->system_id = (int32_t)syscall(SYS_gettid);
  lw_member_self_ = member;
  lw_control_wait_turn_(member);
}

LW_UNSEEN void lw_member_end_(lw_member *member) {
  lw_member_self_ = NULL;
  member->state = LW_MEMBER_RESTING;
  lw_control_leave_(member);
}

// ---------------------------------------------------------------------------------------------------------- pooled

/// Takes part after part. Begun as a member, so the token is here when a part is.
static void take_parts(void *context) {
  (void)context;
  lw_member *self = lw_member_self_;
  for (;;) {
    atomic_load(&parts_given);
    const lw_part *part = self->part;
    if (lw_control_step_() == 0) lw_control_point_(self, LW_POINT_BEGIN, NULL, LW_ACCESS_READ);
    part->entry(part->context);
    atomic_fetch_add(&parts_done, 1);
    self->part = NULL;
    self->state = LW_MEMBER_RESTING;
    lw_control_leave_(self);
    lw_control_wait_turn_(self);
  }
}

static lw_member *_Nullable pooled(uint32_t place) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].pooled && place-- == 0) return &lw_members_[i];
  return NULL;
}

void lw_members_pool_(uint32_t count) {
  for (uint32_t place = 0; place < count; place++) {
    if (pooled(place)) continue;
    uint32_t made = atomic_load(&lw_member_count_);
    lw_thread *thread = lw_thread_create("part", take_parts, NULL);
    if (!thread) lw_fatal("the system has no thread left for a controlled execution");
    lw_members_[made].pooled = true;
    lw_members_[made].state = LW_MEMBER_RESTING;
    lw_thread_detach(thread);
  }
}

lw_member *lw_members_cast_(const lw_part *parts, uint32_t count) {
  for (uint32_t place = 0; place < count; place++) {
    lw_member *member = pooled(place);
    if (!member) lw_fatal("a part has no member");
    member->part = &parts[place];
    member->state = LW_MEMBER_READY;
    lw_thread_rename_(member->number, parts[place].name);
    lw_park_forget_(member->number); // of an earlier part
  }
  atomic_fetch_add(&parts_given, 1);
  return pooled(0);
}

void lw_members_gather_(void) { atomic_load(&parts_done); }

// --------------------------------------------------------------------------------------------------------- standing

LW_UNSEEN bool lw_member_can_go_on_(const lw_member *member) {
  switch (member->state) {
  case LW_MEMBER_READY:
    return true;
  case LW_MEMBER_PARKED:
    return lw_park_has_token_(member->number);
  case LW_MEMBER_LOCKING:
    // relaxed: whoever released it gave the token away since.
    return atomic_load_explicit(&member->lock->state_, memory_order_relaxed) == 0;
  case LW_MEMBER_JOINING:
    return member->joined->state == LW_MEMBER_RESTING;
  case LW_MEMBER_OUTSIDE:
    return atomic_load(&member->returned);
  case LW_MEMBER_POLLING:
  case LW_MEMBER_RESTING:
    return false;
  }
}

uint32_t lw_control_member_count(void) { return atomic_load(&lw_member_count_); }

int32_t lw_control_member_of(lw_thread_number number) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].number == number && number != 0) return (int32_t)i;
  return -1;
}

void lw_control_member_name(uint32_t member, char name[LW_THREAD_NAME_BYTES]) {
  lw_thread_name(member < LW_MEMBERS_MAX ? lw_members_[member].number : 0, name);
}

/// First line of a file of /proc, without its end; empty when there is none.
static void first_line(const char *path, char *line, size_t bytes) {
  line[0] = 0;
  FILE *file = fopen(path, "re");
  if (!file) return;
  if (!fgets(line, (int)bytes, file)) line[0] = 0;
  fclose(file);
  for (char *at = line; *at; at++)
    if (*at == '\n') *at = 0;
}

void lw_control_member_sentence(uint32_t index, char *sentence, size_t bytes) {
  const lw_member *member = &lw_members_[index < LW_MEMBERS_MAX ? index : 0];
  char path[64], place[128];
  switch (member->state) {
  case LW_MEMBER_RESTING:
    snprintf(sentence, bytes, "has ended");
    return;
  case LW_MEMBER_PARKED:
    snprintf(sentence, bytes, "is parked for %p and nobody lets it go", member->object);
    return;
  case LW_MEMBER_LOCKING:
    snprintf(sentence, bytes, "waits for the lock %p", (const void *)member->lock);
    return;
  case LW_MEMBER_JOINING:
    snprintf(sentence, bytes, "waits for the end of another thread");
    return;
  case LW_MEMBER_POLLING:
    snprintf(sentence, bytes, "waits for what comes from outside");
    return;
  case LW_MEMBER_READY:
  case LW_MEMBER_OUTSIDE:
    snprintf(path, sizeof path, "/proc/self/task/%d/wchan", member->system_id);
    first_line(path, place, sizeof place);
    if (place[0] == 0 || (place[0] == '0' && place[1] == 0))
      snprintf(sentence, bytes, "runs and passes no point (last one: %s)", lw_point_name(member->kind));
    else
      snprintf(sentence, bytes, "blocks in %s of the system, outside of control (last point: %s)", place,
               lw_point_name(member->kind));
    return;
  }
}
