// Completion ports: making and closing one, and posting. Packets leave in the order in which they came. One that finds
// a thread waiting, while the port may have another thread run, is handed to the thread that began to wait last,
// without being queued.
//
// A packet that carries a loan holds it until it leaves the port: dequeued, discarded with the port, or never let in.
// Then the loan is settled, before anybody is told.
#include "port.h"

#include "accounting.h"
#include "ioapiset.h"
#include "numbers.h"
#include "sysinfoapi.h"
#include "tally.h"

static lw_pool port_pool = LW_POOL(lw_port);
static lw_pool_hands packet_hands;
static lw_pool packet_pool = LW_POOL_WITH_HANDS(lw_queued_packet, &packet_hands);
static lw_numbers serials;
/// Packets that were queued, less those that were taken out.
static lw_tally queued;

static void give_all(lw_queued_packets *packets) {
  lw_queued_packet *node;
  while ((node = STAILQ_FIRST(packets))) {
    STAILQ_REMOVE_HEAD(packets, link);
    lw_pool_give(&packet_pool, node);
  }
}

static void destroy(lw_object *object) LW_NO_THREAD_SAFETY_ANALYSIS {
  give_all(&((lw_port *)object)->spare); // nobody else refers to it
  lw_pool_give(&port_pool, object);
}

/// The packet left its port without being dequeued, or never got in.
static void discard(const lw_packet *packet) {
  lw_event(LW_EVENT_DISCARD, packet->arena, packet->stamped, 0, 0, packet->loan.bits, (int64_t)packet->serial);
  lw_packet_leaves_(packet);
}

static void closed(lw_object *object) {
  lw_port *self = (lw_port *)object;
  lw_wakes wakes = {NULL};
  lw_queued_packets discarded = STAILQ_HEAD_INITIALIZER(discarded);
  lw_lock_acquire(&self->lock);
  self->closed = true;
  STAILQ_CONCAT(&discarded, &self->queue);
  lw_port_waiter *waiter;
  while ((waiter = TAILQ_FIRST(&self->waiters))) {
    TAILQ_REMOVE(&self->waiters, waiter, link);
    waiter->abandoned = true;
    lw_wakes_add_(&wakes, &waiter->sleeper);
  }
  lw_lock_release(&self->lock);
  lw_port_tell_waits_(self);
  lw_queued_packet *node;
  STAILQ_FOREACH(node, &discarded, link) {
    lw_tally_add_(&queued, -1);
    discard(&node->packet);
  }
  give_all(&discarded);
  lw_wakes_release_(&wakes);
}

bool lw_port_is_closed_(lw_object *port) { return ((lw_port *)port)->closed; }

const lw_object_type lw_port_type_ = {
    .name = "completion port", .closed = closed, .destroy = destroy, .is_ready_for = lw_port_is_ready_for_};

// ---------------------------------------------------------------------------------------------------------- making

/// Asked once: the system reads a file for it.
static DWORD processor_count(void) {
  static _Atomic DWORD known;
  // relaxed: whoever asks at the same time learns the same.
  DWORD count = atomic_load_explicit(&known, memory_order_relaxed);
  if (count) return count;
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  atomic_store_explicit(&known, info.dwNumberOfProcessors, memory_order_relaxed);
  return info.dwNumberOfProcessors;
}

lw_port *lw_port_make_(DWORD concurrency) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_port *made = lw_pool_take(&port_pool);
  if (!made) return NULL;
  lw_object_prepare_(&made->object, &lw_port_type_);
  made->concurrency = concurrency ? concurrency : processor_count();
  STAILQ_INIT(&made->queue);
  STAILQ_INIT(&made->spare);
  TAILQ_INIT(&made->waiters);
  return made;
}

static HANDLE _Nullable open_port(DWORD threads) {
  lw_port *made = lw_port_make_(threads);
  if (made) return lw_handle_open_(&made->object);
  lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  return NULL;
}

