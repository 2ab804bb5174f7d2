// Named pipes: names, the instances that listen, and who waits for one.
//
// The names' lock decides which client gets which instance; it is taken before the lock of an instance.
#include <string.h>

#include "lw_utf16.h"
#include "namedpipeapi.h"
#include "pipe.h"

enum { BUCKETS = 256, DEFAULT_WAIT_MS = 50 };

/// A thread in WaitNamedPipe; on its stack.
typedef struct lw_pipe_waiter {
  lw_sleeper sleeper;
  TAILQ_ENTRY(lw_pipe_waiter) link;
  bool served;
} lw_pipe_waiter;

static lw_pool pool = LW_POOL(lw_named_pipe);
static lw_lock names_lock;
static LIST_HEAD(, lw_named_pipe) buckets[BUCKETS] LW_GUARDED_BY(names_lock);

void lw_pipe_names_lock_(void) LW_ACQUIRE(names_lock) { lw_lock_acquire(&names_lock); }
void lw_pipe_names_unlock_(void) LW_RELEASE(names_lock) { lw_lock_release(&names_lock); }

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

/// The name in lower case, and its bucket; false when it is too long.
static bool fold(const char *name, char folded[_Nonnull LW_PIPE_NAME_BYTES], uint32_t *bucket) {
  uint32_t hash = 2166136261u; // FNV-1a
  size_t length = strlen(name);
  if (length >= LW_PIPE_NAME_BYTES) return false;
  for (size_t i = 0; i <= length; i++) {
    folded[i] = lower(name[i]);
    hash = (hash ^ (uint8_t)folded[i]) * 16777619u;
  }
  *bucket = hash % BUCKETS;
  return true;
}

static lw_named_pipe *_Nullable find(const char *folded, uint32_t bucket) LW_REQUIRES(names_lock) {
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
}

static void stop_listening(lw_pipe_end *server) LW_REQUIRES(names_lock) {
  if (server->listens) TAILQ_REMOVE(&server->pipe->listening, server, on_listening);
  server->listens = false;
}

void lw_pipe_wake_waiters_(lw_pipe_end *server) {
  if (!server->pipe) return;
  lw_wakes wakes = {NULL};
  lw_lock_acquire(&names_lock);
  lw_pipe_waiter *waiter;
  while ((waiter = TAILQ_FIRST(&server->pipe->waiters))) {
    TAILQ_REMOVE(&server->pipe->waiters, waiter, link);
    waiter->served = true;
    lw_wakes_add_(&wakes, &waiter->sleeper);
  }
  lw_lock_release(&names_lock);
  lw_wakes_release_(&wakes);
}

void lw_pipe_forget_(lw_pipe_end *server) {
  lw_lock_acquire(&names_lock);
  stop_listening(server);
  if (--server->pipe->instances == 0) LIST_REMOVE(server->pipe, link);
  lw_lock_release(&names_lock);
}

void lw_pipe_release_name_(lw_pipe_end *server) {
  lw_lock_acquire(&names_lock);
  bool last = --server->pipe->references == 0;
  lw_lock_release_quietly(&names_lock);
  if (last) lw_pool_give(&pool, server->pipe);
}

/// What CreateNamedPipe was given.
typedef struct pipe_request {
  char folded[LW_PIPE_NAME_BYTES];
  uint32_t bucket;
  DWORD open_mode;
  DWORD pipe_mode;
  DWORD instances_max;
  uint32_t out_bytes;
  uint32_t in_bytes;
  DWORD default_ms;
} pipe_request;

/// Gives `server` a place under its name; `fresh` is used, and its pointer cleared, when it is the first instance.
static DWORD add_instance(const pipe_request *request, lw_pipe_end *server, lw_named_pipe **fresh)
    LW_REQUIRES(names_lock) {
  lw_named_pipe *pipe = find(request->folded, request->bucket);
  DWORD direction = request->open_mode & PIPE_ACCESS_DUPLEX;
  bool message_type = request->pipe_mode & PIPE_TYPE_MESSAGE;
  if (pipe) {
    if (request->open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE) return ERROR_ACCESS_DENIED;
    if (pipe->instances >= pipe->instances_max) return ERROR_PIPE_BUSY;
    if (pipe->direction != direction || pipe->message_type != message_type) return ERROR_ACCESS_DENIED;
  } else {
    pipe = *fresh;
    *fresh = NULL;
    memcpy(pipe->name, request->folded, sizeof pipe->name);
    pipe->instances_max = request->instances_max == PIPE_UNLIMITED_INSTANCES ? UINT32_MAX : request->instances_max;
    pipe->direction = direction;
    pipe->message_type = message_type;
    pipe->out_bytes = request->out_bytes;
    pipe->in_bytes = request->in_bytes;
    pipe->default_ms = request->default_ms ? request->default_ms : DEFAULT_WAIT_MS;
    TAILQ_INIT(&pipe->listening);
    TAILQ_INIT(&pipe->waiters);
    LIST_INSERT_HEAD(&buckets[request->bucket], pipe, link);
  }
  pipe->instances++;
  pipe->references++;
  server->pipe = pipe;
  lw_pipe_listen_(server);
  return ERROR_SUCCESS;
}

