// Decisions and the token. A decision is taken by the member that holds the token, on its own thread; only when another
// one is chosen does the token change hands, directly, by one futex wake. There is no scheduler thread.
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "control.h"

enum { TICK_NS = 1000, START_NS = 1000000000, NEWEST_EVENTS = 1024 };

static struct {
  _Atomic bool session;
  bool is_program; ///< the execution is the whole process
  bool has_waiter; ///< of a whole program: a thread that waits for what comes from outside
  bool given_up;   ///< an execution did not end, so no other can begin
  const lw_execution *execution;
  lw_execution_result result;
  lw_member *_Nullable holder; ///< of the token
  lw_member *_Nullable left;   ///< went outside and found nobody to give the token to
  _Atomic uint32_t step;
  _Atomic uint32_t progress; ///< a futex, of enum progress
  lw_time now;
} control;

/// What the thread that runs an execution waits for.
enum progress { RUNNING, LEFT, OVER };

const char *lw_turn_name(lw_turn turn) {
  static const char *const names[] = {
#define X(symbol, name) [symbol] = name,
      LW_TURNS(X)
#undef X
  };
  return (uint32_t)turn < LW_TURN_COUNT ? names[turn] : "unknown";
}

// ------------------------------------------------------------------------------------------------- the token, waiting

/// Futex calls of this file alone: those of park.c are seen by sanitizers. False when `ns` have passed; 0 is for ever.
LW_UNSEEN static bool wait_while(_Atomic uint32_t *word, uint32_t value, uint64_t ns) {
  struct timespec most = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};
  long failed = syscall(SYS_futex, word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, value, ns == 0 ? NULL : &most, NULL, 0);
  return failed == 0 || errno != ETIMEDOUT;
}

LW_UNSEEN static void wake(_Atomic uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

/// What a member's futex says. The system is asked to wake him only when he sleeps: a member that was interrupted right
/// behind his own hand-over has not come that far, and half of them are.
enum turn_state { NOT_HIS, HIS, NOT_HIS_AND_ASLEEP };

LW_UNSEEN void lw_control_wait_turn_(lw_member *member) {
  int saved = errno;
  uint32_t state = NOT_HIS;
  if (atomic_compare_exchange_strong(&member->go, &state, NOT_HIS_AND_ASLEEP))
    while (atomic_load(&member->go) != HIS) wait_while(&member->go, NOT_HIS_AND_ASLEEP, 0);
  atomic_store(&member->go, NOT_HIS);
  errno = saved;
}

LW_UNSEEN static void give_token(lw_member *member) {
  int saved = errno;
  control.holder = member;
  control.result.switches++;
  if (atomic_exchange(&member->go, HIS) == NOT_HIS_AND_ASLEEP) wake(&member->go);
  errno = saved;
}

/// The execution is over: the caller holds the token and gives it to nobody.
LW_UNSEEN static void finish(lw_execution_end end) {
  control.holder = NULL;
  lw_program_finish_(end);
  control.result.end = end;
  control.result.switches++; // back to whoever runs the execution
  atomic_store(&control.progress, OVER);
  wake(&control.progress);
}

// ----------------------------------------------------------------------------------------------------------- deciding

/// What is prescribed, or what the strategy picks; written down before it takes effect.
LW_UNSEEN static const lw_deviation *choose(lw_choice_point *at) {
  uint32_t chosen = 0;
  int32_t prescribed = lw_deviations_prescribed_(at);
  if (prescribed >= 0)
    chosen = (uint32_t)prescribed;
  else if (at->count > 1)
    chosen = lw_strategy_pick_(at);
  lw_deviations_note_(at, chosen);
  return &at->alternatives[chosen];
}

/// Whether any thread of a whole program has not ended.
LW_UNSEEN static bool someone_runs(void) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].state != LW_MEMBER_RESTING) return true;
  return false;
}

