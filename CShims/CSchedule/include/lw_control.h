// The controller: the same threads as in a free run, exactly one of them running, and every decision about order taken
// by one rule and a list of departures from it.
//
// In a *session* every thread that `lw_thread_create` makes is a *member*; it runs only while it holds the token. An
// *execution* gives some pooled members something to do and lets the token wander until all of them have ended and no
// member can go on. A member holds the token until it passes a point or parks; there a *decision* is taken.
//
// The default rule: the member goes on; when it cannot, the next one that can, in the order of their numbers; when none
// can, the earliest deadline passes; when there is none, the world outside is waited for: a bracketed call that
// returns, or a readiness. A member that has passed LW_FAIR_POINTS points while others could go on stands back once,
// and so does everybody when the world was passed over that often, or a deadline LW_PATIENT_POINTS times: members that
// only hand back and forth would otherwise keep time from passing. A *deviation* is one departure from this rule, named
// by who decided, at his how-manieth decision, and what was chosen instead. A schedule *is* its list of deviations: the
// same list on the same program repeats the same execution. A prescribed deviation that comes from outside is waited
// for.
//
// Members are numbered by the order in which they came to be in the session, so a fresh process numbers them the same.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

enum {
  LW_MEMBERS_MAX = 64,
  LW_DEVIATIONS_MAX = 4096,
  LW_ALTERNATIVES_MAX = 512, ///< each member in three ways, and every outside source; of a choice the first so many
  LW_DECISIONS_MAX = 65535,  ///< of one member in one execution
  LW_LEFT_BEHIND_MAX = 1000, ///< threads, in a process
  LW_FAIR_POINTS = 1000,
  LW_PATIENT_POINTS = 4000,
  LW_STRANGERS_MAX = 16,
  LW_OFTEN_POINTS = 2000 ///< of lw_point_often that a member passes one by one
};

// ------------------------------------------------------------------------------------------------------- deviations

/// What a decision lets happen next. `X(symbol, name)`; the name is what steps print.
#define LW_TURNS(X)                                                                                                    \
  X(LW_TURN_RUN, "runs")          /* member `value` goes on                                                    */      \
  X(LW_TURN_TIMEOUT, "times out") /* the deadline of member `value` passes                                     */      \
  X(LW_TURN_WAKE, "wakes")        /* member `value` returns from its park although nobody let it go            */      \
  X(LW_TURN_VALUE, "chooses")     /* `lw_choose` returns `value`                                               */      \
  X(LW_TURN_READY, "is ready")    /* readiness of source `value`, by its place among the watched, is delivered */

typedef enum __attribute__((enum_extensibility(closed))) lw_turn {
#define X(symbol, name) symbol,
  LW_TURNS(X)
#undef X
      LW_TURN_COUNT
} lw_turn;
const char *lw_turn_name(lw_turn turn);

/// One alternative of a decision, or one departure from the default rule: 8 bytes, flat.
typedef struct lw_deviation {
  uint16_t member;  ///< who decided, from 0
  uint16_t ordinal; ///< his how-manieth decision of the execution, from 0
  uint16_t turn;    ///< lw_turn
  uint16_t value;
} lw_deviation;

// -------------------------------------------------------------------------------------------------------- strategies

/// Who departs from the default rule, and when.
typedef enum __attribute__((enum_extensibility(closed))) lw_strategy_kind {
  LW_STRATEGY_NONE,   ///< only the prescribed deviations
  LW_STRATEGY_RANDOM, ///< a random walk: any alternative, by preference where a block's lifetime is touched
  LW_STRATEGY_PCT,    ///< random priorities with `depth` - 1 random points of change (Burckhardt et al. 2010)
  LW_STRATEGY_POS, ///< a random priority for each act, drawn anew for what races with the last one (Yuan et al. 2018)
  /// Random priorities, every other time with the layer's threads below the program's; now and then a thread is held up
  /// where it ends a request or a block, or another where it writes for the request or tells of its end.
  LW_STRATEGY_LENDING
} lw_strategy_kind;

typedef struct lw_strategy {
  lw_strategy_kind kind;
  uint64_t seed;
  uint32_t depth; ///< PCT: of the bug looked for, at least 1
  uint32_t steps; ///< PCT, LENDING: an estimate of the decisions of an execution
} lw_strategy;

// -------------------------------------------------------------------------------------------------------- executions