static DWORD make_instance(const pipe_request *request, lw_pipe_end **made) {
  lw_pipe_options options = {.access = request->open_mode &
                                       PIPE_ACCESS_DUPLEX, // FILE_READ_DATA is inbound, FILE_WRITE_DATA outbound
                             .overlapped = request->open_mode & FILE_FLAG_OVERLAPPED,
                             .message_type = request->pipe_mode & PIPE_TYPE_MESSAGE,
                             .message_reads = request->pipe_mode & PIPE_READMODE_MESSAGE,
                             .never_waits = request->pipe_mode & PIPE_NOWAIT,
                             .quota = request->in_bytes,
                             .write_quota = request->out_bytes};
  lw_named_pipe *fresh = lw_pool_take(&pool);
  lw_pipe_end *server = fresh ? lw_pipe_end_make_(&options, NULL) : NULL;
  DWORD error = ERROR_NOT_ENOUGH_MEMORY;
  if (server) {
    lw_lock_acquire(&names_lock);
    error = add_instance(request, server, &fresh);
    lw_lock_release(&names_lock);
    if (error != ERROR_SUCCESS) lw_file_release_(&server->file);
  }
  if (fresh) lw_pool_give(&pool, fresh);
  *made = server;
  return error;
}

static HANDLE failed(DWORD error) {
  lw_failed_(error);
  return INVALID_HANDLE_VALUE;
}

HANDLE CreateNamedPipeA(LPCSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances_max, DWORD out_bytes,
                        DWORD in_bytes, DWORD default_ms, LPSECURITY_ATTRIBUTES attributes) {
  (void)attributes;
  enum { MODES = PIPE_NOWAIT | PIPE_READMODE_MESSAGE | PIPE_TYPE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS };
  pipe_request request = {.open_mode = open_mode,
                          .pipe_mode = pipe_mode,
                          .instances_max = instances_max,
                          .out_bytes = out_bytes,
                          .in_bytes = in_bytes,
                          .default_ms = default_ms};
  if (!name || !*name) return failed(ERROR_PATH_NOT_FOUND);
  const char *own = lw_pipe_name_(name);
  if (!own) return failed(ERROR_INVALID_NAME);
  if (!fold(own, request.folded, &request.bucket)) return failed(ERROR_FILENAME_EXCED_RANGE);
  bool bytes_as_messages = (pipe_mode & PIPE_READMODE_MESSAGE) && !(pipe_mode & PIPE_TYPE_MESSAGE);
  if (!(open_mode & PIPE_ACCESS_DUPLEX) || (pipe_mode & ~(DWORD)MODES) || bytes_as_messages || instances_max == 0 ||
      instances_max > PIPE_UNLIMITED_INSTANCES)
    return failed(ERROR_INVALID_PARAMETER);
  lw_pipe_end *server;
  DWORD error = make_instance(&request, &server);
  if (error != ERROR_SUCCESS) return failed(error);
  lw_pipe_wake_waiters_(server);
  HANDLE handle = lw_handle_open_(&server->file.object);
  return handle ? handle : INVALID_HANDLE_VALUE;
}

HANDLE CreateNamedPipeW(LPCWSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances_max, DWORD out_bytes,
                        DWORD in_bytes, DWORD default_ms, LPSECURITY_ATTRIBUTES attributes) {
  char narrow[2 * LW_PIPE_NAME_BYTES];
  if (name && !lw_narrow_(name, narrow, sizeof narrow)) return failed(ERROR_FILENAME_EXCED_RANGE);
  return CreateNamedPipeA(name ? narrow : NULL, open_mode, pipe_mode, instances_max, out_bytes, in_bytes, default_ms,
                          attributes);
}

// ---------------------------------------------------------------------------------------------------------- clients

/// The rights a client can have: to read what the server writes, and the other way round.
static bool allows(const lw_named_pipe *pipe, DWORD access) {
  return !((access & FILE_READ_DATA) && !(pipe->direction & PIPE_ACCESS_OUTBOUND)) &&
         !((access & FILE_WRITE_DATA) && !(pipe->direction & PIPE_ACCESS_INBOUND));
}

/// The oldest instance that listens, with a reference, which listens no more; NULL and why in `error`.
static lw_pipe_end *_Nullable claim_instance(const char *folded, uint32_t bucket, DWORD access, DWORD *error) {
  lw_pipe_end *server = NULL;
  lw_lock_acquire(&names_lock);
  lw_named_pipe *pipe = find(folded, bucket);
  *error = !pipe ? ERROR_FILE_NOT_FOUND : !allows(pipe, access) ? ERROR_ACCESS_DENIED : ERROR_PIPE_BUSY;
  if (*error == ERROR_PIPE_BUSY) {
    server = TAILQ_FIRST(&pipe->listening);
    if (server && !lw_object_retain_(&server->file.object)) server = NULL;
    if (server) stop_listening(server);
  }
  lw_lock_release(&names_lock);
  return server;
}