/// Whether nothing is left to be done by any part; background members may park with deadlines of their own for ever.
LW_UNSEEN static bool parts_are_over(void) {
  if (control.is_program) return !someone_runs();
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].pooled && lw_members_[i].part) return false;
  return true;
}

/// Whether something may come from outside.
LW_UNSEEN static bool world_may_speak(void) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].state == LW_MEMBER_OUTSIDE) return true;
  return lw_outside_is_watched_();
}

/// Lets what was chosen happen. Returns the member who is to go on.
LW_UNSEEN static lw_member *take_effect(const lw_deviation *chosen) {
  if (chosen->turn == LW_TURN_READY) return lw_outside_deliver_(chosen->value);
  lw_member *next = &lw_members_[chosen->value];
  if (chosen->turn == LW_TURN_TIMEOUT) {
    lw_footprints_touch_(next, &control.now, LW_ACCESS_WRITE);
    if (next->deadline > control.now) control.now = next->deadline;
  }
  next->resumed_by = (lw_turn)chosen->turn;
  return next;
}

/// One decision at `kind`, if it can be taken now. Returns the member who is to go on. NULL when there is none: then
/// the execution is over, or `*waits`, for something from outside - for `*wanted` if that is what is prescribed and
/// there is `patience` left for it.
LW_UNSEEN static lw_member *_Nullable try_to_decide(lw_member *self, lw_point_kind kind, bool patience, bool *waits,
                                                    const lw_deviation *_Nullable *_Nonnull wanted) {
  lw_choice_point at = {.member = self, .kind = kind, .step = atomic_load(&control.step)};
  bool over = parts_are_over();
  *waits = false;
  *wanted = patience ? lw_deviations_wanted_(self) : NULL;
  if (*wanted && (over || !lw_outside_is_awaited_(*wanted))) *wanted = NULL;
  if (*wanted) {
    *waits = true;
    return NULL;
  }
  if (!lw_alternatives_collect_(&at, control.now) && over) {
    finish(LW_EXECUTION_ENDED);
    return NULL;
  }
  if (at.count == 0 && world_may_speak()) {
    *waits = true;
    return NULL;
  }
  if (at.count == 0 || at.step >= control.execution->steps_max || self->ordinal >= LW_DECISIONS_MAX) {
    finish(at.count == 0 ? LW_EXECUTION_STUCK : LW_EXECUTION_ENDLESS);
    return NULL;
  }
  const lw_deviation *chosen = choose(&at);
  self->ordinal++;
  atomic_store(&control.step, at.step + 1);
  return take_effect(chosen);
}

/// One decision at `kind`, however long it takes. Returns the member who is to go on; NULL when the execution is over.
LW_UNSEEN static lw_member *_Nullable decide(lw_member *self, lw_point_kind kind) {
  // What is prescribed of the world may never come, in a schedule that others were taken out of: then it is stray.
  bool waits, patience = true;
  const lw_deviation *wanted;
  for (;;) {
    lw_member *next = try_to_decide(self, kind, patience, &waits, &wanted);
    if (next || !waits) return next;
    bool ready = wanted && wanted->turn == LW_TURN_READY;
    if (!lw_outside_wait_(wanted, ready ? control.execution->patience_ns : 0)) patience = false;
  }
}

__attribute__((noinline)) void lw_control_stop_here(void) { __asm__ volatile(""); }

/// Takes a decision and comes back when it is the member's turn.
LW_UNSEEN static void take_turn(lw_member *self, lw_point_kind kind) {
  lw_member *next = decide(self, kind);
  if (next != self) {
    if (next) give_token(next);
    lw_control_wait_turn_(self);
  }
  self->state = LW_MEMBER_READY;
  self->yields = false;
  if (atomic_load(&control.step) == control.execution->stop_before) lw_control_stop_here();
}

LW_UNSEEN void lw_control_point_(lw_member *member, lw_point_kind kind, const void *object, lw_access access) {
  if (member->is_muted) return;
  member->kind = kind;
  member->object = object;
  member->access = access;
  control.result.points_reached |= 1ull << kind;
  take_turn(member, kind);
  lw_footprints_step_(member, (uint32_t)kind);
  if (object) lw_footprints_touch_(member, object, access);
}

