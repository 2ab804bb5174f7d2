// Decisions and the token. A decision is taken by the member that holds the token, on its own thread; only when another
// one is chosen does the token change hands, directly, by one futex wake. There is no scheduler thread.
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "control.h"

enum { TICK_NS = 1000, START_NS = 1000000000, NEWEST_EVENTS = 1024 };

static struct {
  bool session;
  bool is_program; ///< the execution is the whole process
  _Atomic bool running; ///< an execution is
  const lw_execution *execution;
  lw_execution_result result;
  uint16_t first; ///< member of the first part
  uint16_t holder;
  _Atomic uint32_t step;
  _Atomic uint32_t done; ///< a futex: the execution is over
  lw_time now;
  lw_deviation alternatives[LW_ALTERNATIVES_MAX];
} control;

const char *lw_turn_name(lw_turn turn) {
  static const char *const names[] = {
#define X(symbol, name) [symbol] = name,
      LW_TURNS(X)
#undef X
  };
  return (uint32_t)turn < LW_TURN_COUNT ? names[turn] : "unknown";
}

// ------------------------------------------------------------------------------------------------- the token, waiting

/// A futex call of this file alone: the one of park.c is seen by sanitizers.
LW_UNSEEN static void wait_while(_Atomic uint32_t *word, uint32_t value, uint64_t ns) {
  struct timespec most = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};
  syscall(SYS_futex, word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, value, ns == 0 ? NULL : &most, NULL, 0);
}

LW_UNSEEN static void wake(_Atomic uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

LW_UNSEEN void lw_control_wait_turn_(lw_member *member) {
  int saved = errno;
  while (atomic_load(&member->go) == 0) wait_while(&member->go, 0, 0);
  atomic_store(&member->go, 0);
  errno = saved;
}

LW_UNSEEN static void give_token(lw_member *member) {
  int saved = errno;
  control.holder = member->index;
  control.result.switches++;
  atomic_store(&member->go, 1);
  wake(&member->go);
  errno = saved;
}

/// The execution is over: the caller holds the token and gives it to nobody.
LW_UNSEEN static void finish(lw_execution_end end) {
  lw_program_finish_(end);
  control.result.end = end;
  atomic_store(&control.running, false);
  atomic_store(&control.done, 1);
  wake(&control.done);
}

// -------------------------------------------------------------------------------------------------------- alternatives

LW_UNSEEN static void add(lw_choice_point *at, lw_turn turn, uint32_t value) {
  if (at->count == LW_ALTERNATIVES_MAX) return;
  control.alternatives[at->count++] = (lw_deviation){
      .member = at->member->index, .ordinal = at->member->ordinal, .turn = (uint16_t)turn, .value = (uint16_t)value};
}

LW_UNSEEN static bool is_timed(const lw_member *member) {
  return member->state == LW_MEMBER_PARKED && member->deadline != LW_NEVER;
}

/// Members that can go on as a set of bits; and the earliest deadline of those that cannot.
LW_UNSEEN static uint64_t able(lw_time *earliest) {
  uint64_t set = 0;
  *earliest = LW_NEVER;
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++) {
    const lw_member *member = &lw_members_[i];
    if (lw_member_can_go_on_(member) || (is_timed(member) && member->deadline <= control.now))
      set |= 1ull << i;
    else if (is_timed(member) && member->deadline < *earliest)
      *earliest = member->deadline;
  }
  return set;
}

/// The next one of `set` behind `index`, round; `set` is not empty.
LW_UNSEEN static uint32_t next_behind(uint64_t set, uint32_t index) {
  uint64_t behind = index == 63 ? 0 : set & ~((2ull << index) - 1);
  return (uint32_t)__builtin_ctzll(behind ? behind : set);
}

/// Whether the default rule has `member` stand back although it could go on.
LW_UNSEEN static bool stands_back(lw_member *member, uint64_t others) {
  if (others == 0 || !member->yields) member->in_a_row = others == 0 ? 0 : member->in_a_row + 1;
  bool back = others != 0 && (member->yields || member->in_a_row > LW_FAIR_POINTS);
  if (back) member->in_a_row = 0;
  return back;
}

