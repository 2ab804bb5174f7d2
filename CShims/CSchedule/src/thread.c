// Threads: their small numbers, their names, and starting and ending them. A number is taken from a lock-free list,
// last in, first out, because adoption may happen inside a signal handler or inside the lock itself (which needs a
// number).
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>

#include "footprints.h"
#include "lw_program_thread.h"

struct lw_thread {
  pthread_t handle;
  void (*_Nullable entry)(void *_Nullable context);
  void *_Nullable (*_Nullable start)(void *_Nullable context); ///< in place of the entry, of a program's own thread
  void *_Nullable context;
  lw_thread_number number;
  lw_member *_Nullable member; ///< in a controlled session
  _Atomic uint32_t references; ///< the thread itself and whoever will join or detach it
};

typedef struct number_slot {
  _Atomic uint64_t name[2]; ///< LW_THREAD_NAME_BYTES, kept after the thread has ended
  _Atomic uint32_t next;    ///< in the list of free numbers
  lw_thread *_Nullable created;
} number_slot;

_Static_assert(sizeof(uint64_t[2]) == LW_THREAD_NAME_BYTES, "a name is two words");

_Thread_local lw_thread_number lw_thread_self_;

static number_slot slots[LW_THREAD_MAX];
/// The list's first free number in the low half (0: none), a tag that each change raises in the high half.
static _Atomic uint64_t free_numbers;
static _Atomic uint32_t highest;

static pthread_once_t end_key_once = PTHREAD_ONCE_INIT;
static pthread_key_t end_key;
static void (*_Atomic end_of_thread)(void);
static lw_pool threads = LW_POOL(lw_thread);

// --------------------------------------------------------------------------------------------------------- numbers

static lw_thread_number number_take(void) {
  uint64_t head = atomic_load(&free_numbers);
  while ((uint32_t)head != 0) {
    // The slot may be taken by another thread meanwhile; then its `next` is stale, but the tag has changed too.
    uint64_t next = atomic_load(&slots[(uint32_t)head].next) | (((head >> 32) + 1) << 32);
    if (atomic_compare_exchange_weak(&free_numbers, &head, next)) return (uint32_t)head;
  }
  uint32_t last = atomic_load(&highest);
  do
    if (last + 1 >= LW_THREAD_MAX) lw_fatal("more than 4095 threads are alive at the same time");
  while (!atomic_compare_exchange_weak(&highest, &last, last + 1));
  return last + 1;
}

static void number_give(lw_thread_number number) {
  uint64_t head = atomic_load(&free_numbers), changed;
  do {
    atomic_store(&slots[number].next, (uint32_t)head);
    changed = (((head >> 32) + 1) << 32) | number;
  } while (!atomic_compare_exchange_weak(&free_numbers, &head, changed));
}

lw_thread_number lw_thread_highest(void) { return atomic_load(&highest); }

LW_UNSEEN bool lw_thread_is_uncontrolled_(lw_thread_number number) {
  return slots[number].created && !slots[number].created->member;
}

// ----------------------------------------------------------------------------------------------------------- names

static void name_store(lw_thread_number number, const char *name) {
  uint64_t words[2] = {0, 0};
  memcpy(words, name, strnlen(name, LW_THREAD_NAME_BYTES - 1));
  // relaxed: a name is for people; one that is read while it changes may be half of each.
  atomic_store_explicit(&slots[number].name[0], words[0], memory_order_relaxed);
  atomic_store_explicit(&slots[number].name[1], words[1], memory_order_relaxed);
}

void lw_thread_name(lw_thread_number number, char name[LW_THREAD_NAME_BYTES]) {
  uint64_t words[2] = {0, 0};
  if (number < LW_THREAD_MAX) {
    // relaxed: as in name_store.
    words[0] = atomic_load_explicit(&slots[number].name[0], memory_order_relaxed);
    words[1] = atomic_load_explicit(&slots[number].name[1], memory_order_relaxed);
  }
  memcpy(name, words, sizeof words);
  name[LW_THREAD_NAME_BYTES - 1] = 0;
}

void lw_thread_rename_(lw_thread_number number, const char *name) { name_store(number, name); }

void lw_thread_set_name(const char *name) {
  lw_thread_number self = lw_thread_self();
  name_store(self, name);
  char kept[LW_THREAD_NAME_BYTES];
  lw_thread_name(self, kept);
  prctl(PR_SET_NAME, kept);
  lw_noise_forget_();
}

// ----------------------------------------------------------------------------------------------- beginning and end

/// Whoever comes last, the thread's end or its join or detach, gives the record back and then gives the number back.
static bool thread_drop(lw_thread *thread) {
  // Sequentially consistent: what either side did with the number happens before the number's next use.
  if (atomic_fetch_sub(&thread->references, 1) != 1) return false;
  slots[thread->number].created = NULL;
  if (thread->member) thread->member->reusable = true;
  lw_pool_give(&threads, thread);
  return true;
}

void lw_thread_at_end(void (*ended)(void)) { atomic_store(&end_of_thread, ended); }

/// How often the system has called `thread_ended` for the calling thread.
static _Thread_local int rounds;