/// What one pooled member does.
typedef struct lw_part {
  const char *name; ///< at most 15 bytes are kept
  void (*entry)(void *_Nullable context);
  void *_Nullable context;
  bool awaits_cue; ///< begins when another part gives its cue, as a thread that is created; the first one does not
} lw_part;

/// Has the part at `place` begin, which awaits its cue: by a part of the same execution. A part that has begun, and
/// whoever calls elsewhere, is left alone. A part that is never given its cue is none of the execution's.
void lw_control_give_cue(uint32_t place);

/// Deviations taken, in the order of the execution, written before each takes effect; in memory that may outlive the
/// process.
typedef struct lw_schedule {
  _Atomic uint32_t count;
  uint32_t lost; ///< for which there was no room
  lw_deviation deviations[LW_DEVIATIONS_MAX];
} lw_schedule;

/// The list of a schedule as a reader in any process finds it; Swift does not import atomic fields.
static inline size_t lw_schedule_bytes(void) { return sizeof(lw_schedule); }
static inline uint32_t lw_schedule_count(const lw_schedule *schedule) {
  // acquire: pairs with the release that follows each deviation.
  uint32_t count = atomic_load_explicit(&schedule->count, memory_order_acquire);
  return count < LW_DEVIATIONS_MAX ? count : LW_DEVIATIONS_MAX;
}
static inline lw_deviation lw_schedule_deviation(const lw_schedule *schedule, uint32_t index) {
  return schedule->deviations[index];
}

/// One decision, as the log of an execution keeps it: what was chosen, where, and what else there was. Entries follow
/// each other without gaps: the alternatives stand right behind, the default first.
typedef struct lw_decision {
  uint32_t step;
  uint16_t member;
  uint16_t ordinal;
  uint8_t kind;   ///< lw_point_kind of the point, LW_POINT_PARK where the member could not go on
  uint8_t access; ///< lw_access of the act that was announced there
  uint16_t chosen;
  uint16_t count;
  uint16_t bytes;  ///< of the entry with its alternatives
  uint64_t state;  ///< equal where everything that was done before differs only in the order of independent acts
  uint64_t place;  ///< where the member stands, 0 when nobody knows: of a program an address in its file, else lw_place
  uint64_t object; ///< the address of what the announced act touches; 0 for nothing
} lw_decision;
static inline const lw_deviation *lw_decision_alternatives(const lw_decision *decision) {
  return (const lw_deviation *)(const void *)(decision + 1);
}

typedef struct lw_execution {
  const lw_part *parts;
  uint32_t part_count;
  uint32_t steps_max; ///< decisions after which the execution counts as endless
  const lw_deviation *_Nullable prescribed;
  uint32_t prescribed_count;
  lw_strategy strategy;
  uint32_t stop_before; ///< the step before which `lw_control_stop_here` is called, for a debugger; UINT32_MAX: none
  uint64_t patience_ns; ///< real time for which a prescribed readiness is waited for before it is stray; 0: for ever
  uint64_t stall_ns;    ///< real time without a decision after which the execution is given up; 0: never
  lw_schedule *taken;
  void *_Nullable log; ///< room for the log of decisions, aligned to 8; NULL for none
  size_t log_bytes;
  uint64_t *_Nullable log_used; ///< written behind each of them, where somebody wants to know although a process died
} lw_execution;

typedef enum __attribute__((enum_extensibility(closed))) lw_execution_end {
  LW_EXECUTION_ENDED,
  LW_EXECUTION_STUCK,   ///< nothing can go on and no outside source is pending (LW012)
  LW_EXECUTION_ENDLESS, ///< `steps_max` decisions were taken
  LW_EXECUTION_STALLED  ///< the running member blocks or loops outside the controller's knowledge
} lw_execution_end;

typedef struct lw_execution_result {
  lw_execution_end end;
  uint32_t steps;    ///< decisions, those without an alternative included
  uint32_t switches; ///< of the running member
  uint32_t stray;    ///< prescribed deviations that fitted nowhere
  uint64_t class_;   ///< equal for executions that differ only in the order of independent acts
  size_t log_bytes;  ///< of the log, used
  bool log_full;
  uint64_t points_reached; ///< bit n: a point of lw_point_kind n was passed
} lw_execution_result;