LW_UNSEEN void lw_control_block_(lw_member *member, lw_member_state state, const void *object) {
  member->state = state;
  member->kind = LW_POINT_PARK;
  member->object = object;
  member->resumed_by = LW_TURN_RUN;
  member->in_a_row = 0;
  control.result.points_reached |= 1ull << (state == LW_MEMBER_LOCKING ? LW_POINT_LOCK : LW_POINT_PARK);
  take_turn(member, LW_POINT_PARK);
}

LW_UNSEEN uint32_t lw_control_choose_(lw_member *member, lw_choice_kind kind, const void *object, uint32_t count) {
  lw_choice_point at = {.member = member, .kind = member->kind, .step = atomic_load(&control.step)};
  if (at.step >= control.execution->steps_max || member->ordinal >= LW_DECISIONS_MAX) {
    finish(LW_EXECUTION_ENDLESS);
    lw_control_wait_turn_(member); // for ever
  }
  for (uint32_t value = 0; value < count; value++) lw_alternatives_add_(&at, LW_TURN_VALUE, value);
  uint32_t value = choose(&at)->value;
  member->ordinal++;
  atomic_store(&control.step, at.step + 1);
  lw_footprints_step_(member, LW_ACT_CHOICE + value);
  if (object) lw_footprints_touch_(member, object, kind == LW_CHOICE_REUSE ? LW_ACCESS_WRITE : LW_ACCESS_READ);
  return value;
}

LW_UNSEEN void lw_control_leave_(lw_member *member) {
  member->object = NULL;
  lw_member *next = decide(member, LW_POINT_PARK);
  if (next) give_token(next);
}

LW_UNSEEN const lw_member *lw_control_holder_(void) { return control.holder; }
LW_UNSEEN lw_time lw_control_now_(void) {
  lw_footprints_touch_(lw_member_self_, &control.now, LW_ACCESS_WRITE);
  return control.now += TICK_NS;
}
LW_UNSEEN uint32_t lw_control_step_(void) { return atomic_load(&control.step); }

// ---------------------------------------------------------------------------------------------------------- executions

void lw_control_begin(void) {
  if (control.session) return;
  lw_outside_begin_session_();
  // Events say which blocks an act touches: without them acts on one block would seem independent.
  // relaxed: nobody records yet.
  if (atomic_load_explicit(&lw_trace_armed_, memory_order_relaxed) == 0) lw_trace_start_newest(NEWEST_EVENTS);
  control.session = true;
  atomic_fetch_or(&lw_points_armed_, LW_ARMED_CONTROL);
}

// relaxed: threads that exist before the session begins may ask, and belong to it neither way.
bool lw_control_is_on(void) { return atomic_load_explicit(&control.session, memory_order_relaxed); }

/// Everything as at the beginning of every execution.
LW_UNSEEN static void prepare(const lw_execution *execution) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++) {
    lw_member *member = &lw_members_[i];
    member->ordinal = 0;
    member->in_a_row = 0;
    member->chain = 0;
    if (member->pooled) member->kind = LW_POINT_BEGIN;
    if (member->pooled) member->object = NULL;
    // As far away as it was.
    if (member->deadline != LW_NEVER && member->deadline > control.now) member->deadline -= control.now - START_NS;
  }
  control.execution = execution;
  control.result = (lw_execution_result){.end = LW_EXECUTION_ENDED};
  control.now = START_NS;
  atomic_store(&control.step, 0);
  atomic_store(&control.progress, RUNNING);
  lw_alternatives_begin_();
  lw_deviations_begin_(execution);
  lw_strategy_begin_(&execution->strategy);
  lw_footprints_begin_();
}