/// Runs at the thread's exit. A destructor that runs later and calls this module again is adopted under a new number;
/// of a member all others run first, in the rounds that the system makes while some are set anew: they are acts of its,
/// too. The last round is the sanitizers' own.
static void thread_ended(void *slot) {
  bool may_wait = lw_member_self_ && ++rounds < PTHREAD_DESTRUCTOR_ITERATIONS - 1;
  if (may_wait && pthread_setspecific(end_key, slot) == 0) return;
  void (*ended)(void) = atomic_load(&end_of_thread);
  if (ended) ended();
  lw_thread_number number = (lw_thread_number)((number_slot *)slot - slots);
  lw_thread *created = slots[number].created;
  lw_member *member = lw_member_self_;
  bool last = !created || thread_drop(created);
  lw_thread_self_ = 0;
  if (last) number_give(number);
  if (member) lw_member_end_(member); // last of all: from here on others run
}

static void make_end_key(void) {
  if (pthread_key_create(&end_key, thread_ended) != 0) lw_fatal("the system has no thread-specific key left");
}

/// From here on the calling thread is `number`, until it exits.
static void thread_begun(lw_thread_number number) {
  lw_thread_self_ = number;
  pthread_once(&end_key_once, make_end_key);
  // A failure (no memory) costs one number: it is then never given back.
  pthread_setspecific(end_key, &slots[number]);
}

lw_thread_number lw_thread_adopt_(void) {
  int saved = errno;
  lw_thread_number number = number_take();
  thread_begun(number);
  char name[LW_THREAD_NAME_BYTES] = "";
  prctl(PR_GET_NAME, name);
  name_store(number, name);
  errno = saved;
  return number;
}

static void *_Nullable thread_main(void *argument) {
  lw_thread *thread = argument;
  thread_begun(thread->number);
  char name[LW_THREAD_NAME_BYTES];
  lw_thread_name(thread->number, name);
  prctl(PR_SET_NAME, name);
  if (thread->member) lw_member_begin_(thread->member);
  if (thread->start) return thread->start(thread->context);
  thread->entry(thread->context);
  return NULL;
}

static void give_up(lw_thread *thread) {
  lw_thread_number number = thread->number;
  if (thread_drop(thread)) number_give(number);
}

/// Starts a record's thread. Gives the record up and sets errno when the system refuses.
static lw_thread *_Nullable start(lw_thread *thread, const char *name, const pthread_attr_t *_Nullable attributes) {
  thread->number = number_take();
  atomic_store(&thread->references, 2);
  slots[thread->number].created = thread;
  name_store(thread->number, name);
  thread->member = lw_control_is_on() ? lw_member_make_(thread->number) : NULL;
  // The system allocates while it makes the thread, and an allocation of a program may be a point; nobody may be chosen
  // to run who is not there yet.
  lw_member *self = lw_member_self_;
  if (self) self->is_muted = true;
  int failed = pthread_create(&thread->handle, attributes, thread_main, thread);
  if (self) self->is_muted = false;
  if (failed == 0) {
    if (thread->member) thread->member->state = LW_MEMBER_READY;
    return thread;
  }
  atomic_store(&thread->references, 1);
  give_up(thread);
  errno = failed;
  return NULL;
}

lw_thread *lw_thread_create(const char *name, void (*entry)(void *context), void *context) {
  lw_thread *thread = lw_pool_take(&threads);
  if (!thread) return NULL;
  thread->entry = entry;
  thread->context = context;
  return start(thread, name, NULL);
}

/// A member waits for another one's end without the processor; the system's own wait is short then.
static void await_end(lw_thread *thread) {
  lw_member *self = lw_member_self_;
  if (!self || !thread->member) return;
  self->joined = thread->member;
  lw_control_block_(self, LW_MEMBER_JOINING, thread);
  lw_footprints_step_(self, LW_ACT_JOINED);
}

void lw_thread_join(lw_thread *thread) {
  await_end(thread);
  if (pthread_join(thread->handle, NULL) != 0) lw_fatal("a thread was joined that cannot be joined");
  give_up(thread);
}

void lw_thread_detach(lw_thread *thread) {
  if (pthread_detach(thread->handle) != 0) lw_fatal("a thread was detached that cannot be detached");
  give_up(thread);
}

lw_thread_number lw_thread_number_of(const lw_thread *thread) { return thread->number; }

// ----------------------------------------------------------------------------------------- threads of a program's own

lw_thread *lw_program_thread_start_(const char *name, const pthread_attr_t *attributes,
                                    void *(*start_routine)(void *context), void *context) {
  lw_thread *thread = lw_pool_take(&threads);
  if (!thread) {
    errno = EAGAIN;
    return NULL;
  }
  thread->start = start_routine;
  thread->context = context;
  return start(thread, name, attributes);
}

pthread_t lw_program_thread_handle_(const lw_thread *thread) { return thread->handle; }

int lw_program_thread_join_(lw_thread *thread, void **result) {
  await_end(thread);
  int failed = pthread_join(thread->handle, result);
  give_up(thread);
  return failed;
}

void lw_program_thread_forget_(lw_thread *thread) { give_up(thread); }
