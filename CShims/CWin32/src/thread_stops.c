// SuspendThread and TerminateThread of threads that run.
//
// A thread may be stopped in the program's own code and where it sleeps, and nowhere else: in this layer it may hold a
// lock, or have promised to wake somebody. So it is asked, by a signal. Its handler looks where the thread is: asleep -
// then it counts as stopped, and stays when it wakes; in the program - then it stays, or leaves, right there; in the
// layer - then it is asked again a moment later, because no call of the layer takes long but by sleeping. Which of the
// three is told by the stack: the layer's functions and the program's are in sections of their own (CRuntime/layer.h,
// lw_free_names.h), and all others' - libraries', a sanitizer's, what is called for each access of memory
// (CRuntime/src/shared_access.h) - count as those of whoever called them.
//
// A thread that leaves while it is in a library (printf) may leave a lock of that library taken; on Windows, too.
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"
#include "lw_control.h"
#include "lw_sections.h"
#include "lw_stack.h"
#include "thread_sleeps.h"

typedef enum lw_thread_answer {
  ANSWER_NONE,
  ANSWER_BUSY,
  ANSWER_ASLEEP,
  ANSWER_BOUND,
  ANSWER_STOPPED,
  ANSWER_DEAF ///< it cannot hear the question: the asker's own
} lw_thread_answer;

/// The system's library blocks all signals for short times; a thread that has blocked this one for DEAF_MAX times
/// LOOKS_MAX pauses, a second, has done it itself.
enum { ASKS_MAX = 5000, FRAMES_MAX = 64, LOOKS_MAX = 50, PAUSE_NS = 200000, DEAF_MAX = 100 };

static int asking_signal(void) { return SIGRTMAX - 2; }

// ------------------------------------------------------------------------------------------------------- in the thread

/// Whether the code that the signal interrupted is the program's, or a library's that the program has called.
static bool is_in_program(const void *context) {
  uint64_t frames[FRAMES_MAX];
  size_t count = lw_stack_frames(lw_stack_capture_context(context), frames, FRAMES_MAX);
  for (size_t i = 0; i < count; i++) {
    if (lw_is_of_layer(frames[i])) return false;
    if (lw_is_of_program(frames[i])) return true;
  }
  return false;
}

void lw_thread_stay_(lw_thread_object *self) {
  lw_thread_stop *stop = &self->stop;
  while ((atomic_load(&stop->wanted) & (LW_STOP_HOLD | LW_STOP_LEAVE)) == LW_STOP_HOLD) {
    atomic_store(&stop->held, true);
    while ((atomic_load(&stop->wanted) & (LW_STOP_HOLD | LW_STOP_LEAVE)) == LW_STOP_HOLD) lw_park(self, LW_NEVER);
    // Who wants it held again after this store asks; who did before is seen by the outer loop.
    atomic_store(&stop->held, false);
  }
}

void lw_thread_hear_stops_(void) {
  sigset_t asking;
  sigemptyset(&asking);
  sigaddset(&asking, asking_signal());
  pthread_sigmask(SIG_UNBLOCK, &asking, NULL);
}

static void be_asked(int number, siginfo_t *information, void *context) {
  (void)number, (void)information;
  int saved = errno;
  lw_thread_object *self = lw_thread_known_();
  if (!self || atomic_load(&self->stop.answer) != ANSWER_NONE) return; // a question that is over
  lw_thread_sleep sleep = (lw_thread_sleep)atomic_load(&self->stop.sleep);
  bool is_leaving = atomic_load(&self->stop.is_leaving);
  lw_thread_answer answer = is_leaving                ? ANSWER_STOPPED
                            : sleep >= LW_SLEEP_LOOSE ? ANSWER_ASLEEP
                            : sleep == LW_SLEEP_BOUND ? ANSWER_BOUND
                            : is_in_program(context)  ? ANSWER_STOPPED
                                                      : ANSWER_BUSY;
  lw_thread_number asker = atomic_load(&self->stop.asker);
  atomic_store(&self->stop.answer, answer);
  lw_unpark(asker);
  if (answer == ANSWER_STOPPED && !is_leaving) {
    lw_thread_stay_(self);
    if (atomic_load(&self->stop.wanted) & LW_STOP_LEAVE) {
      atomic_store(&self->stop.is_leaving, true); // and not twice
      lw_thread_hear_stops_();
      lw_thread_leave_(self);
    }
  }
  errno = saved;
}

void lw_thread_leave_if_asked_(void) {
  lw_thread_object *self = lw_thread_known_();
  if (self && atomic_load(&self->stop.leaves)) lw_thread_leave_(self);
}

bool lw_sleep_stoppable_(lw_sleeper *sleeper, const _Atomic bool *other, const void *object, lw_time deadline,
                         lw_thread_sleep kind) {
  lw_thread_object *self = lw_thread_known_();
  bool counted = lw_port_thread_waits_();
  if (self) atomic_store(&self->stop.sleep, kind);
  bool released = kind == LW_SLEEP_POLLS ? lw_park_and_poll(&sleeper->released, other, object, deadline)
                                         : lw_park_until_either(&sleeper->released, other, object, deadline);
  if (self) {
    lw_thread_stay_(self);
    atomic_store(&self->stop.sleep, LW_SLEEP_NONE);
    // Whoever asked in between was told that it sleeps.
    lw_thread_stay_(self);
  }
  if (counted) lw_port_thread_goes_on_();
  return released;
}

