// Waiting for a port itself, as for any object: it is signalled while packets are queued, and when it is closed. A
// thread that waits for a packet gets it before anybody is told, and then the port is not signalled.
//
// Few programs do this, so posting takes the dispatcher lock only where somebody has: a wait first says that the port
// is watched and then looks at the queue, a post first queues and then looks whether it is watched. Both are seq_cst,
// so one of them sees the other.
#include "port.h"

bool lw_port_is_ready_for_(const lw_object *object, const struct lw_thread_object *thread) {
  (void)thread;
  lw_port *self = (lw_port *)(uintptr_t)object;
  lw_touch(self, LW_ACCESS_READ);
  atomic_store(&self->is_watched, true);
  return atomic_load(&self->ready) > 0;
}

void lw_port_tell_waits_(lw_port *self) {
  if (!atomic_load(&self->is_watched)) return;
  lw_wakes wakes = {NULL};
  lw_point(LW_POINT_SIGNAL, self, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  if (atomic_load(&self->ready) > 0) {
    lw_object_signal_(&self->object, &wakes);
    self->object.signal = 0; // the queue says so
  }
  lw_dispatcher_leave_(&wakes);
}
