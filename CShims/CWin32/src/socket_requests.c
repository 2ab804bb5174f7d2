// The queues of a socket's two sides, and the poller's part in them.
#include <errno.h>
#include <poll.h>

#include "socket_transfers.h"

// ----------------------------------------------------------------------------------------------------------- readiness

/// Nothing can be waited for on a socket that is neither listening nor connected: the host says that it has hung up.
static uint32_t wanted(lw_socket *socket) LW_REQUIRES(&socket->lock) {
  uint32_t sides = 0;
  if (!TAILQ_EMPTY(&socket->queues[LW_SOCKET_IN])) sides |= LW_READABLE;
  if (!TAILQ_EMPTY(&socket->queues[LW_SOCKET_OUT])) sides |= LW_WRITABLE;
  lw_socket_waiter *waiter;
  TAILQ_FOREACH(waiter, &socket->waiters, link) sides |= waiter->wanted;
  if (socket->event) sides |= lw_socket_events_wanted_(socket);
  bool can = socket->type == SOCK_DGRAM || atomic_load(&socket->state) != LW_SOCKET_IDLE;
  return can && !socket->closed ? sides : 0;
}

void lw_socket_arm_(lw_socket *socket) {
  uint32_t sides = wanted(socket);
  if (sides == socket->armed) return;
  socket->armed = sides;
  if (socket->watch) lw_watch_arm(socket->watch, sides);
}

void lw_socket_rearm_(lw_socket *socket) {
  lw_lock_acquire(&socket->lock);
  lw_socket_arm_(socket);
  lw_lock_release(&socket->lock);
}

short lw_socket_poll_(lw_socket *socket) {
  struct pollfd state = {.fd = socket->fd, .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP};
  return poll(&state, 1, 0) > 0 ? state.revents : 0;
}

void lw_socket_wake_waiters_(lw_socket *socket, short ready, bool all, lw_wakes *wakes) {
  const short in = POLLIN | POLLPRI | POLLRDHUP | POLLERR | POLLHUP, out = POLLOUT | POLLERR | POLLHUP;
  lw_socket_waiter *waiter, *next;
  for (waiter = TAILQ_FIRST(&socket->waiters); waiter; waiter = next) {
    next = TAILQ_NEXT(waiter, link);
    bool is_ready = (waiter->wanted & LW_READABLE && ready & in) || (waiter->wanted & LW_WRITABLE && ready & out);
    if (!all && !is_ready) continue;
    TAILQ_REMOVE(&socket->waiters, waiter, link);
    waiter->listed = false;
    if (!atomic_exchange(waiter->taken, true)) lw_wakes_add_(wakes, waiter->sleeper);
  }
}

// ---------------------------------------------------------------------------------------------------------------- ends

/// Tells whoever made the request. It is gone afterwards.
static void finish(lw_socket_request *request, int error) {
  if (request->operation) {
    lw_operation_complete_(request->operation, lw_socket_status_(error), request->transferred);
  } else {
    lw_wakes wakes = {NULL};
    request->error = error;
    lw_wakes_add_(&wakes, request->sleeper);
    lw_wakes_release_(&wakes);
  }
}

static void take_off(lw_socket *socket, lw_socket_request *request) LW_REQUIRES(&socket->lock) {
  TAILQ_REMOVE(&socket->queues[request->side], request, link);
}

static uint32_t readiness_of(lw_socket_side side) { return side == LW_SOCKET_IN ? LW_READABLE : LW_WRITABLE; }

/// The caller may try `request`, alone on its side.
static void claim(lw_socket *socket, lw_socket_request *request) LW_REQUIRES(&socket->lock) {
  socket->claimed[request->side] = request;
  if (socket->watch) socket->changes[request->side] = lw_watch_changes(socket->watch);
}

static lw_socket_request *_Nullable claim_first(lw_socket *socket, lw_socket_side side) LW_REQUIRES(&socket->lock) {
  lw_socket_request *request = socket->claimed[side] ? NULL : TAILQ_FIRST(&socket->queues[side]);
  if (!request) return NULL;
  take_off(socket, request);
  claim(socket, request);
  return request;
}

static lw_socket_request *_Nullable claim_next(lw_socket *socket, lw_socket_side side) {
  lw_lock_acquire(&socket->lock);
  lw_socket_request *request = claim_first(socket, side);
  lw_lock_release(&socket->lock);
  return request;
}