/// Waits for what comes from outside in place of the member that went there last. False when it is too long coming.
LW_UNSEEN static bool decide_for_the_left(uint64_t stall_ns) {
  bool waits;
  const lw_deviation *wanted;
  lw_member *next = try_to_decide(control.left, LW_POINT_PARK, true, &waits, &wanted);
  if (!next) return !waits || lw_outside_wait_(wanted, stall_ns);
  atomic_store(&control.progress, RUNNING);
  give_token(next);
  return true;
}

/// Until the execution is over (true), or has taken no decision for too long.
LW_UNSEEN static bool watch(uint64_t stall_ns) {
  uint32_t seen = UINT32_MAX;
  for (;;) {
    uint32_t progress = atomic_load(&control.progress);
    if (progress == OVER) return true;
    bool in_time = progress == LEFT ? decide_for_the_left(stall_ns) : wait_while(&control.progress, RUNNING, stall_ns);
    if (in_time) continue;
    uint32_t step = lw_control_step_();
    if (step == seen && atomic_load(&control.progress) != OVER) return false;
    seen = step;
  }
}

lw_execution_result lw_control_result_(void) {
  lw_execution_result result = control.result;
  result.steps = lw_control_step_();
  result.class_ = lw_footprints_class_();
  lw_deviations_end_(&result);
  return result;
}

void lw_control_adopt_(const lw_execution *execution) {
  lw_control_begin();
  control.is_program = true;
  lw_member *self = lw_member_make_(lw_thread_self());
  self->state = LW_MEMBER_READY;
  prepare(execution);
  self->system_id = (int32_t)syscall(SYS_gettid);
  control.holder = self;
  lw_member_self_ = self;
}

lw_execution_result lw_control_execute(const lw_execution *execution) {
  if (!control.session || execution->part_count == 0) lw_fatal("an execution needs a session and at least one part");
  if (lw_member_self_) lw_fatal("an execution was begun from inside of one");
  if (control.given_up) lw_fatal("an execution did not end, so no other can begin in this process");
  lw_members_pool_(execution->part_count);
  prepare(execution);
  lw_member *first = lw_members_cast_(execution->parts, execution->part_count);
  give_token(first);
  bool over = watch(execution->stall_ns);
  lw_members_gather_();
  lw_execution_result result = lw_control_result_();
  if (!over) result.end = LW_EXECUTION_STALLED;
  control.given_up = result.end != LW_EXECUTION_ENDED;
  return result;
}

// ------------------------------------------------------------------------------------------------------------ outside

static void *wait_for_ever(void *nothing) {
  watch(0);
  return nothing;
}

/// Nobody runs the execution that is a whole program, so a thread of its own waits there.
static void have_waiter(lw_member *self) {
  if (!control.is_program || control.has_waiter) return;
  control.has_waiter = true;
  pthread_t waiter;
  self->is_muted = true; // as in lw_thread_create
  if (pthread_create(&waiter, NULL, wait_for_ever, NULL) != 0) lw_fatal("the system has no thread left to wait");
  pthread_detach(waiter);
  self->is_muted = false;
}

LW_UNSEEN void lw_outside_begin(void) {
  lw_member *self = lw_member_self_;
  if (!self) return;
  have_waiter(self);
  bool waits;
  const lw_deviation *wanted;
  atomic_store(&self->returned, false);
  self->state = LW_MEMBER_OUTSIDE;
  self->object = NULL;
  lw_member *next = try_to_decide(self, LW_POINT_PARK, true, &waits, &wanted);
  if (next)
    give_token(next);
  else if (waits) {
    // Nobody can go on, and this thread has something else to do: whoever runs the execution waits in its place.
    control.holder = NULL;
    control.left = self;
    atomic_store(&control.progress, LEFT);
    wake(&control.progress);
  }
}

LW_UNSEEN void lw_outside_end(void) {
  lw_member *self = lw_member_self_;
  if (!self) return;
  atomic_store(&self->returned, true);
  lw_control_kick_();
  lw_control_wait_turn_(self);
  self->state = LW_MEMBER_READY;
  lw_footprints_step_(self, LW_ACT_RETURNED);
}