/// Begins the session of this process: from here on created threads are members. Threads that exist already are not,
/// and neither is the caller.
void lw_control_begin(void);
/// Whether a session has begun.
bool lw_control_is_on(void);
/// Whether the calling thread is a member: what it asks `lw_choose` is then a decision of an execution.
bool lw_control_is_member(void);
/// Whether it is one and has the token: not in a call that it has bracketed.
bool lw_control_is_bound(void);
/// Has the calling member pass its points unnoticed from now on, or no longer; returns how it was. Parks are none.
bool lw_control_mute(bool is_muted);
/// The number of the calling member's execution in its session, from 1; 0 for other threads.
uint32_t lw_control_execution(void);
/// Runs one execution and returns when all its parts have ended and no member can go on. Call it from the one thread
/// that began the session. After any other end than LW_EXECUTION_ENDED the members stand where they are for good, and
/// no other execution can begin in this process unless they can be left behind.
lw_execution_result lw_control_execute(const lw_execution *execution);
/// Has the thread of the first part do `work`, which may run any number of executions one after the other: none of them
/// needs a hand-over to begin or to end then, which is a tenth of what a short one costs. Call it as
/// lw_control_execute, which `work` calls as usual. Returns true when `work` has returned. Returns false, with what
/// became of it, when an execution did not end, by itself or with no decision in `stall_ns` (0: for ever): then `work`
/// stands in its midst for good, and its `context` is never free again.
bool lw_control_drive(void (*work)(void *_Nullable context), void *_Nullable context, uint64_t stall_ns,
                      lw_execution_result *result);
/// After an execution that ended LW_EXECUTION_STUCK or LW_EXECUTION_ENDLESS: leaves the threads of its parts where they
/// stand, with all that they hold, for the life of the process; other threads take their places, so that an execution
/// can begin again. What they share with later executions is left as it was in their midst: whoever goes on shows first
/// that the default order ends as it did before. False when that cannot be: a thread that a part made has not ended
/// either, a thread of long standing wants a lock or has not come back, or LW_LEFT_BEHIND_MAX would be more.
bool lw_control_leave_behind(void);
/// Whether the thread that the system knows by this number was left behind.
bool lw_control_has_left_behind(int32_t system_id);
/// Called in the thread that is about to act, before the step of `stop_before`. Does nothing: put a breakpoint here.
void lw_control_stop_here(void);
/// How many members there are; members keep their numbers.
uint32_t lw_control_member_count(void);
/// The name of a member, and one sentence about where it stands now: "waits for the lock 0x..., held by NAME". For
/// reports of executions that did not end.
void lw_control_member_name(uint32_t member, char name[_Nonnull LW_THREAD_NAME_BYTES]);
void lw_control_member_sentence(uint32_t member, char *sentence, size_t bytes);
/// Whether it has done anything in this execution, or can: others are of earlier ones and wait for nothing of this one.
bool lw_control_member_takes_part(uint32_t member);
/// The place that `lw_here` told of where it stands, 0 when it told of none. Its file and line, NULL and 0 when it
/// is one in the code; and the address then, else 0.
uint64_t lw_control_member_place(uint32_t member);
static inline uint64_t lw_place_code(uint64_t place) {
  return place & LW_PLACE_IS_CODE ? place & ~LW_PLACE_IS_CODE : 0;
}
static inline const char *_Nullable lw_place_file(uint64_t place) {
  return lw_place_code(place) ? NULL : (const char *)(uintptr_t)(place >> 16);
}
static inline uint32_t lw_place_line(uint64_t place) { return lw_place_code(place) ? 0 : place & 0xffff; }
/// The member whose thread has this number, or had it last; -1 when there is none.
int32_t lw_control_member_of(lw_thread_number number);
/// The member whose thread the system knows by this number; 0 when there is none.
lw_thread_number lw_control_thread_of(int32_t system_id);
/// Up to `most` numbers of living threads that `lw_thread_create` made before the session began: no token binds them,
/// and an execution that waits for one of them may not end. For reports of executions that did not end.
uint32_t lw_control_older_threads(lw_thread_number *numbers, uint32_t most);

/// How many threads that are no members have passed a point while an execution ran, LW_STRANGERS_MAX at most, since the
/// last were forgotten; and a sentence about one: "NAME passed the point 'user'". What they do is in no schedule.
void lw_control_forget_strangers(void);
uint32_t lw_control_stranger_count(void);
void lw_control_stranger_sentence(uint32_t stranger, char *sentence, size_t bytes);

/// What every replay token of this version begins with.
#define LW_REPLAY_TOKEN_PREFIX "lw1-"
/// Writes the token of a schedule, terminated, into `bytes` of room; returns its length, 0 when there was too little.
/// The layout is Exploration's ReplayToken's. Async-signal-safe.
size_t lw_replay_token_write(char *text, size_t bytes, uint32_t digest, const uint64_t *_Nullable settings,
                             uint32_t setting_count, const lw_deviation *_Nullable deviations, uint32_t count);
