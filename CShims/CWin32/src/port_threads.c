// The concurrency of ports: how many threads run for one at a time. A thread runs for the port that it dequeued from
// last, until it comes for the next packet, comes to another port or ends; while it waits for anything else it does not
// count, and a queued packet may go to another thread.
// (https://learn.microsoft.com/windows/win32/fileio/i-o-completion-ports, "Threads and Concurrency".)
#include "port.h"
#include "thread.h"

_Thread_local bool lw_runs_for_port_; // and its port counts it
_Thread_local lw_port *lw_port_here_;

/// The calling thread does not run for its port any more, or not for now.
static void stop_running(void) {
  if (!lw_runs_for_port_) return;
  lw_port *port = lw_port_here_;
  lw_wakes wakes = {NULL};
  bool released = false;
  lw_runs_for_port_ = false;
  lw_lock_acquire(&port->lock);
  if (!port->closed) {
    lw_touch(port, LW_ACCESS_WRITE);
    port->running--;
    released = lw_port_release_waiters_(port, &wakes);
  }
  // Who was counted first is no behaviour of the program; who got a packet is.
  if (released)
    lw_lock_release(&port->lock);
  else
    lw_lock_release_quietly(&port->lock);
  lw_wakes_release_(&wakes);
}

void lw_port_thread_ends_(void) {
  if (!lw_port_here_) return;
  stop_running();
  lw_object_release_(&lw_port_here_->object);
  lw_port_here_ = NULL;
}

lw_port *lw_port_of_(HANDLE handle, bool *borrowed) {
  *borrowed = !lw_port_here_ || !lw_handle_is_of_(handle, &lw_port_here_->object, IO_COMPLETION_MODIFY_STATE);
  if (!*borrowed) return lw_port_here_;
  return (lw_port *)lw_handle_object_for_(handle, &lw_port_type_, IO_COMPLETION_MODIFY_STATE,
                                          "GetQueuedCompletionStatus");
}

void lw_port_change_(lw_port *port) {
  lw_port_thread_ends_();
  lw_object_retain_(&port->object);
  lw_port_here_ = port;
  lw_thread_mind_end_();
}

void lw_port_thread_waits_slow_(void) { stop_running(); }

void lw_port_thread_goes_on_(void) {
  lw_lock_acquire(&lw_port_here_->lock);
  lw_runs_for_port_ = !lw_port_here_->closed;
  if (!lw_port_here_->closed) lw_port_here_->running++;
  lw_lock_release_quietly(&lw_port_here_->lock);
}
