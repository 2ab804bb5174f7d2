// The clients' side: opening a pipe by its name, and waiting until that can be done.
#include "family.h"
#include "joint_pipes.h"
#include "lw_utf16.h"
#include "namedpipeapi.h"
#include "remote_pipe.h"

static HANDLE failed(DWORD error) {
  lw_failed_(error);
  return INVALID_HANDLE_VALUE;
}

// ---------------------------------------------------------------------------------------------------------- clients

/// The rights a client can have: to read what the server writes, and the other way round.
static bool allows(DWORD direction, DWORD access) {
  return !((access & FILE_READ_DATA) && !(direction & PIPE_ACCESS_OUTBOUND)) &&
         !((access & FILE_WRITE_DATA) && !(direction & PIPE_ACCESS_INBOUND));
}

/// The oldest instance that listens, with a reference, which listens no more; NULL and why in `error`.
static lw_pipe_end *_Nullable claim_instance(const char *folded, uint32_t bucket, DWORD access, DWORD *error) {
  lw_pipe_end *server = NULL;
  lw_lock_acquire(&lw_pipe_names_);
  lw_named_pipe *pipe = lw_pipe_find_(folded, bucket);
  *error = !pipe ? ERROR_FILE_NOT_FOUND : !allows(pipe->direction, access) ? ERROR_ACCESS_DENIED : ERROR_PIPE_BUSY;
  if (*error == ERROR_PIPE_BUSY) {
    server = TAILQ_FIRST(&pipe->listening);
    if (server && !lw_object_retain_(&server->file.object)) server = NULL;
    if (server) lw_pipe_stop_listening_(server);
  }
  lw_lock_release(&lw_pipe_names_);
  return server;
}

/// Connects `client` to the instance that was claimed for it; false when that has been closed meanwhile.
static bool connect(lw_pipe_end *server, lw_pipe_end *client) {
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  lw_lock_acquire(lw_pipe_lock_(server));
  bool connected = server->state == LW_PIPE_LISTENING;
  if (connected) lw_pipe_connect_(server, client, &work);
  lw_lock_release(lw_pipe_lock_(server));
  lw_pipe_work_do_(&work);
  return connected;
}

/// A claimed instance that no client came to.
static void give_back(lw_pipe_end *server) {
  lw_lock_acquire(&lw_pipe_names_);
  lw_lock_acquire(lw_pipe_lock_(server));
  if (server->state == LW_PIPE_LISTENING) lw_pipe_listen_(server);
  lw_lock_release_quietly(lw_pipe_lock_(server));
  lw_lock_release(&lw_pipe_names_);
}

lw_pipe_end *lw_pipe_open_end_(const char *folded, uint32_t bucket, const lw_pipe_client *opener, DWORD *error) {
  for (;;) {
    lw_pipe_end *server = claim_instance(folded, bucket, opener->rights, error);
    if (!server) return NULL;
    lw_pipe_options options = {.access = opener->rights,
                               .overlapped = opener->overlapped,
                               .process = opener->process,
                               .message_type = server->message_type,
                               .quota = server->write_quota,
                               .write_quota = server->quota};
    lw_pipe_end *client = lw_pipe_end_make_(&options, server);
    bool connected = client && connect(server, client);
    if (!client) give_back(server);
    lw_file_release_(&server->file);
    if (connected) return client;
    *error = ERROR_NOT_ENOUGH_MEMORY;
    if (!client) return NULL;
    lw_file_release_(&client->file);
  }
}

