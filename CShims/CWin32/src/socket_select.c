// Waiting for the readiness of several sockets, and select.
#include <errno.h>
#include <poll.h>

#include "socket.h"

bool lw_sockets_wait_(lw_socket_waiter *waiters, uint32_t count, lw_time deadline) {
  lw_sleeper sleeper = lw_sleeper_();
  _Atomic bool taken = false;
  for (uint32_t i = 0; i < count; i++) {
    lw_socket *socket = waiters[i].socket;
    waiters[i].sleeper = &sleeper;
    waiters[i].taken = &taken;
    lw_lock_acquire(&socket->lock);
    bool can = !socket->closed && lw_socket_watch_(socket);
    waiters[i].listed = can;
    if (can) TAILQ_INSERT_TAIL(&socket->waiters, &waiters[i], link);
    lw_socket_arm_(socket);
    lw_lock_release(&socket->lock);
    if (!can && !atomic_exchange(&taken, true)) deadline = 0; // closed: it is told at once
  }
  bool released = lw_sleep_(&sleeper, waiters, deadline);
  // Whoever has taken the sleeper releases it; nobody else may any more.
  if (!released && deadline != 0 && atomic_exchange(&taken, true)) lw_sleep_(&sleeper, waiters, LW_NEVER);
  for (uint32_t i = 0; i < count; i++) {
    lw_socket *socket = waiters[i].socket;
    lw_lock_acquire(&socket->lock);
    if (waiters[i].listed) TAILQ_REMOVE(&socket->waiters, &waiters[i], link);
    lw_socket_arm_(socket);
    lw_lock_release(&socket->lock);
  }
  return released;
}

typedef enum question_kind { IS_READABLE, IS_WRITABLE, HAS_FAILED, KINDS } question_kind;

/// One place of one set.
typedef struct question {
  lw_socket *socket;
  question_kind kind;
  bool yes;
} question;

/// What is asked in one call, with a waiter for each question.
typedef struct questions {
  uint32_t count, room;
  question *all;
  lw_socket_waiter *waiters;
  size_t bytes; ///< of `all`, when it is not on the stack
} questions;

static bool is_closed(lw_socket *socket) {
  lw_lock_acquire(&socket->lock);
  bool closed = socket->closed;
  lw_lock_release_quietly(&socket->lock);
  return closed;
}

/// What is so now.
static bool answer(question *q) {
  lw_socket *socket = q->socket;
  int connect_error = lw_socket_settle_connect_(socket);
  lw_socket_state state = atomic_load(&socket->state);
  short ready = lw_socket_poll_(socket);
  bool connected = state == LW_SOCKET_CONNECTED || socket->type == SOCK_DGRAM;
  const short in = POLLIN | POLLRDHUP | POLLHUP | POLLERR, out = POLLOUT | POLLHUP | POLLERR;
  switch (q->kind) {
  case IS_READABLE:
    q->yes = (connected && ready & in) || (state == LW_SOCKET_LISTENING && ready & POLLIN) ||
             atomic_load(&socket->was_refused);
    break;
  case IS_WRITABLE:
    q->yes = connected && ready & out;
    break;
  default:
    q->yes = (state == LW_SOCKET_IDLE && connect_error != 0) || (connected && ready & POLLPRI);
  }
  return q->yes;
}

/// What has to become ready for the answer to change.
static uint32_t wanted(const question *q) {
  if (q->kind == IS_READABLE) return LW_READABLE;
  return q->kind == IS_WRITABLE || atomic_load(&q->socket->state) == LW_SOCKET_CONNECTING ? LW_WRITABLE : 0;
}

