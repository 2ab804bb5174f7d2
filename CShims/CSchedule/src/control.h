// What the controller's files share: the members, the one execution, and the account of what acts touch.
//
// None of it needs a lock: whoever holds the token changes it, and the token's hand-over orders the changes. That order
// must stay hidden from ThreadSanitizer, which would otherwise take the hand-over for synchronisation of the program
// under test and never report a race of it: every function that runs with the token in question is LW_UNSEEN.
#pragma once

#include "lw_awaited.h"
#include "lw_control.h"
#include "schedule.h"

#pragma clang assume_nonnull begin

/// Not instrumented by any sanitizer; clang's "no_sanitize" would leave atomics instrumented. A test defines it away
/// and notices.
#ifndef LW_UNSEEN
#define LW_UNSEEN __attribute__((disable_sanitizer_instrumentation))
#endif

typedef enum lw_member_state {
  LW_MEMBER_RESTING, ///< nothing to do: between executions, or ended
  LW_MEMBER_READY,   ///< wants to go on
  LW_MEMBER_PARKED,
  LW_MEMBER_LOCKING, ///< wants a lock that somebody holds
  LW_MEMBER_JOINING, ///< waits for another member's end
  LW_MEMBER_POLLING, ///< the poller: goes on when a source that is ready was chosen
  LW_MEMBER_OUTSIDE, ///< in a bracketed call, without the token
  LW_MEMBER_LEFT     ///< its thread was left behind: the place waits for another one
} lw_member_state;

typedef struct lw_member {
  // What each decision looks at, of every member: one cache line.
  _Alignas(64) _Atomic uint32_t go; ///< whether the token is his; a futex, see token.c
  lw_member_state state;
  const _Atomic uint32_t *unparked; ///< the word that an unpark of his thread is left in
  lw_time deadline;                 ///< while parked
  const lw_part *_Nullable part;
  const lw_lock *_Nullable lock;
  const lw_awaited *_Nullable awaited; ///< while parked: what for, if he said so
  const struct lw_member *_Nullable joined;
  bool may_wake;         ///< while parked: a spurious return can be observed
  bool yields;           ///< parked until now or earlier: others first
  _Atomic bool returned; ///< from the bracketed call; he waits for the token
  bool is_muted;         ///< inside a call whose points are nobody's business
  bool pooled;           ///< takes parts; rests between executions
  bool reusable;         ///< its thread has ended, and nobody will ask for it again
  bool stays_awake;      ///< at first, while he waits for the token
  bool tries_awake;      ///< and looks whether the processor comes back late
  uint32_t born;         ///< in the how-manieth execution
  uint16_t index;
  uint16_t ordinal;  ///< decisions taken in this execution
  uint32_t in_a_row; ///< points passed while others could go on
  uint32_t often;    ///< calls of lw_point_often in this execution
  lw_thread_number number;
  int32_t system_id;
  lw_point_kind kind; ///< of the point where he stands, and what he announced there
  const void *_Nullable object;
  lw_access access;
  lw_turn resumed_by; ///< why his park ended
  uint32_t source;    ///< the poller's: what is ready
  uint64_t place;     ///< in a program's code, lw_place_; elsewhere as lw_here told
  uint16_t told_at;   ///< the ordinal of the decision that lw_here told of
  uint64_t chain;     ///< stands for all that his acts so far follow from
  uint64_t priority;
} lw_member;

/// The calling thread's member; NULL for threads outside of the session.
extern _Thread_local lw_member *_Nullable lw_member_self_;
extern lw_member lw_members_[LW_MEMBERS_MAX];
extern _Atomic uint32_t lw_member_count_;

/// What the last decision came to, for the next ones to lean on: as long as nobody is let go, they come to the same.
typedef struct lw_course {
  uint32_t end;    ///< up to this step the holder goes on at his points: no rule lets others come first before
  uint32_t kicks;  ///< how many there had been when the members were looked at
  bool has_others; ///< somebody else could go on too: for fairness his points are counted
} lw_course;

