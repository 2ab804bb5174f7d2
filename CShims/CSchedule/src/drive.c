// Executions in a row, run by the thread of their first part: it begins each of them, takes its part, and has the next
// one begin where this one ended. An execution begins and ends there most of the time anyway; run by a thread that has
// no part, it would cost two hand-overs more, to a thread that sleeps and back from it.
//
// Whoever asked for them sleeps meanwhile, and looks now and then whether they go on: where an execution does not end,
// the thread that runs it may be the very one that hangs.
#include "control.h"

/// The calling thread's member, while it runs executions.
static _Thread_local lw_member *_Nullable driver;

/// For tools that follow synchronisation, as in members.c: the work begins after what was done before, and what is read
/// afterwards comes after it.
static _Atomic uint32_t works_given, works_done;
__attribute__((noinline)) static void work_is_given(void) { atomic_fetch_add(&works_given, 1); }
__attribute__((noinline)) static void follow_what_was_before(void) { atomic_load(&works_given); }
__attribute__((noinline)) static void work_is_done(void) { atomic_fetch_add(&works_done, 1); }
__attribute__((noinline)) static void follow_work(void) { atomic_load(&works_done); }

LW_UNSEEN bool lw_drive_is_here_(void) { return driver != NULL; }

LW_UNSEEN void lw_drive_work_(lw_member *self) {
  // What is done between executions is no act of a member.
  lw_member_self_ = NULL;
  lw_controller_.holder = NULL;
  driver = self;
  atomic_store(&lw_controller_.progress, LW_PROGRESS_BETWEEN);
  follow_what_was_before();
  lw_controller_.work(lw_controller_.work_context);
  work_is_done();
  driver = NULL;
  lw_member_self_ = self;
  lw_controller_.work = NULL;
  atomic_store(&lw_controller_.progress, LW_PROGRESS_OVER);
  lw_token_wake_(&lw_controller_.progress);
}

LW_UNSEEN void lw_drive_execution_(lw_member *next) {
  lw_member *self = driver;
  lw_member_self_ = self;
  lw_controller_.holder = self;
  if (next != self) {
    if (next) lw_token_give_(next);
    lw_token_await_(self); // for ever, when nobody can go on
  }
  lw_member_play_(self);
  next = lw_decide_(self, LW_POINT_PARK, 0);
  bool is_over = !next && lw_controller_.result.end == LW_EXECUTION_ENDED;
  if (next) lw_token_give_(next);
  if (!is_over) lw_token_await_(self); // the last one to act gives it back; nobody does after any other end
  lw_member_self_ = NULL;
  lw_controller_.holder = NULL;
}

LW_UNSEEN bool lw_control_drive(void (*work)(void *context), void *context, uint64_t stall_ns,
                                lw_execution_result *result) {
  if (!lw_controller_.session) lw_fatal("executions in a row need a session");
  if (lw_member_self_ || driver) lw_fatal("executions in a row were begun from inside of one");
  if (lw_controller_.given_up) lw_fatal("an execution did not end, so no other can begin in this process");
  lw_members_pool_(1);
  lw_controller_.work = work;
  lw_controller_.work_context = context;
  lw_controller_.result = (lw_execution_result){.end = LW_EXECUTION_ENDED};
  atomic_store(&lw_controller_.progress, LW_PROGRESS_BETWEEN);
  work_is_given();
  lw_controller_.driver = lw_members_first_();
  lw_token_give_(lw_controller_.driver);
  bool over = lw_control_watch_(stall_ns);
  lw_controller_.driver = NULL;
  follow_work();
  if (over && lw_controller_.result.end == LW_EXECUTION_ENDED) return true;
  lw_controller_.work = NULL;
  lw_members_gather_(); // what was done up to the execution that did not end
  *result = lw_control_give_up_(over);
  return false;
}
