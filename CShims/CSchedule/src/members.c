// Members: threads that run only with the token. A pooled member takes a part in each execution and rests in between;
// any other lives as long as its thread.
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "footprints.h"

_Thread_local lw_member *lw_member_self_;
lw_member lw_members_[LW_MEMBERS_MAX];
_Atomic uint32_t lw_member_count_;

/// The place that a thread which is about to be created takes; NULL for the first free one.
static lw_member *_Nullable reserved;

LW_UNSEEN lw_member *lw_member_make_(lw_thread_number number) {
  uint32_t count = atomic_load(&lw_member_count_), index = 0;
  if (reserved) index = reserved->index;
  while (!reserved && index < count && !(lw_members_[index].reusable && lw_members_[index].state == LW_MEMBER_RESTING))
    index++;
  if (index == LW_MEMBERS_MAX) lw_fatal("a controlled session has more than 64 threads");
  lw_member *member = &lw_members_[index];
  lw_controller_.course.end = 0;
  // A later thread in the same place goes on counting decisions, which name deviations, and adding up acts.
  member->index = (uint16_t)index;
  member->number = number;
  member->unparked = lw_park_word_(number);
  member->state = LW_MEMBER_RESTING; // until there is a thread
  member->kind = LW_POINT_BEGIN;
  member->object = NULL;
  member->deadline = LW_NEVER;
  member->awaited = NULL;
  member->reusable = false;
  member->is_muted = false; // the thread before may have been left behind in such a call
  member->born = atomic_load(&lw_controller_.executions);
  member->in_a_row = 0;
  lw_park_forget_(number);
  if (index == count) {
    lw_strategy_admit_(member);
    atomic_store(&lw_member_count_, index + 1);
  }
  return member;
}

/// The C library has every thread hear from the system, whenever it gets the processor, on which one it is (rseq). That
/// is a tenth of a hand-over, for nothing here: a thread that asks for its processor asks the system then. A whole
/// program's threads are its own business.
LW_UNSEEN static void hear_of_no_processor(void) {
  enum { FIRST_BYTES = 32 }; // what the library registers at least
  if (lw_controller_.is_program || __rseq_size == 0) return;
  char *area = (char *)__builtin_thread_pointer() + __rseq_offset;
  unsigned int bytes = __rseq_size < FIRST_BYTES ? FIRST_BYTES : __rseq_size;
  syscall(SYS_rseq, area, bytes, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

LW_UNSEEN void lw_member_begin_(lw_member *member) {
  member->system_id = (int32_t)syscall(SYS_gettid);
  hear_of_no_processor();
  lw_member_self_ = member;
  lw_token_await_(member);
  lw_program_admit_(member);
  if (!member->pooled && member->state == LW_MEMBER_READY) lw_footprints_step_(member, LW_ACT_BEGUN);
}

LW_UNSEEN void lw_member_end_(lw_member *member) {
  lw_member_self_ = NULL;
  member->state = LW_MEMBER_RESTING;
  lw_footprints_step_(member, LW_ACT_ENDED);
  lw_control_leave_(member);
}

// ---------------------------------------------------------------------------------------------------------- pooled

/// For tools that follow synchronisation: the hand-over of the token is hidden from them, but that a part begins after
/// its set-up and ends before what is read afterwards is no secret. Functions of their own, because those that call
/// them are hidden.
static _Atomic uint32_t parts_given, parts_done;
__attribute__((noinline)) static void set_up_is_done(void) { atomic_fetch_add(&parts_given, 1); }
__attribute__((noinline)) static void follow_set_up(void) { atomic_load(&parts_given); }
__attribute__((noinline)) static void part_is_done(void) { atomic_fetch_add(&parts_done, 1); }
__attribute__((noinline)) static void follow_parts(void) { atomic_load(&parts_done); }
/// Nor is it that a part begins after what was done before its cue.
static _Atomic uint32_t cues[LW_MEMBERS_MAX];
__attribute__((noinline)) static void cue_is_given(uint32_t place) { atomic_fetch_add(&cues[place], 1); }
__attribute__((noinline)) static void follow_cue(size_t place) { atomic_load(&cues[place]); }

LW_UNSEEN void lw_member_play_(lw_member *self) {
  follow_set_up();
  const lw_part *part = self->part;
  if (part->awaits_cue) {
    follow_cue((size_t)(part - lw_controller_.execution->parts));
    lw_footprints_touch_(self, part, LW_ACCESS_READ);
  }
  lw_control_begun_(self);
  part->entry(part->context);
  part_is_done();
  lw_controller_.parts_left--;
  self->state = LW_MEMBER_RESTING;
  self->object = NULL;
  lw_footprints_step_(self, LW_ACT_ENDED);
}

/// Takes part after part. Begun as a member, so the token is here when a part is, or other work.
LW_UNSEEN static void take_parts(void *context) {
  (void)context;
  lw_member *self = lw_member_self_;
  for (;;) {
    if (lw_controller_.work && lw_controller_.driver == self) {
      lw_drive_work_(self);
    } else {
      lw_member_play_(self);
      lw_control_leave_(self);
    }
    lw_token_await_(self);
  }
}

LW_UNSEEN static lw_member *_Nullable pooled(uint32_t place) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].pooled && place-- == 0) return &lw_members_[i];
  return NULL;
}