/// Of the family's pipes: the instance that listens longest, of whichever process. NULL and the last error.
static HANDLE _Nullable open_shared(const char *folded, uint32_t bucket, const lw_pipe_client *opener) {
  for (;;) {
    lw_joint_pipe_choice choice = lw_joint_pipe_choose_(folded, false);
    DWORD error = !choice.exists                              ? ERROR_FILE_NOT_FOUND
                  : !allows(choice.direction, opener->rights) ? ERROR_ACCESS_DENIED
                  : choice.place == 0                         ? ERROR_PIPE_BUSY
                                                              : ERROR_SUCCESS;
    lw_pipe_end *client = NULL;
    if (error == ERROR_SUCCESS && choice.is_own) client = lw_pipe_open_end_(folded, bucket, opener, &error);
    if (client) return lw_pipe_hand_out_(client);
    if (error == ERROR_SUCCESS) {
      HANDLE handle = lw_remote_pipe_open_(folded, choice.place, opener->rights, opener->overlapped);
      if (handle) return handle;
      error = GetLastError();
    }
    // Another client may have been there first, or the process has gone: then the choice is another one.
    if (choice.place == 0 || (error != ERROR_PIPE_BUSY && error != ERROR_FILE_NOT_FOUND)) {
      lw_failed_(error);
      return NULL;
    }
  }
}

HANDLE lw_pipe_open_(const char *name, DWORD access, DWORD flags) {
  char folded[LW_PIPE_NAME_BYTES];
  uint32_t bucket;
  DWORD error;
  lw_pipe_client opener = {
      .rights = lw_file_access_(access), .overlapped = flags & FILE_FLAG_OVERLAPPED, .process = GetCurrentProcessId()};
  if (!lw_pipe_fold_(name, folded, &bucket)) return failed(ERROR_FILENAME_EXCED_RANGE);
  HANDLE handle = NULL;
  if (lw_family_() != 0) {
    if (!lw_family_begin_()) return failed(ERROR_NOT_ENOUGH_MEMORY);
    handle = open_shared(folded, bucket, &opener);
    return handle ? handle : INVALID_HANDLE_VALUE;
  }
  lw_pipe_end *client = lw_pipe_open_end_(folded, bucket, &opener, &error);
  if (client)
    handle = lw_pipe_hand_out_(client);
  else
    lw_failed_(error);
  return handle ? handle : INVALID_HANDLE_VALUE;
}

// ---------------------------------------------------------------------------------------------------------- waiting

/// Whether an instance listens; else `waiter` joins those who wait for one, unless it is not to wait. What the wait is
/// for is kept in `reference`, one of the pipe's own.
static DWORD join_waiters(const char *folded, uint32_t bucket, lw_pipe_waiter *waiter, DWORD *ms,
                          lw_named_pipe *_Nullable *_Nonnull joined) {
  lw_lock_acquire(&lw_pipe_names_);
  lw_named_pipe *pipe = lw_pipe_find_(folded, bucket);
  DWORD error = !pipe ? ERROR_FILE_NOT_FOUND : TAILQ_EMPTY(&pipe->listening) ? ERROR_SEM_TIMEOUT : ERROR_SUCCESS;
  if (error == ERROR_SEM_TIMEOUT && *ms != NMPWAIT_NOWAIT) {
    if (*ms == NMPWAIT_USE_DEFAULT_WAIT) *ms = pipe->default_ms;
    TAILQ_INSERT_TAIL(&pipe->waiters, waiter, link);
    pipe->references++;
    *joined = pipe;
  }
  lw_lock_release(&lw_pipe_names_);
  return error;
}

/// Sleeps until an instance listens or the time has passed.
static DWORD wait_for_instance(lw_named_pipe *pipe, lw_pipe_waiter *waiter, DWORD ms) {
  bool released = lw_sleep_(&waiter->sleeper, pipe, lw_deadline_(ms));
  lw_lock_acquire(&lw_pipe_names_);
  bool served = waiter->served;
  if (!served) TAILQ_REMOVE(&pipe->waiters, waiter, link);
  bool last = --pipe->references == 0;
  lw_lock_release(&lw_pipe_names_);
  if (served && !released) lw_sleep_(&waiter->sleeper, pipe, LW_NEVER); // its release is on its way
  if (last) lw_named_pipe_give_(pipe);
  return served ? ERROR_SUCCESS : ERROR_SEM_TIMEOUT;
}