/// After an attempt: puts a request that would block back at the head, where it waits for the poller; EAGAIN then.
/// Otherwise the request has ended, and what is returned is its error; a withdrawal that came meanwhile counts if
/// nothing was moved, and so does the end of the socket, whose descriptor may have been another one already. Whether
/// others wait behind it in `*more`.
static int leave_claim(lw_socket *socket, lw_socket_request *request, int error, bool may_queue, bool *more) {
  lw_lock_acquire(&socket->lock);
  *more = !TAILQ_EMPTY(&socket->queues[request->side]);
  socket->claimed[request->side] = NULL;
  bool is_empty = error == EAGAIN || (error == 0 && request->emptied && !atomic_load(&socket->takes_urgent));
  if (is_empty && socket->watch)
    lw_watch_exhausted(socket->watch, readiness_of(request->side), socket->changes[request->side]);
  bool gone = socket->closed || (request->withdrawn && (error == EAGAIN || error == LW_SOCKET_MOVED));
  if (gone && error != 0) error = request->operation ? ECANCELED : EINTR;
  if (error == EAGAIN && may_queue) {
    if (socket->watch) {
      TAILQ_INSERT_HEAD(&socket->queues[request->side], request, link);
    } else {
      error = ENOBUFS;
    }
  }
  if (error == LW_SOCKET_MOVED) atomic_store(&request->socket, (lw_socket *)request->other);
  lw_socket_arm_(socket);
  lw_lock_release(&socket->lock);
  return error;
}

static void pump(lw_socket *socket, lw_socket_side side);

/// Takes a request on to another socket, whose lock guards it from now on.
static void move_to(lw_socket *to, lw_socket_request *request) {
  lw_lock_acquire(&to->lock);
  bool gone = request->withdrawn || to->closed || !lw_socket_watch_(to);
  if (!gone) TAILQ_INSERT_TAIL(&to->queues[request->side], request, link);
  lw_lock_release(&to->lock);
  if (gone)
    finish(request, ECANCELED);
  else
    pump(to, LW_SOCKET_IN);
}

/// Tries the requests of a side one after the other, until one would block; `request` is the first, claimed.
static void pump_from(lw_socket *socket, lw_socket_side side, lw_socket_request *_Nullable request) {
  bool more = true;
  for (; request; request = more ? claim_next(socket, side) : NULL) {
    int error = leave_claim(socket, request, request->attempt(socket, request), true, &more);
    if (error == EAGAIN) return;
    if (error == LW_SOCKET_MOVED)
      move_to((lw_socket *)request->other, request);
    else
      finish(request, error);
  }
}

static void pump(lw_socket *socket, lw_socket_side side) { pump_from(socket, side, claim_next(socket, side)); }

void lw_socket_retry_(lw_socket *socket, lw_socket_side side) { pump(socket, side); }

/// Tells those who only wait until it is ready.
static void tell_watchers(lw_socket *socket) {
  lw_wakes wakes = {NULL};
  lw_lock_acquire(&socket->lock);
  short state = lw_socket_poll_(socket);
  lw_socket_wake_waiters_(socket, state, false, &wakes);
  lw_object *event = lw_socket_note_events_(socket, state);
  lw_socket_arm_(socket);
  lw_lock_release(&socket->lock);
  lw_wakes_release_(&wakes);
  if (!event) return;
  lw_object_set_(event);
  lw_object_release_(event);
}

/// On the poller's thread.
static void ready(void *context) {
  lw_socket *socket = context;
  if (!lw_object_retain_(&socket->file.object)) return;
  if (atomic_load(&socket->state) == LW_SOCKET_CONNECTING) lw_socket_settle_connect_(socket);
  lw_lock_acquire(&socket->lock);
  socket->armed = 0;
  lw_socket_request *in = claim_first(socket, LW_SOCKET_IN), *out = claim_first(socket, LW_SOCKET_OUT);
  bool is_watched = !TAILQ_EMPTY(&socket->waiters) || socket->event;
  if (!in && !out && !is_watched) lw_socket_arm_(socket);
  lw_lock_release(&socket->lock);
  pump_from(socket, LW_SOCKET_IN, in);
  pump_from(socket, LW_SOCKET_OUT, out);
  if (is_watched) tell_watchers(socket);
  lw_socket_release_(socket);
}

bool lw_socket_watch_(lw_socket *socket) {
  if (!socket->watch) socket->watch = lw_watch_open(socket->fd, ready, socket);
  return socket->watch != NULL;
}

// ---------------------------------------------------------------------------------------------------------- submitting

/// Whether a receive would find nothing, as far as the poller has heard: that need not be tried.
static bool is_known_empty(lw_socket *socket, const lw_socket_request *request) LW_REQUIRES(&socket->lock) {
  bool is_plain = request->attempt == lw_socket_receive_ && socket->type == SOCK_STREAM && !(request->flags & MSG_OOB);
  if (!is_plain || atomic_load(&socket->state) != LW_SOCKET_CONNECTED || atomic_load(&socket->shut_in)) return false;
  return socket->watch && lw_watch_is_exhausted(socket->watch, LW_READABLE);
}