/// The session of this process and its execution.
typedef struct lw_controller {
  _Atomic bool session;
  _Atomic bool begun;    ///< the first execution
  bool is_program;       ///< the execution is the whole process
  _Atomic bool given_up; ///< an execution did not end: its members stand still, and no other can begin
  const lw_execution *execution;
  lw_execution_result result;
  lw_member *_Nullable holder;                     ///< of the token
  lw_member *_Nullable left;                       ///< went outside and found nobody to give the token to
  lw_member *_Nullable driver;                     ///< whose thread runs the executions; NULL: one that has no part
  void (*_Nullable work)(void *_Nullable context); ///< the driver's
  void *_Nullable work_context;
  lw_time now;
  lw_course course;
  _Atomic uint32_t kicks;      ///< of threads outside that have changed what members can do
  uint32_t parts_left;         ///< that have begun, or will by themselves, and have not ended
  uint64_t awaiting_cue;       ///< the parts that have not begun and will not by themselves, as bits
  _Atomic uint32_t executions; ///< begun so far
  _Atomic uint32_t step;
  _Atomic uint32_t progress; ///< a futex, what the thread that asked for the execution waits for
} lw_controller;
enum {
  LW_PROGRESS_RUNNING,
  LW_PROGRESS_LEFT,
  LW_PROGRESS_OVER,
  LW_PROGRESS_BETWEEN ///< two executions in a row
};
extern lw_controller lw_controller_;

// ------------------------------------------------------------------------------------------------ members (members.c)

/// A new member for a thread that is about to be created; ready to run.
lw_member *lw_member_make_(lw_thread_number number);
/// The first and the last act of a member's thread. Beginning waits for the token.
void lw_member_begin_(lw_member *member);
void lw_member_end_(lw_member *member);
/// Has `count` pooled members at least.
void lw_members_pool_(uint32_t count);
/// Gives each part to a pooled member; returns the first one's. And takes note that all have ended.
lw_member *lw_members_cast_(const lw_part *parts, uint32_t count);
void lw_members_gather_(void);
/// The pooled member that takes first parts. And a member takes his part, with the token, and rests.
lw_member *_Nullable lw_members_first_(void);
void lw_member_play_(lw_member *self);
/// The member whose thread has this number now; NULL when it is none.
lw_member *_Nullable lw_member_of_(lw_thread_number number);
/// Whether a parked member was let go.
LW_UNSEEN static inline bool lw_member_is_unparked_(const lw_member *member) {
  // relaxed: whoever let it go had the token since, or has kicked whoever waits for him.
  return atomic_load_explicit(member->unparked, memory_order_relaxed) == LW_PARK_TOKEN;
}

/// (leave_behind.c) The end of a member's thread that is left behind: sleeps for good.
_Noreturn void lw_member_stand_(void);

// -------------------------------------------------------------------------------------------- outside sources
// (outside.c)

/// How many sources are watched.
extern uint32_t lw_outside_count_;
/// The sources that are ready now and could be delivered, by their places among those that are watched; at most `most`.
uint32_t lw_outside_ready_(uint16_t *places, uint32_t most);
/// Whether anything is watched that could be delivered.
bool lw_outside_is_watched_(void);
/// Whether `wanted` is something from outside that has not come yet.
bool lw_outside_is_awaited_(const lw_deviation *wanted);
/// Waits for `wanted`, or anything when it is NULL, at most `ns` (0: for ever) and returns false when that has passed.
/// Returns at each kick.
bool lw_outside_wait_(const lw_deviation *_Nullable wanted, uint64_t ns);
/// Whether this process has a child that lives, or has ended and was not asked for.
bool lw_outside_has_children_(void);
/// Whether nobody but this process could make any source ready: the other ends of pipes and sockets are here.
bool lw_outside_is_near_(void);
/// Whether somebody waits there now, as far as another thread can know.
bool lw_outside_is_waited_for_(void);
/// Has the source at `place` delivered; returns the member that does it.
lw_member *lw_outside_deliver_(uint32_t place);
void lw_outside_begin_session_(void);

// ------------------------------------------------------------------------------------------------- the token (token.c)

/// Makes a member the holder.
void lw_token_give_(lw_member *member);
/// The token, real time passing: waits until it is the member's.
void lw_token_await_(lw_member *member);
/// Sleeps while `*word` is `value`; false when `ns` have passed, 0 is for ever. Wakes who sleeps so.
bool lw_token_wait_while_(_Atomic uint32_t *word, uint32_t value, uint64_t ns);
void lw_token_wake_(_Atomic uint32_t *word);