/// The checksum that a token begins with, of all that follows it.
uint16_t lw_replay_token_sum(const uint8_t *_Nullable bytes, size_t count);
/// From now on a crash of the process says on standard error that it is an execution of `scenario`, and its token, and
/// goes on as it would have; NULL: no more. `scenario` stays where it is meanwhile.
void lw_control_tell_of_crash(const char *_Nullable scenario, uint32_t digest);

// --------------------------------------------------------------------------------------------------- whole programs

enum { LW_PROGRAM_VERSION = 5, LW_PROGRAM_SENTENCE = 160 };

/// What a command that explores a program and the program share: a file, named by LATEWRITE_CONTROL. The command fills
/// the first half in; `log_bytes` of room for the log of decisions stand behind it, and then room for `events_max`
/// events.
typedef struct lw_program {
  uint32_t version;
  uint32_t steps_max;
  uint32_t stop_before;
  uint32_t processor; ///< lw_stay_on_processor
  uint64_t log_bytes; ///< a multiple of 64
  uint32_t events_max;
  lw_strategy strategy;
  uint32_t prescribed_count;
  lw_deviation prescribed[LW_DEVIATIONS_MAX];
  // By the program.
  lw_schedule taken;
  uint64_t log_used;
  _Atomic uint32_t event_count; ///< their threads are members
  _Atomic uint32_t is_noted;    ///< 1: what follows is whole; 0 when the program was killed or crashed
  uint32_t member_count;
  lw_execution_result result;
  char names[LW_MEMBERS_MAX][LW_THREAD_NAME_BYTES];
  char standing[LW_MEMBERS_MAX][LW_PROGRAM_SENTENCE]; ///< of an execution that did not end
  uint64_t places[LW_MEMBERS_MAX];                    ///< where they stand then, as in lw_decision
  uint64_t awaited[LW_MEMBERS_MAX];                   ///< the variable that they wait for, likewise; 0: it is none
} lw_program;
static inline size_t lw_program_bytes(void) { return sizeof(lw_program); }
static inline bool lw_program_is_noted(const lw_program *program) {
  // acquire: pairs with the release behind the result.
  return atomic_load_explicit(&program->is_noted, memory_order_acquire) != 0;
}
static inline const lw_schedule *lw_program_taken(const lw_program *program) { return &program->taken; }
/// What the command fills in; everything else is zero.
static inline void lw_program_fill(lw_program *program, const lw_strategy *strategy, const lw_deviation *_Nullable list,
                                   uint32_t count, uint32_t steps_max, uint32_t stop_before, uint32_t processor,
                                   uint64_t log_bytes, uint32_t events_max) {
  program->version = LW_PROGRAM_VERSION;
  program->steps_max = steps_max;
  program->stop_before = stop_before;
  program->processor = processor;
  program->log_bytes = log_bytes;
  program->events_max = events_max;
  program->strategy = *strategy;
  program->prescribed_count = count < LW_DEVIATIONS_MAX ? count : LW_DEVIATIONS_MAX;
  for (uint32_t i = 0; i < program->prescribed_count; i++) program->prescribed[i] = list[i];
}
static inline const char *lw_program_member_name(const lw_program *program, uint32_t member) {
  return program->names[member < LW_MEMBERS_MAX ? member : 0];
}
static inline uint64_t lw_program_member_place(const lw_program *program, uint32_t member) {
  return program->places[member < LW_MEMBERS_MAX ? member : 0];
}
static inline uint64_t lw_program_member_awaited(const lw_program *program, uint32_t member) {
  return program->awaited[member < LW_MEMBERS_MAX ? member : 0];
}
static inline const char *lw_program_member_sentence(const lw_program *program, uint32_t member) {
  return program->standing[member < LW_MEMBERS_MAX ? member : 0];
}
static inline uint32_t lw_program_event_count(const lw_program *program) {
  // acquire: pairs with the store behind each event.
  uint32_t count = atomic_load_explicit(&program->event_count, memory_order_acquire);
  return count < program->events_max ? count : program->events_max;
}
static inline lw_execution_result lw_program_result(const lw_program *program) { return program->result; }

/// Brackets a call that may block outside the controller's knowledge (a read, a foreign lock): others go on meanwhile,
/// and its return is an outside source. Does nothing outside of controlled executions.
void lw_outside_begin(void);
void lw_outside_end(void);

#pragma clang assume_nonnull end
