// Carrying bytes between a pipe end and a child's socket, see stream_bridge.h.
#include "stream_bridge.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error_table.h"
#include "lw_control.h"

enum { CHUNK_BYTES = 65536 };

struct lw_bridge {
  lw_file *file; ///< a reference
  int fd;        ///< this process's side
  bool child_reads;
  _Atomic(HANDLE) handle;           ///< NULL once it has been closed
  _Atomic lw_thread_number carrier; ///< 0: it has not begun
  _Atomic uint32_t references;
  _Atomic bool child_ended;
  _Atomic bool carries; ///< between receiving what the child has written and passing it on
  _Atomic bool told;    ///< `ended` was called
  void (*_Nullable ended)(void *context);
  void *_Nullable context;
  char *chunk; ///< CHUNK_BYTES
};

static lw_pool pool = LW_POOL(lw_bridge);

// -------------------------------------------------------------------------------------------------------------- ends

static void close_handle(lw_bridge *self) {
  HANDLE handle = atomic_exchange(&self->handle, NULL);
  if (handle) lw_close_handle_(handle);
}

void lw_bridge_release_(lw_bridge *self) {
  if (atomic_fetch_sub(&self->references, 1) != 1) return;
  close_handle(self);
  close(self->fd);
  lw_file_release_(self->file);
  lw_pages_release(self->chunk, CHUNK_BYTES);
  lw_pool_give(&pool, self);
}

bool lw_bridge_child_writes_(const lw_bridge *self) { return !self->child_reads; }
bool lw_bridge_carries_(const lw_bridge *self, const lw_file *file) { return self->file == file; }

/// The files's own reference, the handle's and the socket; false and the last error.
static bool open_ends(lw_bridge *self, HANDLE handle, int *fd) {
  int ends[2];
  self->file = lw_file_of_(handle, NULL);
  if (!self->file) return false;
  HANDLE own = lw_object_retain_(&self->file->object) ? lw_handle_open_(&self->file->object) : NULL;
  if (own && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
    atomic_store(&self->handle, own);
    self->fd = ends[0];
    *fd = ends[1];
    return true;
  }
  DWORD error = own ? lw_error_of_errno_(errno) : ERROR_NOT_ENOUGH_MEMORY;
  if (own) lw_close_handle_(own);
  lw_file_release_(self->file);
  return lw_failed_(error);
}

lw_bridge *lw_bridge_prepare_(HANDLE handle, bool child_reads, int *fd) {
  lw_bridge *self = lw_pool_take(&pool);
  char *chunk = self ? lw_pages_reserve(CHUNK_BYTES) : NULL;
  if (!chunk) lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  if (chunk && open_ends(self, handle, fd)) {
    self->child_reads = child_reads;
    self->chunk = chunk;
    atomic_store(&self->references, 1);
    return self;
  }
  if (chunk) lw_pages_release(chunk, CHUNK_BYTES);
  if (self) lw_pool_give(&pool, self);
  return NULL;
}

// ---------------------------------------------------------------------------------------------------------- carrying

/// Reads or writes the pipe end, waiting for it. Returns the bytes; 0 at its end.
static DWORD transfer(lw_bridge *self, lw_verb verb, size_t bytes) {
  lw_operation *operation = lw_operation_take_(self->file, verb == LW_VERB_READ ? "ReadFile" : "WriteFile", verb, NULL);
  if (!operation) return 0;
  lw_operation_add_buffer_(operation, self->chunk, bytes); // there is room for the first
  DWORD moved = 0;
  BOOL done = lw_operation_run_(operation, &moved);
  return done || GetLastError() == ERROR_MORE_DATA ? moved : 0;
}

static ssize_t receive(const lw_bridge *self, size_t most, int flags) {
  ssize_t bytes;
  lw_outside_begin();
  do bytes = recv(self->fd, self->chunk, most, flags);
  while (bytes < 0 && errno == EINTR);
  lw_outside_end();
  return bytes;
}

static void tell_end(lw_bridge *self) {
  if (self->ended && !atomic_exchange(&self->told, true)) self->ended(self->context);
}

/// The child has ended and all that it has written was passed on, and the stream stays open, because the child gave it
/// to a process of its own. (Where it is closed the thread that carries will tell.)
static bool is_left_to_another(const lw_bridge *self) {
  char byte;
  if (!atomic_load(&self->child_ended) || atomic_load(&self->carries)) return false;
  return recv(self->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static bool send_all(const lw_bridge *self, size_t bytes) {
  size_t sent = 0;
  lw_outside_begin();
  while (sent < bytes) {
    ssize_t moved = send(self->fd, self->chunk + sent, bytes - sent, MSG_NOSIGNAL);
    if (moved < 0 && errno != EINTR) break;
    if (moved > 0) sent += (size_t)moved;
  }
  lw_outside_end();
  return sent == bytes;
}

static void carry_from_child(lw_bridge *self) {
  ssize_t bytes;
  do {
    atomic_store(&self->carries, false);
    if (is_left_to_another(self)) tell_end(self);
    receive(self, 1, MSG_PEEK); // waits
    atomic_store(&self->carries, true);
    bytes = receive(self, CHUNK_BYTES, 0);
  } while (bytes > 0 && transfer(self, LW_VERB_WRITE, (size_t)bytes) > 0);
}

/// The read that waits takes nothing any more from whoever else reads the pipe end.
static void cancel_read(lw_bridge *self) {
  lw_thread_number carrier = atomic_load(&self->carrier);
  if (carrier) lw_file_cancel_(self->file, (lw_cancellation){.waiting = carrier});
}

/// The child, or whoever else has its side, has closed it: the handle goes, and with it a read that waits.
static void child_is_gone(void *context) {
  close_handle(context);
  cancel_read(context);
}

static void carry_to_child(lw_bridge *self) {
  lw_watch *watch = lw_watch_readable(self->fd, child_is_gone, self);
  DWORD bytes;
  while (atomic_load(&self->handle) && (bytes = transfer(self, LW_VERB_READ, CHUNK_BYTES)) > 0) {
    if (!send_all(self, bytes)) break;
  }
  if (watch) lw_watch_end(watch);
}

static void carry(void *context) {
  lw_bridge *self = context;
  atomic_store(&self->carrier, lw_thread_self());
  if (self->child_reads)
    carry_to_child(self);
  else
    carry_from_child(self);
  close_handle(self);
  shutdown(self->fd, SHUT_RDWR);
  tell_end(self);
  lw_bridge_release_(self);
}

void lw_bridge_start_(lw_bridge *self, void (*ended)(void *context), void *context) {
  self->ended = self->child_reads ? NULL : ended;
  self->context = context;
  atomic_fetch_add(&self->references, 1);
  lw_thread *thread = lw_thread_create(self->child_reads ? "lw-child-input" : "lw-child-out", carry, self);
  if (!thread) lw_fatal("the system has no thread left to carry a child's streams on: raise its limit of threads");
  lw_thread_detach(thread);
}

void lw_bridge_child_ended_(lw_bridge *self) {
  atomic_store(&self->child_ended, true);
  if (self->child_reads && !atomic_load(&self->handle)) cancel_read(self); // one that began after the handle went
  if (is_left_to_another(self)) tell_end(self);
}