/// Sources that are ready now. Whether they are is the world's business; when that is noticed is a choice.
LW_UNSEEN static void add_ready(lw_choice_point *at) {
  uint16_t places[LW_ALTERNATIVES_MAX];
  lw_member *poller = lw_outside_poller_();
  if (!poller || poller->state != LW_MEMBER_POLLING) return;
  uint32_t count = lw_outside_ready_(places, LW_ALTERNATIVES_MAX);
  for (uint32_t i = 0; i < count; i++) add(at, LW_TURN_READY, places[i]);
}

LW_UNSEEN static void collect(lw_choice_point *at) {
  lw_member *self = at->member;
  lw_time earliest;
  uint64_t set = able(&earliest), own = 1ull << self->index;
  bool can = set & own;
  uint32_t count = atomic_load(&lw_member_count_);
  if (set != 0) {
    bool stays = can && !stands_back(self, set & ~own);
    uint32_t usual = stays ? self->index : next_behind(set & ~own ? set & ~own : set, self->index);
    add(at, LW_TURN_RUN, usual);
    for (uint64_t rest = set & ~(1ull << usual); rest != 0; rest &= rest - 1)
      add(at, LW_TURN_RUN, (uint32_t)__builtin_ctzll(rest));
  }
  add_ready(at);
  for (uint32_t i = 0; i < count && earliest != LW_NEVER; i++)
    if (is_timed(&lw_members_[i]) && lw_members_[i].deadline == earliest) add(at, LW_TURN_TIMEOUT, i);
  if (set == 0) return; // a spurious return where nothing else can happen proves nothing
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].state == LW_MEMBER_PARKED && lw_members_[i].may_wake && !(set >> i & 1))
      add(at, LW_TURN_WAKE, i);
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

LW_UNSEEN static bool someone_is_outside(void) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].state == LW_MEMBER_OUTSIDE) return true;
  return lw_outside_is_watched_();
}