// -------------------------------------------------------------------------------------------- decisions (decisions.c)

/// One decision of `self` at `kind`, however long the world takes, but `longest_ns` at most unless that is 0. Returns
/// the member who is to go on; NULL when the execution is over or that time has passed.
lw_member *_Nullable lw_decide_(lw_member *self, lw_point_kind kind, uint64_t longest_ns);
/// With what a decision has patience before it is taken without: sets of bits.
enum { LW_PATIENCE_SCHEDULE = 1, LW_PATIENCE_OTHERS = 2, LW_PATIENCE_WORLD = 4, LW_PATIENCE_ALL = 7 };
/// What a decision waits for that cannot be taken now.
typedef struct lw_waiting {
  const lw_deviation *_Nullable awaited; ///< what is prescribed and comes from outside; NULL: anything from there
  uint64_t most_ns;                      ///< after so long it is taken without; 0: never
} lw_waiting;
/// The same, if it can be taken now. NULL also when it `*waits` for something from outside.
lw_member *_Nullable lw_decide_now_(lw_member *self, lw_point_kind kind, uint32_t patience, bool *waits,
                                    lw_waiting *waiting);
/// A member's part begins.
void lw_control_begun_(lw_member *member);
/// A point of a member: a decision in which he can go on.
void lw_control_point_(lw_member *member, lw_point_kind kind, const void *_Nullable object, lw_access access);
/// A decision in which he cannot, in the state that he is in. Returns when he may go on.
void lw_control_block_(lw_member *member, lw_member_state state, const void *_Nullable object);
/// `lw_choose` as a decision.
uint32_t lw_control_choose_(lw_member *member, lw_choice_kind kind, const void *_Nullable object, uint32_t count);
/// Gives the token away for good, at the end of a part or a thread.
void lw_control_leave_(lw_member *member);

// --------------------------------------------------------------------------------------------- executions (control.c)

/// Virtual time; every look at it takes a microsecond, so that a loop that waits for a time ends.
lw_time lw_control_now_(void);
/// The decisions taken so far in the running execution.
LW_UNSEEN static inline uint32_t lw_control_step_(void) {
  // relaxed: see note_step in decisions.c.
  return atomic_load_explicit(&lw_controller_.step, memory_order_relaxed);
}
/// Who has the token; NULL when nobody has.
const lw_member *_Nullable lw_control_holder_(void);
/// The execution is over: the caller holds the token and gives it to nobody.
void lw_control_finish_(lw_execution_end end);
/// (crash.c) The program ends now, by itself: tells of the execution. Safe in a signal handler.
void lw_crash_tell_(void);
/// (strangers.c) The calling thread, which is no member, passes a point; it has let a member go.
void lw_stranger_note_(lw_point_kind kind);
void lw_strangers_have_come_(void);
/// For how long, in real time, a thread that no token binds is waited for, where nobody else can go on: it may bring
/// about what a member waits for. 0 where there is none of that. And nobody came in that time.
uint64_t lw_strangers_patience_(void);
void lw_strangers_did_not_come_(void);
/// Whether an execution runs now, as far as a thread outside of it can know.
bool lw_control_runs_(void);
/// Waits until the execution is over (true), or has taken no decision for `stall_ns` (0: for ever).
bool lw_control_watch_(uint64_t stall_ns);
/// Somebody outside has let a member go, or has returned: whoever waits for that looks again.
void lw_control_kick_(void);
/// The calling thread has let a thread go.
void lw_control_let_go_(void);
/// An execution that did not end: no other can begin. What it came to.
lw_execution_result lw_control_give_up_(bool over);
/// (drive.c) Whether the calling thread is the driver. Does his work, with the token. And has him take his part in an
/// execution that `next` is to begin; returns when it is over, and never when it does not end.
bool lw_drive_is_here_(void);
void lw_drive_work_(lw_member *self);
void lw_drive_execution_(lw_member *_Nullable next);
/// (bracket.c) Waits for what comes from outside in place of the member that went there last. False when it is too long
/// coming.
bool lw_bracket_decide_(uint64_t stall_ns);

/// Makes the calling thread, the only one, the first member of an execution that ends with the process.
void lw_control_adopt_(const lw_execution *execution);
/// What is known of the running execution so far.
lw_execution_result lw_control_result_(void);