// ------------------------------------------------------------------------------------------------------------- outside

bool lw_thread_can_stop_(void) { return lw_has_sections() && &lw_program_start_ && !lw_control_is_on(); }

static void prepare(void) {
  struct sigaction action = {.sa_sigaction = be_asked, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigemptyset(&action.sa_mask);
  lw_stack_prepare();
  sigaction(asking_signal(), &action, NULL);
}

/// One thread asks at a time; the others sleep, so that they can be stopped meanwhile.
static bool somebody_asks LW_GUARDED_BY(lw_dispatcher_);
static lw_wakes next_to_ask LW_GUARDED_BY(lw_dispatcher_);

static void begin_asking(void) {
  for (;;) {
    lw_sleeper self = lw_sleeper_();
    lw_dispatcher_enter_();
    bool waits = somebody_asks;
    somebody_asks = true;
    if (waits) lw_wakes_add_(&next_to_ask, &self);
    lw_lock_release(&lw_dispatcher_);
    if (!waits) return;
    lw_sleep_(&self, &next_to_ask, LW_NEVER);
  }
}

static void end_asking(void) {
  lw_dispatcher_enter_();
  somebody_asks = false;
  lw_wakes waiting = next_to_ask;
  next_to_ask.first = NULL;
  lw_dispatcher_leave_(&waiting);
}

/// What the thread has said by now. Held already, it hears nothing, and need not.
static lw_thread_answer answer_of(lw_thread_stop *stop) {
  bool leaves = atomic_load(&stop->wanted) & LW_STOP_LEAVE;
  return !leaves && atomic_load(&stop->held) ? ANSWER_STOPPED : (lw_thread_answer)atomic_load(&stop->answer);
}

/// Whether a thread has the signal blocked, with which it is asked.
static bool blocks_signal(int32_t system_id) {
  static const char key[] = "\nSigBlk:\t";
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/self/task/%d/status", system_id);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t bytes = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  if (bytes < 0) return false;
  text[bytes] = 0;
  const char *mask = strstr(text, key);
  return mask && strtoull(mask + sizeof key - 1, NULL, 16) >> (asking_signal() - 1) & 1;
}

/// Asks once; ANSWER_NONE when the thread has ended.
static lw_thread_answer ask(lw_thread_object *thread) {
  lw_thread_stop *stop = &thread->stop;
  atomic_store(&stop->asker, lw_thread_self());
  atomic_store(&stop->answer, ANSWER_NONE);
  uint32_t none = ANSWER_NONE;
  int deaf = 0;
  while (syscall(SYS_tgkill, getpid(), atomic_load(&stop->system_id), asking_signal()) == 0) {
    lw_thread_answer answer = answer_of(stop);
    for (int i = 0; i < LOOKS_MAX && answer == ANSWER_NONE; i++) {
      lw_park(stop, lw_clock_now() + PAUSE_NS);
      answer = answer_of(stop);
    }
    if (answer != ANSWER_NONE) return answer;
    deaf = blocks_signal(atomic_load(&stop->system_id)) ? deaf + 1 : 0;
    // From then on the question is over, whenever the signal arrives.
    if (deaf >= DEAF_MAX && atomic_compare_exchange_strong(&stop->answer, &none, ANSWER_DEAF)) return ANSWER_DEAF;
    none = ANSWER_NONE;
  }
  return ANSWER_NONE;
}

/// A thread that sleeps shall leave.
static bool wake_to_leave(lw_thread_object *thread, bool is_bound) {
  atomic_store(&thread->stop.leaves, true);
  if (!is_bound) {
    atomic_store(&thread->alerted, true);
    lw_unpark(thread->id);
    return true;
  }
  // Inside a call that waits for its operation: that ends, and then it is asked again.
  if (lw_files_cancel_synchronous_(thread->id)) return false;
  lw_thread_give_up_(thread, thread->terminated_with);
  return true;
}

bool lw_thread_stop_(lw_thread_object *thread) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, prepare);
  bool leaves = atomic_load(&thread->stop.wanted) & LW_STOP_LEAVE, done = false;
  begin_asking();
  if (leaves) lw_unpark(thread->id); // one that is held looks again
  lw_thread_answer answer = ANSWER_BUSY;
  for (int asks = 0; asks < ASKS_MAX && !done && answer != ANSWER_DEAF; asks++) {
    answer = ask(thread);
    bool sleeps = answer == ANSWER_ASLEEP || answer == ANSWER_BOUND;
    done = answer == ANSWER_NONE || answer == ANSWER_STOPPED ||
           (sleeps && (!leaves || wake_to_leave(thread, answer == ANSWER_BOUND)));
    if (!done) lw_park(thread, lw_clock_now() + PAUSE_NS);
  }
  end_asking();
  return done;
}