HANDLE lw_pipe_open_(const char *name, DWORD access, DWORD flags) {
  char folded[LW_PIPE_NAME_BYTES];
  uint32_t bucket;
  DWORD error, rights = lw_file_access_(access);
  if (!fold(name, folded, &bucket)) return failed(ERROR_FILENAME_EXCED_RANGE);
  lw_pipe_end *server = claim_instance(folded, bucket, rights, &error);
  if (!server) return failed(error);
  lw_pipe_options options = {.access = rights,
                             .overlapped = flags & FILE_FLAG_OVERLAPPED,
                             .message_type = server->message_type,
                             .quota = server->write_quota,
                             .write_quota = server->quota};
  lw_pipe_end *client = lw_pipe_end_make_(&options, server);
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  bool connected = false;
  if (client) {
    lw_lock_acquire(lw_pipe_lock_(server));
    connected = server->state == LW_PIPE_LISTENING;
    if (connected) lw_pipe_connect_(server, client, &work);
    lw_lock_release(lw_pipe_lock_(server));
  }
  HANDLE handle = connected ? lw_handle_open_(&client->file.object) : INVALID_HANDLE_VALUE;
  lw_pipe_work_do_(&work);
  if (client && !connected) lw_file_release_(&client->file);
  lw_file_release_(&server->file);
  // The instance was closed in this moment.
  if (!connected) return failed(client ? ERROR_FILE_NOT_FOUND : ERROR_NOT_ENOUGH_MEMORY);
  return handle ? handle : INVALID_HANDLE_VALUE;
}

// ---------------------------------------------------------------------------------------------------------- waiting

uint32_t lw_pipe_instances_(lw_pipe_end *server) {
  lw_lock_acquire(&names_lock);
  uint32_t instances = server->pipe->instances;
  lw_lock_release_quietly(&names_lock);
  return instances;
}

/// Whether an instance listens; else `waiter` joins those who wait for one, unless it is not to wait. What the wait is
/// for is kept in `reference`, one of the pipe's own.
static DWORD join_waiters(const char *folded, uint32_t bucket, lw_pipe_waiter *waiter, DWORD *ms,
                          lw_named_pipe *_Nullable *_Nonnull joined) {
  lw_lock_acquire(&names_lock);
  lw_named_pipe *pipe = find(folded, bucket);
  DWORD error = !pipe ? ERROR_FILE_NOT_FOUND : TAILQ_EMPTY(&pipe->listening) ? ERROR_SEM_TIMEOUT : ERROR_SUCCESS;
  if (error == ERROR_SEM_TIMEOUT && *ms != NMPWAIT_NOWAIT) {
    if (*ms == NMPWAIT_USE_DEFAULT_WAIT) *ms = pipe->default_ms;
    TAILQ_INSERT_TAIL(&pipe->waiters, waiter, link);
    pipe->references++;
    *joined = pipe;
  }
  lw_lock_release(&names_lock);
  return error;
}

/// Sleeps until an instance listens or the time has passed.
static DWORD wait_for_instance(lw_named_pipe *pipe, lw_pipe_waiter *waiter, DWORD ms) {
  bool released = lw_sleep_(&waiter->sleeper, pipe, lw_deadline_(ms));
  lw_lock_acquire(&names_lock);
  bool served = waiter->served;
  if (!served) TAILQ_REMOVE(&pipe->waiters, waiter, link);
  bool last = --pipe->references == 0;
  lw_lock_release(&names_lock);
  if (served && !released) lw_sleep_(&waiter->sleeper, pipe, LW_NEVER); // its release is on its way
  if (last) lw_pool_give(&pool, pipe);
  return served ? ERROR_SUCCESS : ERROR_SEM_TIMEOUT;
}

BOOL WaitNamedPipeA(LPCSTR name, DWORD ms) {
  char folded[LW_PIPE_NAME_BYTES];
  uint32_t bucket;
  const char *own = name ? lw_pipe_name_(name) : NULL;
  if (!own) return lw_failed_(name ? ERROR_PATH_NOT_FOUND : ERROR_INVALID_PARAMETER);
  if (!fold(own, folded, &bucket)) return lw_failed_(ERROR_FILENAME_EXCED_RANGE);
  lw_pipe_waiter waiter = {.sleeper = lw_sleeper_()};
  lw_named_pipe *joined = NULL;
  DWORD error = join_waiters(folded, bucket, &waiter, &ms, &joined);
  if (joined) error = wait_for_instance(joined, &waiter, ms);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

BOOL WaitNamedPipeW(LPCWSTR name, DWORD ms) {
  char narrow[2 * LW_PIPE_NAME_BYTES];
  if (name && !lw_narrow_(name, narrow, sizeof narrow)) return lw_failed_(ERROR_FILENAME_EXCED_RANGE);
  return WaitNamedPipeA(name ? narrow : NULL, ms);
}
