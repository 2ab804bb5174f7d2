// Completion ports. Packets leave in the order in which they came; a packet that finds threads waiting is handed to the
// one that began to wait last, without being queued. So either packets are queued or threads wait, never both.
//
// A packet that carries a loan holds it until it leaves the port: dequeued, discarded with the port, or never let in.
// Then the loan is settled, before anybody is told.
#include "accounting.h"
#include "lw_win32.h"
#include "object.h"

#include "ioapiset.h"

typedef struct queued_packet {
  STAILQ_ENTRY(queued_packet) link;
  lw_packet packet;
} queued_packet;
typedef STAILQ_HEAD(queued_packets, queued_packet) queued_packets;

/// A thread that waits for a packet; on its stack.
typedef struct port_waiter {
  lw_sleeper sleeper;
  TAILQ_ENTRY(port_waiter) link;
  lw_packet *into;
  bool got;
  bool abandoned;
} port_waiter;

typedef struct port {
  lw_object object;
  DWORD concurrency;
  lw_lock lock;
  bool closed LW_GUARDED_BY(&lock);
  queued_packets queue LW_GUARDED_BY(&lock);
  queued_packets spare LW_GUARDED_BY(&lock); ///< emptied nodes, so that the pool's lock stays out of the hot path
  TAILQ_HEAD(, port_waiter) waiters LW_GUARDED_BY(&lock); ///< the newest first
} port;

static lw_pool port_pool = LW_POOL(port);
static lw_pool packet_pool = LW_POOL(queued_packet);
static _Atomic uint64_t serials;
static _Atomic int64_t queued;

static void give_all(queued_packets *packets) {
  queued_packet *node;
  while ((node = STAILQ_FIRST(packets))) {
    STAILQ_REMOVE_HEAD(packets, link);
    lw_pool_give(&packet_pool, node);
  }
}

static void destroy(lw_object *object) LW_NO_THREAD_SAFETY_ANALYSIS {
  give_all(&((port *)object)->spare); // nobody else refers to it
  lw_pool_give(&port_pool, object);
}

/// The packet left its port without being dequeued, or never got in.
static void discard(const lw_packet *packet) {
  lw_event(LW_EVENT_DISCARD, packet->arena, packet->stamped, 0, 0, packet->loan.bits, (int64_t)packet->serial);
  if (!lw_loan_is_none(packet->loan)) lw_settle(packet->loan);
}

static void closed(lw_object *object) {
  port *self = (port *)object;
  lw_wakes wakes = {NULL};
  queued_packets discarded = STAILQ_HEAD_INITIALIZER(discarded);
  lw_lock_acquire(&self->lock);
  self->closed = true;
  STAILQ_CONCAT(&discarded, &self->queue);
  port_waiter *waiter;
  while ((waiter = TAILQ_FIRST(&self->waiters))) {
    TAILQ_REMOVE(&self->waiters, waiter, link);
    waiter->abandoned = true;
    lw_wakes_add_(&wakes, &waiter->sleeper);
  }
  lw_lock_release(&self->lock);
  queued_packet *node;
  STAILQ_FOREACH(node, &discarded, link) {
    // relaxed: a count for accounting.
    atomic_fetch_sub_explicit(&queued, 1, memory_order_relaxed);
    discard(&node->packet);
  }
  give_all(&discarded);
  lw_wakes_release_(&wakes);
}

const lw_object_type lw_port_type_ = {.name = "completion port", .closed = closed, .destroy = destroy};