/// Asks until one says yes, the time has passed or a socket was closed (WSAENOTSOCK).
static DWORD ask(questions *asked, lw_time deadline) {
  for (;;) {
    bool any = false;
    for (uint32_t i = 0; i < asked->count; i++) any |= answer(&asked->all[i]);
    if (any || deadline == 0) return ERROR_SUCCESS;
    for (uint32_t i = 0; i < asked->count; i++)
      asked->waiters[i] = (lw_socket_waiter){.socket = asked->all[i].socket, .wanted = wanted(&asked->all[i])};
    if (!lw_sockets_wait_(asked->waiters, asked->count, deadline)) deadline = 0; // a last look
    for (uint32_t i = 0; i < asked->count; i++)
      if (is_closed(asked->all[i].socket)) return WSAENOTSOCK;
  }
}

/// Adds a set. False with the last error when a socket is none.
static bool add(questions *asked, const lw_socket_set *_Nullable set, question_kind kind) {
  for (UINT i = 0; set && i < set->count && asked->count < asked->room; i++) {
    lw_socket *socket = lw_socket_of_(set->sockets[i], "select");
    if (!socket) return false;
    asked->all[asked->count++] = (question){.socket = socket, .kind = kind};
  }
  return true;
}

/// Leaves in a set what said yes.
static int keep(const questions *asked, lw_socket_set *_Nullable set, question_kind kind) {
  UINT kept = 0, place = 0;
  for (uint32_t i = 0; set && i < asked->count; i++) {
    if (asked->all[i].kind != kind) continue;
    if (asked->all[i].yes) set->sockets[kept++] = set->sockets[place];
    place++;
  }
  if (set) set->count = kept;
  return (int)kept;
}

static lw_time deadline_of(const lw_socket_time *_Nullable timeout) {
  const lw_time ns_per_second = 1000000000, ns_per_microsecond = 1000;
  if (!timeout) return LW_NEVER;
  if (timeout->seconds == 0 && timeout->microseconds == 0) return 0;
  return lw_clock_now() + (lw_time)timeout->seconds * ns_per_second +
         (lw_time)timeout->microseconds * ns_per_microsecond;
}

int lw_select(lw_socket_set *reading, lw_socket_set *writing, lw_socket_set *failing, const lw_socket_time *timeout) {
  enum { ON_STACK = 64 };
  if (!lw_winsock_is_started_()) return SOCKET_ERROR;
  question few[ON_STACK];
  lw_socket_waiter few_waiters[ON_STACK];
  lw_socket_set *sets[KINDS] = {reading, writing, failing};
  questions asked = {.all = few, .waiters = few_waiters};
  for (int kind = 0; kind < KINDS; kind++) asked.room += sets[kind] ? sets[kind]->count : 0;
  if (asked.room == 0) return lw_socket_failed_(WSAEINVAL);
  if (timeout && (timeout->seconds < 0 || timeout->microseconds < 0)) return lw_socket_failed_(WSAEINVAL);
  if (asked.room > ON_STACK) {
    asked.bytes = asked.room * (sizeof(question) + sizeof(lw_socket_waiter));
    char *pages = lw_pages_reserve(asked.bytes);
    if (!pages) return lw_socket_failed_(WSAENOBUFS);
    asked.waiters = (lw_socket_waiter *)(void *)pages;
    asked.all = (question *)(void *)(pages + asked.room * sizeof(lw_socket_waiter));
  }
  int result = SOCKET_ERROR;
  bool valid = true;
  for (int kind = 0; kind < KINDS && valid; kind++) valid = add(&asked, sets[kind], (question_kind)kind);
  DWORD error = valid ? ask(&asked, deadline_of(timeout)) : GetLastError();
  if (error == ERROR_SUCCESS) {
    result = 0;
    for (int kind = 0; kind < KINDS; kind++) result += keep(&asked, sets[kind], (question_kind)kind);
  }
  for (uint32_t i = 0; i < asked.count; i++) lw_socket_release_(asked.all[i].socket);
  if (asked.bytes) lw_pages_release(asked.waiters, asked.bytes);
  return error == ERROR_SUCCESS ? result : lw_socket_failed_(error);
}

int lw_socket_set_has(SOCKET socket, const lw_socket_set *set) {
  for (UINT i = 0; i < set->count; i++)
    if (set->sockets[i] == socket) return 1;
  return 0;
}