static DWORD wait_for_own(const char *folded, uint32_t bucket, DWORD ms) {
  lw_pipe_waiter waiter = {.sleeper = lw_sleeper_()};
  lw_named_pipe *joined = NULL;
  DWORD error = join_waiters(folded, bucket, &waiter, &ms, &joined);
  return joined ? wait_for_instance(joined, &waiter, ms) : error;
}

/// Threads that wait for an instance of a pipe of the family, whichever pipe that is.
static TAILQ_HEAD(, lw_pipe_waiter) shared_waiters
    LW_GUARDED_BY(lw_pipe_names_) = TAILQ_HEAD_INITIALIZER(shared_waiters);

void lw_pipes_look_again_(void) {
  lw_wakes wakes = {NULL};
  lw_lock_acquire(&lw_pipe_names_);
  lw_pipe_waiter *waiter;
  while ((waiter = TAILQ_FIRST(&shared_waiters))) {
    TAILQ_REMOVE(&shared_waiters, waiter, link);
    waiter->served = true;
    lw_wakes_add_(&wakes, &waiter->sleeper);
  }
  lw_lock_release_quietly(&lw_pipe_names_);
  lw_wakes_release_(&wakes);
}

/// Sleeps until it is worth another look; false when the time has passed.
static bool wait_for_look(lw_pipe_waiter *waiter, lw_time deadline) {
  bool released = lw_sleep_(&waiter->sleeper, &shared_waiters, deadline);
  lw_lock_acquire(&lw_pipe_names_);
  bool served = waiter->served;
  if (!served) TAILQ_REMOVE(&shared_waiters, waiter, link);
  lw_lock_release_quietly(&lw_pipe_names_);
  if (served && !released) lw_sleep_(&waiter->sleeper, &shared_waiters, LW_NEVER); // its release is on its way
  return served;
}

/// The same where other processes may have instances.
static DWORD wait_for_shared(const char *folded, DWORD ms) {
  bool waits = ms != NMPWAIT_NOWAIT;
  lw_time deadline = ms == NMPWAIT_USE_DEFAULT_WAIT || !waits ? 0 : lw_deadline_(ms);
  for (;;) {
    lw_pipe_waiter waiter = {.sleeper = lw_sleeper_()};
    lw_lock_acquire(&lw_pipe_names_);
    lw_joint_pipe_choice choice = lw_joint_pipe_choose_(folded, waits);
    bool joins = choice.exists && choice.place == 0 && waits;
    if (joins) TAILQ_INSERT_TAIL(&shared_waiters, &waiter, link);
    lw_lock_release(&lw_pipe_names_);
    if (!choice.exists) return ERROR_FILE_NOT_FOUND;
    if (choice.place != 0) return ERROR_SUCCESS;
    if (deadline == 0) deadline = lw_deadline_(choice.default_ms);
    if (!joins || !wait_for_look(&waiter, deadline)) return ERROR_SEM_TIMEOUT;
  }
}

BOOL WaitNamedPipeA(LPCSTR name, DWORD ms) {
  char folded[LW_PIPE_NAME_BYTES];
  uint32_t bucket;
  const char *own = name ? lw_pipe_name_(name) : NULL;
  if (!own) return lw_failed_(name ? ERROR_PATH_NOT_FOUND : ERROR_INVALID_PARAMETER);
  if (!lw_pipe_fold_(own, folded, &bucket)) return lw_failed_(ERROR_FILENAME_EXCED_RANGE);
  if (lw_family_() != 0 && !lw_family_begin_()) return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  DWORD error = lw_family_() != 0 ? wait_for_shared(folded, ms) : wait_for_own(folded, bucket, ms);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

BOOL WaitNamedPipeW(LPCWSTR name, DWORD ms) {
  char narrow[2 * LW_PIPE_NAME_BYTES];
  if (name && !lw_narrow_(name, narrow, sizeof narrow)) return lw_failed_(ERROR_FILENAME_EXCED_RANGE);
  return WaitNamedPipeA(name ? narrow : NULL, ms);
}