DWORD lw_port_bind_(HANDLE file, lw_object *_Nullable port, ULONG_PTR key) {
  lw_object *object = lw_handle_object_for_(file, NULL, 0, "CreateIoCompletionPort");
  if (!object) return ERROR_INVALID_HANDLE;
  DWORD error = object->type->bind ? object->type->bind(object, port, key) : ERROR_INVALID_HANDLE;
  lw_object_release_(object);
  return error;
}

/// Binds `file` to a port that is there; false after having said why not.
static bool bind_to(HANDLE _Nullable file, HANDLE _Nullable port, ULONG_PTR key) {
  // That the file cannot be bound counts before what is wrong with the port.
  DWORD error = lw_port_bind_(file, NULL, key);
  if (error != ERROR_SUCCESS) return lw_failed_(error);
  lw_object *object = lw_handle_object_for_(port, &lw_port_type_, IO_COMPLETION_MODIFY_STATE, "CreateIoCompletionPort");
  if (!object) return false;
  error = lw_port_bind_(file, object, key);
  lw_object_release_(object);
  return error == ERROR_SUCCESS || lw_failed_(error);
}

HANDLE CreateIoCompletionPort(HANDLE file, HANDLE existing, ULONG_PTR key, DWORD threads) {
  if (file == INVALID_HANDLE_VALUE && existing) {
    lw_failed_(ERROR_INVALID_PARAMETER);
    return NULL;
  }
  HANDLE port = existing ? existing : open_port(threads);
  if (!port || file == INVALID_HANDLE_VALUE || bind_to(file, port, key)) return port;
  DWORD error = GetLastError();
  if (!existing) lw_close_handle_(port);
  lw_failed_(error);
  return NULL;
}

// ------------------------------------------------------------------------------------------------------------ post

/// What is known when the packet is made: which incarnation it is about, and who posts it.
static void stamp(lw_packet *packet) {
  packet->serial = lw_number_next_(&serials);
  packet->posted_by = lw_thread_self();
  if (!lw_any_arena_checks() && lw_loan_is_none(packet->loan)) return;
  lw_block block = lw_block_at(packet->overlapped);
  packet->arena = block.arena ? block.number : 0;
  packet->stamped = lw_loan_is_none(packet->loan) ? block.incarnation : lw_loan_incarnation(packet->loan);
  if (packet->arena == 0) return;
  packet->posted = lw_stack_capture(lw_arena_stacks(block.arena));
  packet->posted_stamp = lw_event_stamp();
}

void lw_port_take_(lw_port *self, lw_packet *into) {
  lw_queued_packet *node = STAILQ_FIRST(&self->queue);
  STAILQ_REMOVE_HEAD(&self->queue, link);
  *into = node->packet;
  STAILQ_INSERT_HEAD(&self->spare, node, link);
  lw_tally_add_(&queued, -1);
}

static lw_packet *hand_over(lw_port *self, lw_wakes *wakes) LW_REQUIRES(self->lock) {
  lw_port_waiter *waiter = TAILQ_FIRST(&self->waiters);
  TAILQ_REMOVE(&self->waiters, waiter, link);
  waiter->got = true;
  self->running++;
  lw_wakes_add_(wakes, &waiter->sleeper);
  return waiter->into;
}

bool lw_port_release_waiters_(lw_port *self, lw_wakes *wakes) {
  bool any = false;
  while (self->running < self->concurrency && !STAILQ_EMPTY(&self->queue) && !TAILQ_EMPTY(&self->waiters)) {
    lw_port_take_(self, hand_over(self, wakes));
    any = true;
  }
  return any;
}

static void note_post(const lw_packet *packet) {
  lw_event(LW_EVENT_POST, packet->arena, packet->stamped, 0, 0, packet->loan.bits, (int64_t)packet->serial);
}

typedef enum delivery { DELIVERED, PORT_CLOSED, NODE_NEEDED } delivery;

