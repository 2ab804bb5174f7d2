// Waiting for a port itself, as for any object: it is signalled while packets are queued, and when it is closed. A
// thread that waits for a packet gets it before anybody is told, and then the port is not signalled.
//
// Few programs do this, so posting takes the dispatcher lock only where somebody has: a wait first says that the port
// is watched and then looks at the queue, a post first queues and then looks whether it is watched. Both go through the
// port's lock in between, and who comes there second sees what the other did before.
#include "port.h"

static bool is_ready(lw_port *self) {
  lw_lock_acquire(&self->lock);
  bool ready = self->closed || !STAILQ_EMPTY(&self->queue);
  lw_lock_release_quietly(&self->lock);
  return ready;
}

bool lw_port_is_ready_for_(const lw_object *object, const struct lw_thread_object *thread) {
  (void)thread;
  lw_port *self = (lw_port *)(uintptr_t)object;
  lw_touch(self, LW_ACCESS_READ);
  // relaxed: see above.
  atomic_store_explicit(&self->is_watched, true, memory_order_relaxed);
  return is_ready(self);
}

void lw_port_tell_waits_(lw_port *self) {
  // relaxed: see above.
  if (!atomic_load_explicit(&self->is_watched, memory_order_relaxed)) return;
  lw_wakes wakes = {NULL};
  lw_point(LW_POINT_SIGNAL, self, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  if (is_ready(self)) {
    lw_object_signal_(&self->object, &wakes);
    self->object.signal = 0; // the queue says so
  }
  lw_dispatcher_leave_(&wakes);
}