LW_UNSEEN void lw_members_pool_(uint32_t count) {
  for (uint32_t place = 0; place < count; place++) {
    lw_member *left = pooled(place);
    if (left && left->state != LW_MEMBER_LEFT) continue;
    reserved = left;
    lw_thread *thread = lw_thread_create("part", take_parts, NULL);
    reserved = NULL;
    if (!thread) lw_fatal("the system has no thread left for a controlled execution");
    lw_member *member = lw_member_of_(lw_thread_number_of(thread));
    member->pooled = true;
    member->state = LW_MEMBER_RESTING;
    lw_thread_detach(thread);
  }
}

LW_UNSEEN lw_member *lw_members_cast_(const lw_part *parts, uint32_t count) {
  lw_controller_.parts_left = 0;
  lw_controller_.awaiting_cue = 0;
  if (parts[0].awaits_cue) lw_fatal("the first part of an execution awaits a cue that nobody can give");
  for (uint32_t place = 0; place < count; place++) {
    lw_member *member = pooled(place);
    if (!member) lw_fatal("a part has no member");
    member->part = &parts[place];
    member->state = parts[place].awaits_cue ? LW_MEMBER_RESTING : LW_MEMBER_READY;
    if (parts[place].awaits_cue)
      lw_controller_.awaiting_cue |= 1ull << place;
    else
      lw_controller_.parts_left++;
    lw_park_forget_(member->number);
    lw_thread_rename_(member->number, parts[place].name);
  }
  set_up_is_done();
  return pooled(0);
}

LW_UNSEEN void lw_control_give_cue(uint32_t place) {
  lw_member *self = lw_member_self_;
  if (!self || place >= LW_MEMBERS_MAX || !(lw_controller_.awaiting_cue >> place & 1)) return;
  lw_controller_.awaiting_cue &= ~(1ull << place);
  lw_member *member = pooled(place);
  cue_is_given(place);
  lw_footprints_touch_(self, member->part, LW_ACCESS_WRITE);
  member->state = LW_MEMBER_READY;
  lw_controller_.parts_left++;
  lw_controller_.course.end = 0;
  lw_control_point_(self, LW_POINT_BEGIN, NULL, LW_ACCESS_READ); // it may be faster than what its maker does next
}

void lw_members_gather_(void) {
  follow_set_up();
  follow_parts();
}

LW_UNSEEN lw_member *lw_members_first_(void) { return pooled(0); }

// --------------------------------------------------------------------------------------------------------- standing

bool lw_control_is_member(void) { return lw_member_self_ != NULL; }

LW_UNSEEN bool lw_control_is_bound(void) { return lw_member_self_ && lw_member_self_->state != LW_MEMBER_OUTSIDE; }

uint32_t lw_control_execution(void) {
  // relaxed: members run within an execution, and it began before they did.
  return lw_member_self_ ? atomic_load_explicit(&lw_controller_.executions, memory_order_relaxed) : 0;
}

uint32_t lw_control_member_count(void) { return atomic_load(&lw_member_count_); }

LW_UNSEEN lw_member *lw_member_of_(lw_thread_number number) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count && number != 0; i++) {
    lw_member *member = &lw_members_[i];
    if (member->number == number && (member->pooled || member->state != LW_MEMBER_RESTING)) return member;
  }
  return NULL;
}

LW_UNSEEN int32_t lw_control_member_of(lw_thread_number number) {
  const lw_member *member = lw_member_of_(number);
  if (member) return member->index;
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count && number != 0; i++)
    if (lw_members_[i].number == number) return (int32_t)i;
  return -1;
}

LW_UNSEEN lw_thread_number lw_control_thread_of(int32_t system_id) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count && system_id != 0; i++)
    if (lw_members_[i].system_id == system_id) return lw_members_[i].number;
  return 0;
}

LW_UNSEEN uint32_t lw_control_older_threads(lw_thread_number *numbers, uint32_t most) {
  uint32_t count = 0;
  for (lw_thread_number number = 1; number <= lw_thread_highest() && count < most; number++)
    if (lw_thread_is_uncontrolled_(number)) numbers[count++] = number;
  return count;
}

void lw_control_member_name(uint32_t member, char name[LW_THREAD_NAME_BYTES]) {
  lw_thread_name(member < LW_MEMBERS_MAX ? lw_members_[member].number : 0, name);
}