/// In place where an operation starts, see plain_transfers.h.
__attribute__((always_inline)) static inline int submit(lw_socket *socket, lw_socket_request *request, bool may_queue) {
  lw_socket_side side = request->side;
  // relaxed: whoever would withdraw the request finds it on a list, whose lock publishes this.
  atomic_store_explicit(&request->socket, socket, memory_order_relaxed);
  lw_lock_acquire(&socket->lock);
  bool idle = !socket->claimed[side] && TAILQ_EMPTY(&socket->queues[side]);
  if (request->flags & MSG_OOB) atomic_store(&socket->takes_urgent, true);
  int error = socket->closed ? (request->operation ? ECANCELED : ENOTSOCK) : 0;
  if (error == 0 && may_queue && !lw_socket_watch_(socket)) error = ENOBUFS;
  bool tries = idle && !(may_queue && is_known_empty(socket, request));
  if (error == 0 && tries)
    claim(socket, request);
  else if (error == 0 && may_queue)
    TAILQ_INSERT_TAIL(&socket->queues[side], request, link);
  if (error == 0 && idle && !tries) lw_socket_arm_(socket);
  lw_lock_release(&socket->lock);
  if (error != 0) return error;
  if (!tries) return EAGAIN;
  bool more;
  error = leave_claim(socket, request, request->attempt(socket, request), may_queue, &more);
  if (more && (error != EAGAIN || !may_queue)) pump(socket, side); // what came behind it meanwhile
  if (error == LW_SOCKET_MOVED) {
    move_to((lw_socket *)request->other, request);
    error = EAGAIN;
  }
  return error;
}

int lw_socket_submit_(lw_socket *socket, lw_socket_request *request, bool may_queue) {
  return submit(socket, request, may_queue);
}

/// Submits the operation's request; ReadFile and WriteFile come without one.
DWORD lw_socket_start_(lw_operation *operation) {
  lw_socket_request *request = lw_socket_request_of_(operation);
  if (!request->attempt) lw_socket_prepare_plain_(operation, request);
  request->operation = operation;
  request->buffers = operation->buffers;
  int error = submit((lw_socket *)operation->file, request, true);
  if (error == EAGAIN) return STATUS_PENDING;
  operation->transferred = request->transferred;
  return lw_socket_status_(error);
}

/// True: the request was waiting and has been taken off.
static bool withdraw(lw_socket_request *request) {
  for (;;) {
    lw_socket *socket = atomic_load(&request->socket);
    lw_lock_acquire(&socket->lock);
    if (atomic_load(&request->socket) != socket) {
      lw_lock_release(&socket->lock);
      continue;
    }
    lw_socket_request *queued;
    TAILQ_FOREACH(queued, &socket->queues[request->side], link)
    if (queued == request) break;
    if (queued)
      take_off(socket, request);
    else
      request->withdrawn = true;
    lw_socket_arm_(socket);
    lw_lock_release(&socket->lock);
    return queued != NULL;
  }
}

bool lw_socket_withdraw_(lw_operation *operation) {
  lw_socket_request *request = lw_socket_request_of_(operation);
  if (!withdraw(request)) return false;
  operation->transferred = request->transferred;
  if (operation->fills) atomic_store(&((lw_socket *)(uintptr_t)operation->fills)->accepting, false);
  return true;
}

int lw_socket_perform_(lw_socket *socket, lw_socket_request *request, DWORD ms) {
  lw_sleeper sleeper = lw_sleeper_();
  request->sleeper = &sleeper;
  bool waits = !atomic_load(&socket->nonblocking);
  int error = lw_socket_submit_(socket, request, waits);
  if (error != EAGAIN || !waits) return error;
  if (!lw_sleep_(&sleeper, socket, lw_deadline_(ms))) {
    if (withdraw(request)) return ETIMEDOUT;
    lw_sleep_(&sleeper, socket, LW_NEVER); // it ends right now
  }
  return request->error;
}

void lw_socket_closed_(lw_file *file) {
  lw_socket *socket = (lw_socket *)file;
  lw_wakes wakes = {NULL};
  lw_socket_requests gone = TAILQ_HEAD_INITIALIZER(gone);
  lw_lock_acquire(&socket->lock);
  socket->closed = true;
  for (int side = 0; side < LW_SOCKET_SIDES; side++) {
    lw_socket_request *request, *next;
    for (request = TAILQ_FIRST(&socket->queues[side]); request; request = next) {
      next = TAILQ_NEXT(request, link);
      // The operations of this socket are withdrawn by the file.
      if (request->operation && request->operation->file == file) continue;
      take_off(socket, request);
      TAILQ_INSERT_TAIL(&gone, request, link);
    }
  }
  lw_socket_wake_waiters_(socket, 0, true, &wakes);
  lw_object *event = socket->event;
  socket->event = NULL;
  lw_socket_arm_(socket);
  lw_socket_let_descriptor_go_(socket);
  lw_lock_release(&socket->lock);
  lw_socket_unbind_(socket);
  lw_wakes_release_(&wakes);
  if (event) lw_object_release_(event);
  lw_socket_request *request;
  while ((request = TAILQ_FIRST(&gone))) {
    TAILQ_REMOVE(&gone, request, link);
    finish(request, request->operation ? ECANCELED : EINTR);
  }
  if (atomic_load(&socket->accepting)) lw_files_cancel_filling_(file);
}