/// Hands the packet to the newest waiting thread, or queues it in a spare node or in `node`, which becomes the port's.
/// The event is recorded under the lock, because releasing it may hand the processor over.
static delivery deliver(lw_port *self, const lw_packet *packet, lw_queued_packet *_Nullable node, lw_wakes *wakes)
    LW_REQUIRES(self->lock) {
  if (node) STAILQ_INSERT_HEAD(&self->spare, node, link);
  if (self->closed) return PORT_CLOSED;
  lw_queued_packet *spare = STAILQ_FIRST(&self->spare);
  if (self->running < self->concurrency && !TAILQ_EMPTY(&self->waiters)) { // then nothing is queued
    *hand_over(self, wakes) = *packet;
  } else if (spare) {
    STAILQ_REMOVE_HEAD(&self->spare, link);
    spare->packet = *packet;
    STAILQ_INSERT_TAIL(&self->queue, spare, link);
    lw_tally_add_(&queued, 1);
  } else {
    return NODE_NEEDED;
  }
  note_post(packet);
  return DELIVERED;
}

/// ERROR_SUCCESS, or why the port does not take the packet. A node comes from the pool without the port's lock held.
static DWORD post(lw_port *self, const lw_packet *packet) {
  lw_queued_packet *node = NULL;
  if (self->hand_on) {
    note_post(packet);
    return self->hand_on(packet) ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
  }
  for (;;) {
    lw_wakes wakes = {NULL};
    lw_lock_acquire(&self->lock);
    delivery result = deliver(self, packet, node, &wakes);
    lw_lock_release(&self->lock);
    lw_wakes_release_(&wakes);
    if (result == DELIVERED) lw_port_tell_waits_(self);
    if (result == DELIVERED) return ERROR_SUCCESS;
    if (result == PORT_CLOSED) return ERROR_INVALID_HANDLE;
    node = lw_pool_take(&packet_pool);
    if (!node) return ERROR_NOT_ENOUGH_MEMORY;
  }
}

/// Posts to a port that may not be there.
static DWORD post_or_discard(lw_port *_Nullable self, lw_packet *packet) {
  lw_point(LW_POINT_POST, self, LW_ACCESS_WRITE);
  DWORD error = self ? post(self, packet) : ERROR_INVALID_HANDLE;
  if (error != ERROR_SUCCESS) discard(packet);
  return error;
}

void lw_port_complete_(lw_object *port, const lw_completion *completion) {
  lw_packet packet = {.bytes = completion->bytes,
                      .error = completion->error,
                      .status = completion->status,
                      .key = completion->key,
                      .overlapped = completion->overlapped,
                      .loan = completion->loan,
                      .left = completion->left,
                      .context = completion->context};
  stamp(&packet);
  post_or_discard((lw_port *)port, &packet);
}

BOOL lw_post_packet_(HANDLE handle, DWORD bytes, ULONG_PTR key, OVERLAPPED *overlapped, lw_loan loan) {
  lw_packet packet = {.bytes = bytes, .key = key, .overlapped = overlapped, .loan = loan};
  stamp(&packet);
  lw_object *port =
      lw_handle_object_for_(handle, &lw_port_type_, IO_COMPLETION_MODIFY_STATE, "PostQueuedCompletionStatus");
  DWORD refusal = port ? ERROR_SUCCESS : GetLastError(); // no port, or without the right
  DWORD error = post_or_discard((lw_port *)port, &packet);
  if (port) lw_object_release_(port);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(refusal != ERROR_SUCCESS ? refusal : error);
}

BOOL lw_post_plain_packet_(HANDLE port, DWORD bytes, ULONG_PTR key, LPOVERLAPPED overlapped) {
  return lw_post_packet_(port, bytes, key, overlapped, (lw_loan){0});
}

uint64_t lw_packet_count_(void) { return lw_tally_sum_(&queued); }
