// A queue of operations and the thread that serves it, see operation_thread.h.
#include "operation_thread.h"

static lw_operation *next(lw_operation_thread *self) {
  for (;;) {
    lw_sleeper sleeper = lw_sleeper_();
    lw_lock_acquire(&self->lock);
    lw_operation *operation = TAILQ_FIRST(&self->queue);
    if (operation) TAILQ_REMOVE(&self->queue, operation, link);
    if (operation && self->gives_back) operation->queued = false;
    self->sleeping = operation ? NULL : &sleeper;
    lw_lock_release(&self->lock);
    if (operation) return operation;
    lw_sleep_(&sleeper, &self->queue, LW_NEVER);
  }
}

static void serve_for_ever(void *context) {
  lw_operation_thread *self = context;
  for (;;) self->serve(next(self));
}

void lw_operation_thread_queue_(lw_operation_thread *self, lw_operation *operation) {
  lw_wakes wakes = {NULL};
  lw_lock_acquire(&self->lock);
  bool start = !self->running;
  self->running = true;
  if (self->gives_back) operation->queued = true;
  TAILQ_INSERT_TAIL(&self->queue, operation, link);
  if (self->sleeping) lw_wakes_add_(&wakes, self->sleeping);
  self->sleeping = NULL;
  lw_lock_release(&self->lock);
  lw_wakes_release_(&wakes);
  if (!start) return;
  lw_thread *thread = lw_thread_create(self->name, serve_for_ever, self);
  if (!thread) lw_fatal(self->without);
  lw_thread_detach(thread);
}

bool lw_operation_thread_withdraw_(lw_operation_thread *self, lw_operation *operation) {
  lw_lock_acquire(&self->lock);
  bool queued = operation->queued;
  if (queued) TAILQ_REMOVE(&self->queue, operation, link);
  operation->queued = false;
  lw_lock_release(&self->lock);
  return queued;
}
