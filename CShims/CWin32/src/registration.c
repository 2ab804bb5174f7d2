// Registering waits, by names that are never used twice, and their end.
//
// A name is generation (40 bits), slot index (22) and two zero bits. Generations begin at 256, so that no name looks
// like a handle of the handle table, and a name whose generation its slot has left behind was unregistered before.
#include "registration.h"
#include "accounting.h"
#include "joint.h"
#include "workers.h"

enum { INDEX_BITS = 22, TAG_BITS = 2, FIRST_GENERATION = 256 };

static lw_slots registrations LW_GUARDED_BY(lw_dispatcher_) = {.slot_bytes = sizeof(lw_registration)};
static uint64_t numbers LW_GUARDED_BY(lw_dispatcher_);

HANDLE lw_registration_name_(const lw_registration *r) {
  uint64_t name = r->generation << (INDEX_BITS + TAG_BITS) | (uint64_t)r->slot.index << TAG_BITS;
  return (HANDLE)(uintptr_t)name;
}

uint64_t lw_registration_generation_(HANDLE name) { return (uint64_t)(uintptr_t)name >> (INDEX_BITS + TAG_BITS); }

lw_registration *lw_registration_slot_(HANDLE name) LW_NO_THREAD_SAFETY_ANALYSIS {
  if (lw_registration_generation_(name) < FIRST_GENERATION) return NULL;
  return lw_slot_at_(&registrations, (uint64_t)(uintptr_t)name >> TAG_BITS & ((1u << INDEX_BITS) - 1));
}

// -------------------------------------------------------------------------------------------------------- register

lw_registration *lw_registration_take_(void) {
  lw_wait_thread *thread = lw_wait_thread_join_();
  while (!thread) {
    lw_lock_release(&lw_dispatcher_);
    bool added = lw_wait_thread_add_();
    lw_lock_acquire(&lw_dispatcher_);
    if (!added) return NULL;
    thread = lw_wait_thread_join_();
  }
  lw_registration *r = (lw_registration *)lw_slot_take_(&registrations);
  if (!r) {
    lw_wait_thread_leave_(thread);
    return NULL;
  }
  uint64_t generation = r->generation ? r->generation + 1 : FIRST_GENERATION;
  *r = (lw_registration){.slot = r->slot, .generation = generation, .number = ++numbers, .thread = thread};
  r->registered = true;
  return r;
}

BOOL lw_register_wait_(HANDLE *wait, HANDLE object, WAITORTIMERCALLBACK callback, void *context, ULONG ms, ULONG flags,
                       lw_loan loan, lw_wait_ended ended) {
  // A pseudo handle would be the wait thread's own.
  if (lw_handle_is_pseudo_(object)) return lw_failed_(ERROR_INVALID_HANDLE);
  lw_object *waited = lw_handle_object_for_(object, NULL, 0, "RegisterWaitForSingleObject");
  if (!waited) return FALSE;
  if (waited->type == &lw_mutex_type_) {
    lw_object_release_(waited);
    return lw_failed_(ERROR_INVALID_PARAMETER);
  }
  lw_workers_limit_(flags >> LW_LIMIT_SHIFT);
  lw_wakes wakes = {NULL};
  bool threads = flags & WT_EXECUTEINWAITTHREAD || lw_workers_prepare_();
  lw_dispatcher_enter_();
  lw_registration *r = threads ? lw_registration_take_() : NULL;
  if (r) {
    r->object = waited;
    r->handle = (HANDLE)((uintptr_t)object & ~(uintptr_t)3); // the two low bits never count
    r->callback = callback;
    r->context = context;
    r->ms = ms;
    r->flags = flags;
    r->loan = loan;
    r->ended = ended;
    *wait = lw_registration_name_(r); // before a callback can begin
    lw_event(LW_EVENT_REGISTER_WAIT, 0, r->number, 0, 0, loan.bits, (int64_t)(intptr_t)object);
    lw_registration_arm_(r, &wakes);
  }
  lw_dispatcher_leave_(&wakes); // from here on the registration may be gone
  if (!r) {
    lw_object_release_(waited);
    return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  }
  return TRUE;
}

BOOL lw_register_plain_wait_(HANDLE *wait, HANDLE object, WAITORTIMERCALLBACK callback, PVOID context, ULONG ms,
                             ULONG flags) {
  if (!wait || !callback) return lw_failed_(ERROR_INVALID_PARAMETER);
  return lw_register_wait_(wait, object, callback, context, ms, flags, (lw_loan){0}, NULL);
}

// ------------------------------------------------------------------------------------------------------------- end

/// Of a registration that is over, which only the thread that ends it still touches.
static uint32_t callbacks_returned(const lw_registration *r) LW_NO_THREAD_SAFETY_ANALYSIS { return r->returned; }
static lw_object *_Nullable completion_of(const lw_registration *r) LW_NO_THREAD_SAFETY_ANALYSIS {
  return r->completion;
}
static HANDLE _Nullable completion_handle_of(const lw_registration *r) LW_NO_THREAD_SAFETY_ANALYSIS {
  return r->completion_handle;
}

lw_object *lw_promised_event_(lw_object *promised, HANDLE handle) {
  DWORD last_error = GetLastError();
  lw_object *found = lw_handle_object_for_(handle, &lw_event_type_, 0, "SetEvent"); // reports what is no event
  if (!found)
    lw_event(LW_EVENT_SIGNAL, 0, (uint64_t)(uintptr_t)handle, 0, 0, 0, ERROR_INVALID_HANDLE);
  else if (found != promised)
    lw_report_(NULL, &(lw_finding){.rule = 9, .api = "SetEvent", .address = handle});
  SetLastError(last_error);
  return found;
}

void lw_registration_end_(lw_registration *r) {
  if (r->ended) r->ended(r->context, callbacks_returned(r)); // rule 4: before anybody is told

  lw_wakes wakes = {NULL};
  lw_object *object = r->object, *completion = completion_of(r), *set = NULL;
  if (completion) {
    lw_point(LW_POINT_SIGNAL, completion, LW_ACCESS_WRITE);
    set = lw_promised_event_(completion, completion_handle_of(r));
  }
  lw_dispatcher_enter_();
  if (set) lw_object_signal_(set, &wakes);
  if (r->ender) lw_wakes_add_(&wakes, r->ender);
  lw_timer_queue *ended = r->queue ? lw_timer_queue_leave_(r->queue, r) : NULL;
  lw_wait_thread_leave_(r->thread);
  lw_slot_give_(&registrations, &r->slot);
  lw_dispatcher_leave_(&wakes);
  if (set) lw_object_release_(set);
  if (completion) lw_object_release_(completion);
  if (object) lw_object_release_(object);
  if (ended) lw_timer_queue_end_(ended);
}

// ------------------------------------------------------------------------------------------------------ accounting

bool lw_handle_is_waited_for_(lw_object *object, HANDLE handle) {
  lw_dispatcher_enter_();
  lw_registration *r;
  TAILQ_FOREACH(r, &object->registrations, on_object) {
    if (r->handle == handle) break;
  }
  lw_lock_release(&lw_dispatcher_);
  return r != NULL;
}

uint64_t lw_registration_count_(void) {
  lw_dispatcher_enter_();
  uint64_t count = registrations.taken;
  lw_lock_release(&lw_dispatcher_);
  return count;
}