/// (trace.c) Has every event of a member, up to `most`, written to `records` too, and how many there are to `count`:
/// memory that outlives the process. Members act one at a time.
void lw_trace_mirror_(lw_event_record *records, uint32_t most, _Atomic uint32_t *count);
/// (program.c) What to do when no member of a whole program can go on; nothing in other processes. And how it stands.
void lw_program_finish_(lw_execution_end end);
void lw_program_note_(lw_execution_end end);
/// And that a member has begun, whose name is told although the program may crash.
void lw_program_admit_(const lw_member *member);

// -------------------------------------------------------------------------------------------- the parts of a decision

/// Everything that is known at a decision.
typedef struct lw_choice_point {
  lw_member *member;
  lw_point_kind kind;
  uint32_t step;
  uint32_t count;
  uint32_t members;                 ///< how many of the first are members that go on; what is rarer stands behind them
  const lw_deviation *alternatives; ///< the default first
} lw_choice_point;

/// How all members stand, as sets of bits.
typedef struct lw_standing {
  uint64_t able;     ///< could go on if they had the token
  uint64_t returned; ///< from a bracketed call, and could go on too
  uint64_t timed;    ///< the others whose deadline is the earliest
  uint64_t wakeable; ///< the others that may return from their park although nobody lets them go
  lw_time earliest;
  bool is_awaited;     ///< a member is outside, in a bracketed call
  bool is_world_first; ///< nobody is able, and what comes from outside comes before a deadline passes
  bool is_contended;   ///< a member waits for a lock
  bool is_any_alive;   ///< there is a member that does not rest
} lw_standing;

/// (alternatives.c) Begins an execution; looks at the members; fills in the alternatives, or those of a choice.
/// Timeouts and spurious returns are left out where `members_only` are of interest and one can go on.
void lw_alternatives_begin_(void);
lw_standing lw_alternatives_look_(lw_time now);
void lw_alternatives_collect_(lw_choice_point *at, const lw_standing *all, bool members_only);
void lw_alternatives_of_values_(lw_choice_point *at, uint32_t count);

/// (strategies.c) Begins a strategy for an execution; gives a new member its priority; the step before which it minds
/// nothing but who can go on, and always picks the same among the same; picks an alternative.
void lw_strategy_begin_(const lw_strategy *strategy);
void lw_strategy_admit_(lw_member *member);
extern uint32_t lw_strategy_minds_members_until_;
uint32_t lw_strategy_pick_(const lw_choice_point *at);

/// (deviations.c) Begins with what an execution prescribes and where it is written down; where `wanted` stands among
/// the alternatives, or -1; writes a decision down. Counts of what fitted nowhere and of the log.
void lw_deviations_begin_(const lw_execution *execution);
/// What is prescribed for the member's next decision, whether it is possible or not.
const lw_deviation *_Nullable lw_deviations_wanted_(const lw_member *member);
int32_t lw_deviations_find_(const lw_choice_point *at, const lw_deviation *wanted);
void lw_deviations_note_(const lw_choice_point *at, uint32_t chosen);
void lw_deviations_end_(lw_execution_result *result);
const lw_schedule *_Nullable lw_deviations_taken_(void);

/// (places.c) Where in a program the calling thread is: an address in its file; 0 when nobody knows. And where a member
/// stands that is about to decide.
uint64_t lw_place_(void);
uint64_t lw_member_place_(const lw_member *member);
/// Where in the program's file the variable is that a parked member waits for; 0: it waits for something else.
uint64_t lw_member_awaited_(const lw_member *member);

/// Acts that concern nobody else: a point of kind n is act n, and these are the others.
enum {
  LW_ACT_CHOICE = 1 << 16, ///< and the value
  LW_ACT_PARKED = 2 << 16, ///< and the result
  LW_ACT_READY = 3 << 16,  ///< and the source
  LW_ACT_BEGUN = 4 << 16,
  LW_ACT_ENDED = 5 << 16,
  LW_ACT_JOINED = 6 << 16,
  LW_ACT_RETURNED = 7 << 16 ///< from a bracketed call
};

/// (footprints.c) Forgets all; what all acts of the execution amount to.
void lw_footprints_begin_(void);
uint64_t lw_footprints_class_(void);

#pragma clang assume_nonnull end
