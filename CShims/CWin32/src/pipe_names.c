// Named pipes by name: which there are, and which of their instances listen.
#include "joint_pipes.h"
#include "pipe_listener.h"

#include <string.h>

#include "name_case.h"

enum { BUCKETS = 256 };

lw_lock lw_pipe_names_;
static LIST_HEAD(, lw_named_pipe) buckets[BUCKETS] LW_GUARDED_BY(lw_pipe_names_);
static lw_pool pool = LW_POOL(lw_named_pipe);

lw_named_pipe *lw_named_pipe_take_(void) { return lw_pool_take(&pool); }
void lw_named_pipe_give_(lw_named_pipe *pipe) { lw_pool_give(&pool, pipe); }

void lw_named_pipe_add_(lw_named_pipe *pipe, uint32_t bucket) {
  TAILQ_INIT(&pipe->listening);
  TAILQ_INIT(&pipe->waiters);
  LIST_INSERT_HEAD(&buckets[bucket], pipe, link);
}

static bool are_shared LW_GUARDED_BY(lw_pipe_names_);
bool lw_pipes_are_shared_(void) { return are_shared; }

/// Says in the family's memory since when an instance of this process listens.
static void tell_listening(lw_named_pipe *pipe) LW_REQUIRES(lw_pipe_names_) {
  const lw_pipe_end *oldest = TAILQ_FIRST(&pipe->listening);
  if (pipe->joint) lw_joint_pipe_listens_(pipe->joint, oldest ? oldest->turn : 0);
}

/// A pipe that was this process's own. One whose name another process has by now stays that.
static void share(lw_named_pipe *pipe) LW_REQUIRES(lw_pipe_names_) {
  lw_joint_pipe_terms terms = {pipe->instances_max, pipe->direction, pipe->message_type, pipe->default_ms};
  if (lw_joint_pipe_add_(pipe->name, &terms, pipe->instances, true, &pipe->joint) != ERROR_SUCCESS) {
    pipe->joint = 0;
    return;
  }
  lw_pipe_listener_open_(pipe->name, &pipe->listener);
  lw_pipe_end *end;
  TAILQ_FOREACH(end, &pipe->listening, on_listening) { end->turn = lw_joint_pipe_turn_(); }
  tell_listening(pipe);
}

void lw_pipes_share_(void) {
  lw_lock_acquire(&lw_pipe_names_);
  for (uint32_t bucket = 0; !are_shared && bucket < BUCKETS; bucket++) {
    lw_named_pipe *pipe;
    LIST_FOREACH(pipe, &buckets[bucket], link) { share(pipe); }
  }
  are_shared = true;
  lw_lock_release(&lw_pipe_names_);
}

// ------------------------------------------------------------------------------------------------------------ names

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

const char *lw_pipe_name_(const char *name) {
  static const char prefix[] = "\\\\.\\pipe\\";
  for (size_t i = 0; i < sizeof prefix - 1; i++) {
    char c = name[i] == '/' ? '\\' : lower(name[i]);
    if (c != prefix[i] && !(i == 2 && c == '?')) return NULL;
  }
  return name[sizeof prefix - 1] ? name + sizeof prefix - 1 : NULL;
}

bool lw_pipe_fold_(const char *name, char *folded, uint32_t *bucket) {
  uint32_t hash = 2166136261u; // FNV-1a
  size_t length = strlen(name);
  if (length >= LW_PIPE_NAME_BYTES) return false;
  memcpy(folded, name, length + 1);
  lw_fold_case_(folded);
  for (size_t i = 0; i <= length; i++) hash = (hash ^ (uint8_t)folded[i]) * 16777619u;
  *bucket = hash % BUCKETS;
  return true;
}

lw_named_pipe *lw_pipe_find_(const char *folded, uint32_t bucket) {
  lw_named_pipe *pipe;
  LIST_FOREACH(pipe, &buckets[bucket], link) {
    if (strcmp(pipe->name, folded) == 0) return pipe;
  }
  return NULL;
}

// -------------------------------------------------------------------------------------------------------- instances

void lw_pipe_listen_(lw_pipe_end *server) {
  if (server->listens || !server->pipe) return;
  server->listens = true;
  TAILQ_INSERT_TAIL(&server->pipe->listening, server, on_listening);
  if (server->pipe->joint) server->turn = lw_joint_pipe_turn_();
  tell_listening(server->pipe);
}

void lw_pipe_stop_listening_(lw_pipe_end *server) {
  if (!server->listens) return;
  TAILQ_REMOVE(&server->pipe->listening, server, on_listening);
  server->listens = false;
  tell_listening(server->pipe);
}

void lw_pipe_wake_waiters_(lw_pipe_end *server) {
  if (!server->pipe) return;
  lw_wakes wakes = {NULL};
  lw_lock_acquire(&lw_pipe_names_);
  lw_pipe_waiter *waiter;
  while ((waiter = TAILQ_FIRST(&server->pipe->waiters))) {
    TAILQ_REMOVE(&server->pipe->waiters, waiter, link);
    waiter->served = true;
    lw_wakes_add_(&wakes, &waiter->sleeper);
  }
  lw_lock_release(&lw_pipe_names_);
  lw_wakes_release_(&wakes);
}

void lw_pipe_forget_(lw_pipe_end *server) {
  lw_pipe_listener *listener = NULL;
  lw_lock_acquire(&lw_pipe_names_);
  lw_pipe_stop_listening_(server);
  if (server->pipe->joint) lw_joint_pipe_remove_(server->pipe->joint);
  if (--server->pipe->instances == 0) {
    LIST_REMOVE(server->pipe, link);
    listener = server->pipe->listener;
    server->pipe->listener = NULL;
  }
  lw_lock_release(&lw_pipe_names_);
  if (listener) lw_pipe_listener_end_(listener);
}

void lw_pipe_release_name_(lw_pipe_end *server) {
  lw_lock_acquire(&lw_pipe_names_);
  bool last = --server->pipe->references == 0;
  lw_lock_release_quietly(&lw_pipe_names_);
  if (last) lw_pool_give(&pool, server->pipe);
}

uint32_t lw_pipe_instances_(lw_pipe_end *server) {
  lw_lock_acquire(&lw_pipe_names_);
  uint32_t joint = server->pipe->joint;
  uint32_t instances = joint ? lw_joint_pipe_instances_(joint) : server->pipe->instances;
  lw_lock_release_quietly(&lw_pipe_names_);
  return instances;
}