/// One decision at `kind`. Returns the member who is to go on; NULL when the execution is over.
LW_UNSEEN static lw_member *_Nullable decide(lw_member *self, lw_point_kind kind) {
  for (;;) {
    lw_choice_point at = {.member = self, .kind = kind, .alternatives = control.alternatives};
    at.step = atomic_load(&control.step);
    collect(&at);
    bool only_timeouts = at.count > 0 && control.alternatives[0].turn == LW_TURN_TIMEOUT;
    if ((at.count == 0 || only_timeouts) && parts_are_over()) {
      finish(LW_EXECUTION_ENDED);
      return NULL;
    }
    if (at.count == 0 && someone_is_outside()) {
      lw_outside_wait_();
      continue;
    }
    if (at.count == 0 || at.step >= control.execution->steps_max || self->ordinal >= LW_DECISIONS_MAX) {
      finish(at.count == 0 ? LW_EXECUTION_STUCK : LW_EXECUTION_ENDLESS);
      return NULL;
    }
    const lw_deviation *chosen = choose(&at);
    self->ordinal++;
    atomic_store(&control.step, at.step + 1);
    if (chosen->turn == LW_TURN_READY) {
      lw_outside_poller_()->source = chosen->value;
      return lw_outside_poller_();
    }
    lw_member *next = &lw_members_[chosen->value];
    if (chosen->turn == LW_TURN_TIMEOUT) {
      lw_footprints_touch_(next, &control.now, LW_ACCESS_WRITE);
      if (next->deadline > control.now) control.now = next->deadline;
    }
    next->resumed_by = (lw_turn)chosen->turn;
    return next;
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
  // Why a park ended is something that the member learns.
  uint64_t learnt = self->state == LW_MEMBER_READY ? 0 : 1 + (uint64_t)self->resumed_by;
  self->state = LW_MEMBER_READY;
  self->yields = false;
  lw_footprints_step_(self, learnt << 32 | kind);
  if (atomic_load(&control.step) == control.execution->stop_before) lw_control_stop_here();
}

LW_UNSEEN void lw_control_point_(lw_member *member, lw_point_kind kind, const void *object, lw_access access) {
  if (member->is_muted) return;
  member->kind = kind;
  member->object = object;
  member->access = access;
  control.result.points_reached |= 1ull << kind;
  take_turn(member, kind);
  if (object) lw_footprints_touch_(member, object, access);
}

LW_UNSEEN void lw_control_block_(lw_member *member, lw_member_state state, const void *object) {
  member->state = state;
  member->kind = LW_POINT_PARK;
  member->object = object;
  member->resumed_by = LW_TURN_RUN;
  member->in_a_row = 0;
  control.result.points_reached |= 1ull << LW_POINT_PARK;
  take_turn(member, LW_POINT_PARK);
}

LW_UNSEEN uint32_t lw_control_choose_(lw_member *member, lw_choice_kind kind, const void *object, uint32_t count) {
  lw_choice_point at = {.member = member, .kind = member->kind, .alternatives = control.alternatives};
  at.step = atomic_load(&control.step);
  for (uint32_t value = 0; value < count; value++) add(&at, LW_TURN_VALUE, value);
  uint32_t value = choose(&at)->value;
  lw_footprints_step_(member, (uint64_t)(1 + LW_TURN_VALUE) << 32 | value);
  member->ordinal++;
  atomic_store(&control.step, at.step + 1);
  if (object) lw_footprints_touch_(member, object, kind == LW_CHOICE_REUSE ? LW_ACCESS_WRITE : LW_ACCESS_READ);
  return value;
}

LW_UNSEEN void lw_control_leave_(lw_member *member) {
  member->kind = LW_POINT_PARK;
  member->object = NULL;
  if (!atomic_load(&control.running)) return;
  lw_member *next = decide(member, LW_POINT_PARK);
  if (next) give_token(next);
}

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

bool lw_control_is_on(void) { return control.session; }

/// Everything as at the beginning of every execution.
static void prepare(const lw_execution *execution) {
  control.execution = execution;
  control.result = (lw_execution_result){.end = LW_EXECUTION_ENDED};
  control.now = START_NS;
  atomic_store(&control.step, 0);
  atomic_store(&control.done, 0);
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++) {
    lw_members_[i].ordinal = 0;
    lw_members_[i].in_a_row = 0;
    lw_members_[i].chain = 0;
    lw_members_[i].kind = LW_POINT_BEGIN;
    lw_members_[i].object = NULL;
  }
  lw_deviations_begin_(execution);
  lw_strategy_begin_(&execution->strategy);
  lw_footprints_begin_();
}

/// Until the execution is over, or has taken no decision for too long.
static void watch(uint64_t stall_ns) {
  uint32_t seen = UINT32_MAX;
  while (atomic_load(&control.done) == 0) {
    wait_while(&control.done, 0, stall_ns);
    uint32_t step = lw_control_step_();
    if (atomic_load(&control.done) == 0 && stall_ns != 0 && step == seen) {
      control.result.end = LW_EXECUTION_STALLED;
      return;
    }
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
  atomic_store(&control.running, true);
  lw_member_self_ = self;
}

lw_execution_result lw_control_execute(const lw_execution *execution) {
  if (!control.session || execution->part_count == 0) lw_fatal("an execution needs a session and at least one part");
  lw_members_pool_(execution->part_count);
  prepare(execution);
  lw_member *first = lw_members_cast_(execution->parts, execution->part_count);
  atomic_store(&control.running, true);
  give_token(first);
  watch(execution->stall_ns);
  lw_members_gather_();
  return lw_control_result_();
}

// ------------------------------------------------------------------------------------------------------------ outside

void lw_outside_begin(void) {
  lw_member *self = lw_member_self_;
  if (!self) return;
  atomic_store(&self->returned, false);
  self->state = LW_MEMBER_OUTSIDE;
  lw_control_leave_(self);
}

void lw_outside_end(void) {
  lw_member *self = lw_member_self_;
  if (!self) return;
  atomic_store(&self->returned, true);
  lw_control_kick_();
  lw_control_wait_turn_(self);
  self->state = LW_MEMBER_READY;
}
