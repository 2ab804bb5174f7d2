// BindIoCompletionCallback: files whose completions become calls on pool threads. They share one port, which no handle
// names and nobody dequeues from; it hands each packet on to the pool, and the key of a file is its routine.
#include "port.h"
#include "threadpoollegacyapiset.h"
#include "workers.h"

static lw_pool packet_pool = LW_POOL(lw_packet);

/// On a pool thread, where the packet leaves the port: its loan is settled before the routine, which may free the
/// OVERLAPPED.
static void call_routine(void *context, uint64_t unused) {
  (void)unused;
  lw_packet packet = *(lw_packet *)context;
  lw_pool_give(&packet_pool, context);
  lw_point(LW_POINT_DEQUEUE, packet.overlapped, LW_ACCESS_WRITE);
  lw_packet_note_dequeue_(&packet);
  lw_packet_leaves_(&packet);
  lw_packet_judge_(&packet, "BindIoCompletionCallback");
  ((LPOVERLAPPED_COMPLETION_ROUTINE)(uintptr_t)packet.key)(packet.error, packet.bytes, packet.overlapped);
}

static bool hand_on(const lw_packet *packet) {
  lw_packet *kept = lw_pool_take(&packet_pool);
  if (!kept) return false;
  *kept = *packet;
  if (lw_workers_submit_(call_routine, kept, 0)) return true;
  lw_pool_give(&packet_pool, kept);
  return false;
}

/// The pool's port, made at first use; lasts as long as the process. NULL when there is no memory.
static lw_port *_Nullable pool_port(void) {
  static _Atomic(lw_port *) made;
  lw_port *port = atomic_load(&made);
  if (port) return port;
  lw_port *own = lw_port_make_(0);
  if (!own) return NULL;
  own->hand_on = hand_on;
  if (atomic_compare_exchange_strong(&made, &port, own)) return own;
  lw_object_release_(&own->object);
  return port;
}

BOOL BindIoCompletionCallback(HANDLE file, LPOVERLAPPED_COMPLETION_ROUTINE function, ULONG flags) {
  if (!function || flags != 0) return lw_failed_(ERROR_INVALID_PARAMETER);
  lw_port *port = pool_port();
  if (!port || !lw_workers_prepare_()) return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  DWORD error = lw_port_bind_(file, &port->object, (ULONG_PTR)function);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}
