// Where a member stands, in a sentence: for reports of executions that did not end. Uses neither the heap nor a lock,
// either of which the member may have stopped in the middle of.
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control.h"

/// First line of a file of /proc about a thread, without its end; empty when there is none.
static void first_line(const lw_member *member, const char *name, char *line, size_t bytes) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/%s", member->system_id, name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? 0 : read(file, line, bytes - 1);
  line[length < 0 ? 0 : length] = 0;
  for (char *at = line; *at; at++)
    if (*at == '\n') *at = 0;
  if (file >= 0) close(file);
}

/// A member that the controller let go and that passed no point since.
LW_UNSEEN static void tell_of_the_running(const lw_member *member, const char *where, char *sentence, size_t bytes) {
  char place[64], call[64];
  const char *last = lw_point_name(member->kind);
  first_line(member, "wchan", place, sizeof place);
  first_line(member, "syscall", call, sizeof call);
  int number = -1;
  bool in_a_call = sscanf(call, "%d", &number) == 1 && number >= 0;
  if (place[0] != 0 && place[0] != '0')
    snprintf(sentence, bytes, "blocks in %s of the system, %s (last point: %s)", place, where, last);
  else if (in_a_call)
    snprintf(sentence, bytes, "blocks in system call %d, %s (last point: %s)", number, where, last);
  else
    snprintf(sentence, bytes, "runs and passes no point (last one: %s)", last);
}

LW_UNSEEN void lw_awaits_slow_(const lw_awaited *awaited) {
  if (lw_member_self_) lw_member_self_->awaited = awaited;
}

/// "the mutex 0x1c, held by thread-2", "the slim lock 0x5640, shared by 2 threads".
LW_UNSEEN static void tell_of_the_awaited(const lw_awaited *awaited, char *words, size_t bytes) {
  char name[32] = "a thread that has ended", others[32] = "", sharers[32] = "";
  lw_thread_number number = awaited->thread ? awaited->thread(awaited->object) : 0;
  if (number != LW_THREAD_ENDED) lw_thread_name(number, name);
  if (awaited->others != 0)
    snprintf(others, sizeof others, ", and %u other%s", awaited->others, awaited->others == 1 ? "" : "s");
  uint32_t count = awaited->sharers ? awaited->sharers(awaited->object) : 0;
  if (count != 0) snprintf(sharers, sizeof sharers, ", shared by %u thread%s", count, count == 1 ? "" : "s");
  snprintf(words, bytes, "the %s 0x%llx%s%s%s%s%s%s", awaited->kind, (unsigned long long)awaited->shown,
           number ? ", " : "", number ? awaited->relation : "", number ? " " : "", number ? name : "", sharers, others);
}

LW_UNSEEN static void tell_of_the_parked(const lw_member *member, char *sentence, size_t bytes) {
  const char *what = lw_member_is_unparked_(member) ? "could go on, parked for"
                     : member->deadline != LW_NEVER ? "waits for a time, parked for"
                                                    : "is parked and nobody lets it go, for";
  char words[128];
  if (member->awaited) {
    tell_of_the_awaited(member->awaited, words, sizeof words);
    snprintf(sentence, bytes, "%s %s", what, words);
  } else if (member->object)
    snprintf(sentence, bytes, "%s %p", what, member->object);
  else
    snprintf(sentence, bytes, "%s nothing that has a name", what);
}

LW_UNSEEN bool lw_control_member_takes_part(uint32_t index) {
  const lw_member *member = &lw_members_[index < LW_MEMBERS_MAX ? index : 0];
  bool rests = member->state == LW_MEMBER_RESTING || member->state == LW_MEMBER_LEFT;
  return member->ordinal != 0 || !(rests || member->state == LW_MEMBER_PARKED);
}

LW_UNSEEN void lw_control_member_sentence(uint32_t index, char *sentence, size_t bytes) {
  const lw_member *member = &lw_members_[index < LW_MEMBERS_MAX ? index : 0];
  char name[LW_THREAD_NAME_BYTES];
  switch (member->state) {
  case LW_MEMBER_RESTING:
  case LW_MEMBER_LEFT:
    snprintf(sentence, bytes, "has ended");
    return;
  case LW_MEMBER_PARKED:
    tell_of_the_parked(member, sentence, bytes);
    return;
  case LW_MEMBER_LOCKING:
    // relaxed: whoever holds it stands still.
    lw_thread_name(atomic_load_explicit(&member->lock->owner_, memory_order_relaxed), name);
    snprintf(sentence, bytes, "waits for the lock %p, held by %s", (const void *)member->lock, name);
    return;
  case LW_MEMBER_JOINING:
    lw_thread_name(member->joined->number, name);
    snprintf(sentence, bytes, "waits for the end of %s", name);
    return;
  case LW_MEMBER_POLLING:
    snprintf(sentence, bytes, "waits for what comes from outside");
    return;
  case LW_MEMBER_OUTSIDE:
    if (atomic_load(&member->returned))
      snprintf(sentence, bytes, "could go on, back from outside of control");
    else
      tell_of_the_running(member, "as announced", sentence, bytes);
    return;
  case LW_MEMBER_READY:
    if (member == lw_control_holder_())
      tell_of_the_running(member, "outside of control", sentence, bytes);
    else
      snprintf(sentence, bytes, "could go on, from the point: %s", lw_point_name(member->kind));
    return;
  }
}
