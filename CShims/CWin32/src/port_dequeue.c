// Taking packets from a completion port: the oldest first; threads that find none wait, and the one that began to wait
// last is served first.
#include "apc.h"
#include "ioapiset.h"
#include "port.h"
#include "thread.h"

void lw_packet_note_dequeue_(lw_packet *packet) {
  if (packet->arena != 0) {
    lw_block block = lw_block_at(packet->overlapped);
    packet->alive = block.state == LW_BLOCK_LIVE ? block.incarnation : 0;
    if (packet->alive != packet->stamped)
      lw_mark(packet->alive == 0 ? LW_MARK_PACKET_OUTLIVES : LW_MARK_ADDRESS_REUSED);
  }
  lw_event(LW_EVENT_DEQUEUE, packet->arena, packet->stamped, packet->alive, 0, packet->loan.bits,
           (int64_t)packet->serial);
}

/// What one call asks for, and what came of it.
typedef struct dequeuing {
  lw_port_waiter waiter;
  lw_packet *packets;
  ULONG room;
  ULONG count;
  bool waits;
  bool alertable;
  bool alerted; ///< calls queued to the thread have ended the wait
} dequeuing;

/// Takes what there is, as long as the port may have this thread run; without any it joins the waiting ones, unless it
/// is not to wait or the port is closed. True when it joined: from then on what it says belongs to the lock, until it
/// was released.
static bool take_or_join(lw_port *self, dequeuing *d) {
  bool counted = lw_port_enter_(self);
  lw_lock_acquire(&self->lock);
  if (counted) self->running--;
  if (self->running < self->concurrency) {
    for (; d->count < d->room && !STAILQ_EMPTY(&self->queue); d->count++) {
      lw_port_take_(self, &d->packets[d->count]);
      lw_packet_note_dequeue_(&d->packets[d->count]);
    }
  }
  d->waiter.abandoned = self->closed;
  bool joins = d->count == 0 && d->waits && !self->closed;
  if (joins)
    TAILQ_INSERT_HEAD(&self->waiters, &d->waiter, link);
  else
    self->running++;
  lw_lock_release(&self->lock);
  return joins;
}

/// Under the lock, at the end of the time or at an alert: true when nothing came and the thread waits no more.
static bool gave_up(lw_port *self, lw_port_waiter *waiter) {
  lw_lock_acquire(&self->lock);
  bool served = waiter->got || waiter->abandoned;
  if (!served) {
    TAILQ_REMOVE(&self->waiters, waiter, link);
    self->running++;
  }
  lw_lock_release(&self->lock);
  return !served;
}

/// Waits until a packet was handed over, the port was closed, the time has passed or a call was queued to the thread.
static void wait_for_packet(lw_port *self, dequeuing *d, lw_time deadline) {
  lw_port_waiter *waiter = &d->waiter;
  DWORD last_error = GetLastError();
  lw_awaited awaited = lw_object_awaited_(&self->object, 0);
  lw_awaits(&awaited);
  lw_slept slept = lw_sleep_either_(&waiter->sleeper, self, deadline, d->alertable, true);
  lw_awaits(NULL);
  SetLastError(last_error); // it may have ended operations meanwhile
  if (slept != LW_SLEPT_RELEASED && gave_up(self, waiter)) {
    d->alerted = slept == LW_SLEPT_ALERTED;
    return;
  }
  if (slept != LW_SLEPT_RELEASED) lw_sleep_(&waiter->sleeper, self, LW_NEVER); // its release is on its way
  if (!waiter->got) return;
  lw_packet_note_dequeue_(&d->packets[0]);
  d->count = 1;
}

/// ERROR_SUCCESS when there are packets, else why there are none. Rule 4: what they carry is settled when it returns.
static DWORD dequeue(HANDLE _Nullable port, dequeuing *d, DWORD ms) {
  bool borrowed;
  lw_port *self = lw_port_of_(port, &borrowed);
  if (!self) return GetLastError();
  lw_time deadline = ms == 0 ? 0 : lw_deadline_(ms);
  d->waits = ms != 0;
  d->waiter = (lw_port_waiter){.sleeper = lw_sleeper_(), .into = d->packets};
  lw_point(LW_POINT_DEQUEUE, self, LW_ACCESS_WRITE);
  if (take_or_join(self, d))
    wait_for_packet(self, d, deadline);
  else
    d->alerted = d->alertable && d->count == 0 && !d->waiter.abandoned;
  if (!d->waiter.abandoned) lw_port_leave_();
  if (borrowed) lw_object_release_(&self->object);
  if (d->count == 0) lw_thread_leave_if_asked_();
  for (ULONG i = 0; i < d->count; i++) lw_packet_leaves_(&d->packets[i]);
  if (d->count > 0) return ERROR_SUCCESS;
  if (d->alerted && lw_apc_deliver_()) return WAIT_IO_COMPLETION;
  return d->waiter.abandoned ? ERROR_ABANDONED_WAIT_0 : WAIT_TIMEOUT;
}

BOOL lw_get_packet(HANDLE port, lw_packet *packet, DWORD ms) {
  dequeuing d = {.packets = packet, .room = 1};
  DWORD error = dequeue(port, &d, ms);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

BOOL lw_get_judged_packet_(HANDLE port, DWORD *bytes, ULONG_PTR *key, LPOVERLAPPED *overlapped, DWORD ms) {
  lw_announced_look_back();
  if (!bytes || !key || !overlapped) return lw_failed_(ERROR_INVALID_PARAMETER);
  lw_packet packet;
  *overlapped = NULL;
  if (!lw_get_packet(port, &packet, ms)) return FALSE;
  lw_packet_judge_(&packet, "GetQueuedCompletionStatus");
  *bytes = packet.bytes;
  *key = packet.key;
  *overlapped = packet.overlapped;
  return packet.error == 0 ? TRUE : lw_failed_(packet.error);
}

// ------------------------------------------------------------------------------------------------- several at a time

enum { PACKETS_MAX = 64 };

/// Up to PACKETS_MAX packets into the first entries.
static DWORD dequeue_entries(HANDLE _Nullable port, OVERLAPPED_ENTRY *entries, ULONG room, ULONG *count, DWORD ms,
                             bool alertable) {
  lw_packet packets[PACKETS_MAX];
  dequeuing d = {.packets = packets, .room = room < PACKETS_MAX ? room : PACKETS_MAX, .alertable = alertable};
  DWORD error = dequeue(port, &d, ms);
  for (ULONG i = 0; i < d.count; i++) {
    lw_packet_judge_(&packets[i], "GetQueuedCompletionStatusEx");
    entries[i] = (OVERLAPPED_ENTRY){.lpCompletionKey = packets[i].key,
                                    .lpOverlapped = packets[i].overlapped,
                                    .Internal = packets[i].status,
                                    .dwNumberOfBytesTransferred = packets[i].bytes};
  }
  *count = d.count;
  return error;
}

BOOL lw_get_judged_packets_(HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG room, ULONG *count, DWORD ms,
                            BOOL alertable) {
  lw_announced_look_back();
  if (!entries || !count || room == 0) return lw_failed_(ERROR_INVALID_PARAMETER);
  DWORD error = dequeue_entries(port, entries, room, count, ms, alertable != FALSE);
  ULONG more = *count;
  while (error == ERROR_SUCCESS && more == PACKETS_MAX && *count < room) {
    if (dequeue_entries(port, entries + *count, room - *count, &more, 0, false) != ERROR_SUCCESS) break;
    *count += more;
  }
  if (error == ERROR_SUCCESS) return TRUE;
  *count = 1; // as Windows does
  return lw_failed_(error);
}