HANDLE CreateIoCompletionPort(HANDLE file, HANDLE existing, ULONG_PTR key, DWORD threads) LW_NO_THREAD_SAFETY_ANALYSIS {
  (void)key;
  if (file != INVALID_HANDLE_VALUE || existing) {
    lw_failed_(file == INVALID_HANDLE_VALUE ? ERROR_INVALID_PARAMETER : ERROR_INVALID_HANDLE);
    return NULL;
  }
  port *made = lw_pool_take(&port_pool);
  if (!made) {
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_object_prepare_(&made->object, &lw_port_type_);
  made->concurrency = threads;
  STAILQ_INIT(&made->queue);
  STAILQ_INIT(&made->spare);
  TAILQ_INIT(&made->waiters);
  return lw_handle_open_(&made->object);
}

// ------------------------------------------------------------------------------------------------------------ post

/// What is known when the packet is made: which incarnation it is about, and who posts it.
static lw_packet stamp(DWORD bytes, ULONG_PTR key, OVERLAPPED *_Nullable overlapped, lw_loan loan) {
  lw_packet packet = {.bytes = bytes, .key = key, .overlapped = overlapped, .loan = loan};
  // relaxed: only the numbers matter, each is given once.
  packet.serial = 1 + atomic_fetch_add_explicit(&serials, 1, memory_order_relaxed);
  lw_block block = lw_block_at(overlapped);
  packet.arena = block.arena ? block.number : 0;
  packet.stamped = lw_loan_is_none(loan) ? block.incarnation : lw_loan_incarnation(loan);
  packet.posted_by = lw_thread_self();
  if (packet.arena == 0) return packet;
  packet.posted = lw_stack_capture(LW_STACKS_FRAME_POINTERS);
  packet.posted_stamp = lw_clock_stamp();
  return packet;
}

typedef enum delivery { DELIVERED, PORT_CLOSED, NODE_NEEDED } delivery;

/// Hands the packet to the newest waiting thread, or queues it in a spare node or in `node`, which becomes the port's.
/// The event is recorded under the lock, because releasing it may hand the processor over.
static delivery deliver(port *self, const lw_packet *packet, queued_packet *_Nullable node, lw_wakes *wakes)
    LW_REQUIRES(self->lock) {
  if (node) STAILQ_INSERT_HEAD(&self->spare, node, link);
  if (self->closed) return PORT_CLOSED;
  port_waiter *waiter = TAILQ_FIRST(&self->waiters);
  queued_packet *spare = STAILQ_FIRST(&self->spare);
  if (waiter) {
    TAILQ_REMOVE(&self->waiters, waiter, link);
    *waiter->into = *packet;
    waiter->got = true;
    lw_wakes_add_(wakes, &waiter->sleeper);
  } else if (spare) {
    STAILQ_REMOVE_HEAD(&self->spare, link);
    spare->packet = *packet;
    STAILQ_INSERT_TAIL(&self->queue, spare, link);
    // relaxed: a count for accounting.
    atomic_fetch_add_explicit(&queued, 1, memory_order_relaxed);
  } else {
    return NODE_NEEDED;
  }
  lw_event(LW_EVENT_POST, packet->arena, packet->stamped, 0, 0, packet->loan.bits, (int64_t)packet->serial);
  return DELIVERED;
}

/// ERROR_SUCCESS, or why the port does not take the packet. A node comes from the pool without the port's lock held.
static DWORD post(port *self, const lw_packet *packet) {
  queued_packet *node = NULL;
  for (;;) {
    lw_wakes wakes = {NULL};
    lw_lock_acquire(&self->lock);
    delivery result = deliver(self, packet, node, &wakes);
    lw_lock_release(&self->lock);
    lw_wakes_release_(&wakes);
    if (result == DELIVERED) return ERROR_SUCCESS;
    if (result == PORT_CLOSED) return ERROR_INVALID_HANDLE;
    node = lw_pool_take(&packet_pool);
    if (!node) return ERROR_NOT_ENOUGH_MEMORY;
  }
}

BOOL lw_post_packet_(HANDLE handle, DWORD bytes, ULONG_PTR key, OVERLAPPED *overlapped, lw_loan loan) {
  lw_packet packet = stamp(bytes, key, overlapped, loan);
  port *self = (port *)lw_handle_object_(handle, &lw_port_type_);
  lw_point(LW_POINT_POST, self, LW_ACCESS_WRITE);
  DWORD error = self ? post(self, &packet) : ERROR_INVALID_HANDLE;
  if (error != ERROR_SUCCESS) discard(&packet);
  if (self) lw_object_release_(&self->object);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

BOOL lw_post_plain_packet_(HANDLE port, DWORD bytes, ULONG_PTR key, LPOVERLAPPED overlapped) {
  return lw_post_packet_(port, bytes, key, overlapped, (lw_loan){0});
}

// --------------------------------------------------------------------------------------------------------- dequeue

/// The packet leaves the port in this moment: what lives at its address now.
static void note_dequeue(lw_packet *packet) {
  if (packet->arena != 0) {
    lw_block block = lw_block_at(packet->overlapped);
    packet->alive = block.state == LW_BLOCK_LIVE ? block.incarnation : 0;
    if (packet->alive != packet->stamped)
      lw_mark(packet->alive == 0 ? LW_MARK_PACKET_OUTLIVES : LW_MARK_ADDRESS_REUSED);
  }
  lw_event(LW_EVENT_DEQUEUE, packet->arena, packet->stamped, packet->alive, 0, packet->loan.bits,
           (int64_t)packet->serial);
}

/// Takes the oldest packet; without one `waiter` joins the others, unless it is not to wait or the port is closed. True
/// when it joined: from then on what it says belongs to the lock, until it was released.
static bool take_or_join(port *self, port_waiter *waiter, bool wait) {
  lw_lock_acquire(&self->lock);
  queued_packet *node = STAILQ_FIRST(&self->queue);
  waiter->abandoned = self->closed;
  bool joins = !node && wait && !self->closed;
  if (joins) TAILQ_INSERT_HEAD(&self->waiters, waiter, link);
  if (node) {
    STAILQ_REMOVE_HEAD(&self->queue, link);
    *waiter->into = node->packet;
    waiter->got = true;
    STAILQ_INSERT_HEAD(&self->spare, node, link);
    // relaxed: a count for accounting.
    atomic_fetch_sub_explicit(&queued, 1, memory_order_relaxed);
    note_dequeue(waiter->into);
  }
  lw_lock_release(&self->lock);
  return joins;
}

/// Waits until a packet was handed over, the port was closed or the time has passed.
static void wait_for_packet(port *self, port_waiter *waiter, lw_time deadline) {
  bool released = lw_sleep_(&waiter->sleeper, self, deadline);
  if (!released) {
    lw_lock_acquire(&self->lock);
    bool served = waiter->got || waiter->abandoned;
    if (!served) TAILQ_REMOVE(&self->waiters, waiter, link);
    lw_lock_release(&self->lock);
    if (served) lw_sleep_(&waiter->sleeper, self, LW_NEVER); // its release is on its way
  }
  if (waiter->got) note_dequeue(waiter->into);
}

BOOL lw_get_packet(HANDLE handle, lw_packet *packet, DWORD ms) {
  port *self = (port *)lw_handle_object_(handle, &lw_port_type_);
  if (!self) return FALSE;
  lw_time deadline = ms == 0 ? 0 : lw_deadline_(ms);
  port_waiter waiter = {.sleeper = lw_sleeper_(), .into = packet};
  lw_point(LW_POINT_DEQUEUE, self, LW_ACCESS_WRITE);
  if (take_or_join(self, &waiter, ms != 0)) wait_for_packet(self, &waiter, deadline);
  lw_object_release_(&self->object);
  if (!waiter.got) return lw_failed_(waiter.abandoned ? ERROR_ABANDONED_WAIT_0 : WAIT_TIMEOUT);
  if (!lw_loan_is_none(packet->loan)) lw_settle(packet->loan); // rule 4: before this returns
  return TRUE;
}

uint64_t lw_packet_count_(void) {
  // relaxed: exact when nobody is at work.
  return (uint64_t)atomic_load_explicit(&queued, memory_order_relaxed);
}
