// Pipes. A pipe end is a file; two of them are connected to each other. What one end writes waits in the other's queue
// until it is read, as bytes of the pipe's own up to the quota, beyond that in the writer's memory, which stays lent.
//
// One lock for both ends: that of the server end, which every client of it keeps alive. What is decided under the lock
// is done after it: a read is claimed together with the bytes it gets, then they are copied, then it is completed.
#pragma once

#include "operation.h"

#pragma clang assume_nonnull begin

enum { LW_PIPE_NAME_BYTES = 260 };

/// More verbs.
enum { LW_VERB_LISTEN = LW_VERB_KIND, LW_VERB_TRANSCEIVE };

typedef enum lw_pipe_state {
  LW_PIPE_LISTENING,
  LW_PIPE_CONNECTED,
  LW_PIPE_CLOSING, ///< the other end was closed; what it wrote can still be read
  LW_PIPE_DISCONNECTED
} lw_pipe_state;

/// Bytes that were written and not read yet: one write, or what is left of it. In the queue, or claimed by a read.
typedef struct lw_pipe_chunk {
  TAILQ_ENTRY(lw_pipe_chunk) link;
  _Atomic uint32_t references;           ///< the queue's or the read's that took it whole, and reads that took a part
  uint32_t capacity;                     ///< of memory of its own; 0: none
  lw_operation *_Nullable writer;        ///< whose buffer holds the bytes, and who ends when all are read
  struct lw_pipe_chunk *_Nullable whole; ///< of a part that a read has claimed
  struct lw_pipe_end *_Nullable reader;  ///< in whose queue it is
  const char *_Nullable bytes;
  uint32_t left;
} lw_pipe_chunk;
typedef TAILQ_HEAD(lw_pipe_chunks, lw_pipe_chunk) lw_pipe_chunks;

/// A pipe of a name; all but `instances` and `references` is set by its first instance and stays.
typedef struct lw_named_pipe {
  LIST_ENTRY(lw_named_pipe) link;
  char name[LW_PIPE_NAME_BYTES]; ///< in lower case
  uint32_t references;           ///< server ends
  uint32_t instances;            ///< of these, not closed; at 0 the name is free
  uint32_t instances_max;
  DWORD direction;
  bool message_type;
  uint32_t out_bytes;
  uint32_t in_bytes;
  DWORD default_ms;
  uint32_t joint;                              ///< its number in the family's memory; 0: it is this process's own
  struct lw_pipe_listener *_Nullable listener; ///< by which other processes come to it
  TAILQ_HEAD(, lw_pipe_end) listening;         ///< the oldest first
  TAILQ_HEAD(, lw_pipe_waiter) waiters;
} lw_named_pipe;

/// A thread in WaitNamedPipe; on its stack.
typedef struct lw_pipe_waiter {
  lw_sleeper sleeper;
  TAILQ_ENTRY(lw_pipe_waiter) link;
  bool served;
} lw_pipe_waiter;

typedef struct lw_pipe_end {
  lw_file file;
  struct lw_pipe_end *server;            ///< whose `lock` is both ends'; the end itself, or a reference
  lw_named_pipe *_Nullable pipe;         ///< of a server end; a reference. NULL: anonymous
  TAILQ_ENTRY(lw_pipe_end) on_listening; ///< under the names' lock, as is `listens`
  bool listens;                          ///< on that list
  uint32_t turn;                         ///< since when, among the instances of the family
  bool message_type;                     ///< writes are messages
  uint32_t quota;                        ///< of the queue
  uint32_t write_quota;                  ///< of the other end's
  DWORD process;                         ///< that opened it
  DWORD client_process;                  ///< of a server end: that opened its last client
  lw_lock lock;                          ///< of a server end
  lw_pipe_state state;                   ///< this and what follows: under the server's lock
  struct lw_pipe_end *_Nullable peer;
  bool message_reads;
  bool never_waits;  ///< PIPE_NOWAIT
  uint32_t buffered; ///< bytes of the queue that are the pipe's own
  lw_pipe_chunks queue;
  lw_pipe_chunk *_Nullable first_lent; ///< in the queue: from here on bytes are the writers'
  lw_operations reads;                 ///< when there are any the queue is empty
  lw_operations listens_for;           ///< ConnectNamedPipe
  lw_operations flushes;               ///< waiting for the peer's queue to be empty
} lw_pipe_end;

extern const lw_file_kind lw_pipe_kind_;

// ------------------------------------------------------------------------------------------------- ends (pipe_end.c)

typedef struct lw_pipe_options {
  DWORD access; ///< FILE_READ_DATA, FILE_WRITE_DATA
  bool overlapped;
  bool message_type;
  bool message_reads;
  bool never_waits;
  uint32_t quota;       ///< of what this end can have to read
  uint32_t write_quota; ///< of what it can have written
  DWORD process;        ///< that opens it
} lw_pipe_options;
/// An end with one reference, the caller's: listening without `server`, else of the same pipe as that one and connected
/// to nothing. NULL when there is no memory.
lw_pipe_end *_Nullable lw_pipe_end_make_(const lw_pipe_options *options, lw_pipe_end *_Nullable server);
/// Opens a handle, which takes over the caller's reference. NULL and ERROR_NOT_ENOUGH_MEMORY; then the end is closed.
HANDLE _Nullable lw_pipe_hand_out_(lw_pipe_end *end);
/// Connects a listening server end and a fresh client end; the caller completes the listening operations of `work`.
struct lw_pipe_work;
void lw_pipe_connect_(lw_pipe_end *server, lw_pipe_end *client, struct lw_pipe_work *work);
/// Breaks the connection from either end: both are left in CLOSING (STATUS_PIPE_BROKEN), or both in DISCONNECTED with
/// all data lost (STATUS_PIPE_DISCONNECTED).
void lw_pipe_break_(lw_pipe_end *end, DWORD status, struct lw_pipe_work *work);

// ---------------------------------------------------------------------------------------------- queue (pipe_queue.c)

/// What was decided under the lock and is done after it.
typedef struct lw_pipe_work {
  lw_operations reads;    ///< claimed, with their bytes
  lw_operations ended;    ///< claimed, with status and count
  lw_pipe_chunks dropped; ///< left the queue
  lw_pipe_chunk *_Nullable spare;
  uint32_t needed; ///< bytes of a spare chunk without which a write waits
} lw_pipe_work;

/// A read's part in `lw_operation.kind_data`; a write's is a chunk.
typedef struct lw_pipe_read {
  lw_pipe_chunks claimed;
  lw_pipe_chunk part; ///< of the last chunk, when that has more
} lw_pipe_read;
_Static_assert(sizeof(lw_pipe_read) <= LW_OPERATION_KIND_BYTES && sizeof(lw_pipe_chunk) <= LW_OPERATION_KIND_BYTES,
               "both fit");
static inline lw_pipe_read *lw_pipe_read_of_(lw_operation *operation) {
  return (lw_pipe_read *)(void *)operation->kind_data;
}
static inline lw_pipe_chunk *lw_pipe_chunk_of_(lw_operation *write) {
  return (lw_pipe_chunk *)(void *)write->kind_data;
}

static inline lw_lock *lw_pipe_lock_(lw_pipe_end *end) { return &end->server->lock; }
void lw_pipe_work_begin_(lw_pipe_work *work);
/// Ends what was claimed.
void lw_pipe_work_do_(lw_pipe_work *work);
/// Gives a read what it gets of the queue, which is not empty. Under the lock.
void lw_pipe_take_(lw_pipe_end *end, lw_operation *read, lw_pipe_work *work);
/// Copies what a claimed read got; its status and count are set.
void lw_pipe_deliver_(lw_operation *read);
/// Matches waiting reads and bytes, and makes waiting writes the pipe's own as far as the quota allows. Under the lock.
void lw_pipe_pump_(lw_pipe_end *end, lw_pipe_work *work);
/// Does the work and, while a write waits for memory to be copied to, gets that and pumps again. Without the lock.
void lw_pipe_work_on_(lw_pipe_end *end, lw_pipe_work *work);
/// Appends a chunk, whose reference the queue takes over. Under the lock.
void lw_pipe_enqueue_(lw_pipe_end *end, lw_pipe_chunk *chunk);
/// How much more the pipe takes as its own. Under the lock.
uint32_t lw_pipe_room_(const lw_pipe_end *end);
/// Takes a chunk off its queue; the queue's reference is the caller's. Under the lock.
void lw_pipe_unqueue_(lw_pipe_chunk *chunk);
/// Claims all operations of a list for their end. Under the lock.
void lw_pipe_claim_all_(lw_operations *list, DWORD status, lw_pipe_work *work);
// ------------------------------------------------------------------------------------------ data (pipe_transfer.c)

/// Reading and writing: `start` of the kind for the two.
DWORD lw_pipe_start_read_(lw_pipe_end *end, lw_operation *operation);
DWORD lw_pipe_start_write_(lw_pipe_end *end, lw_operation *operation);
/// Writes buffer 1 and then reads into buffer 0 what comes back: TransactNamedPipe.
DWORD lw_pipe_start_transceive_(lw_pipe_end *end, lw_operation *operation);
/// Claims a pending write for its cancellation.
bool lw_pipe_withdraw_write_(lw_pipe_end *end, lw_operation *operation);

// ---------------------------------------------------------------------------------------------- chunks (pipe_chunk.c)

/// A chunk with room for `bytes`, with one reference; NULL when there is no memory.
lw_pipe_chunk *_Nullable lw_pipe_chunk_make_(uint32_t bytes);
/// Gives one reference back; with the last one the writer ends, or the memory is given back. No lock may be held.
void lw_pipe_chunk_release_(lw_pipe_chunk *chunk);

// --------------------------------------------------------------------------------------- questions (pipe_questions.c)

/// What is asked of an end and answered at once.
enum { LW_PIPE_ASK_PEEK, LW_PIPE_ASK_SET_MODE, LW_PIPE_ASK_FACTS, LW_PIPE_ASK_DISCONNECT };

/// A question and its answer; the same for an end in another process, so it holds no addresses.
typedef struct lw_pipe_question {
  uint32_t ask;
  uint32_t mode;   ///< PIPE_READMODE_..., PIPE_NOWAIT: to be set, or as they are
  uint32_t room;   ///< for what is peeked
  uint32_t copied; ///< peeked
  uint32_t available;
  uint32_t left; ///< of the first message
  uint32_t flags;
  uint32_t out_bytes, in_bytes; ///< of the server's buffers
  uint32_t instances, instances_max;
  uint32_t server_process, client_process; ///< who made the server, and who opened the last client; 0: nobody
} lw_pipe_question;

/// Answers it of an end of this process or, by asking there, of another; peeked bytes go to `to`. ERROR_SUCCESS, or why
/// not.
DWORD lw_pipe_ask_(lw_file *pipe, lw_pipe_question *question, char *_Nullable to);

// ----------------------------------------------------------------------------------------------- names (pipe_names.c)

/// What follows `\\.\pipe\` in a name; NULL for another name.
const char *_Nullable lw_pipe_name_(const char *name);
/// CreateFile of a pipe name.
HANDLE lw_pipe_open_(const char *name, DWORD access, DWORD flags);
/// Who opens a client end, and how.
typedef struct lw_pipe_client {
  DWORD rights;
  bool overlapped;
  DWORD process;
} lw_pipe_client;
/// A client end that is connected to an instance of this process's pipe of that name, with a reference; NULL and why.
lw_pipe_end *_Nullable lw_pipe_open_end_(const char *folded, uint32_t bucket, const lw_pipe_client *opener,
                                         DWORD *error);
/// An instance may listen, in whichever process of the family: who waits for one looks again.
void lw_pipes_look_again_(void);
/// Lets the other processes of the family, whose memory is open, find the pipes that there are, and those that will be.
void lw_pipes_share_(void);
/// The name in lower case, into LW_PIPE_NAME_BYTES bytes, and its bucket; false when it is too long.
bool lw_pipe_fold_(const char *name, char *folded, uint32_t *bucket);

/// Which client gets which instance is decided under this lock; it is taken before that of an instance.
extern lw_lock lw_pipe_names_;
lw_named_pipe *_Nullable lw_pipe_find_(const char *folded, uint32_t bucket) LW_REQUIRES(lw_pipe_names_);
lw_named_pipe *_Nullable lw_named_pipe_take_(void);
void lw_named_pipe_give_(lw_named_pipe *pipe);
void lw_named_pipe_add_(lw_named_pipe *pipe, uint32_t bucket) LW_REQUIRES(lw_pipe_names_);
/// Whether other processes find the pipes by now.
bool lw_pipes_are_shared_(void) LW_REQUIRES(lw_pipe_names_);
/// A server end listens (again): clients can come.
void lw_pipe_listen_(lw_pipe_end *server) LW_REQUIRES(lw_pipe_names_);
void lw_pipe_stop_listening_(lw_pipe_end *server) LW_REQUIRES(lw_pipe_names_);
/// Wakes who waits in WaitNamedPipe for the end's pipe. Without a lock.
void lw_pipe_wake_waiters_(lw_pipe_end *server);
/// How many instances there are.
uint32_t lw_pipe_instances_(lw_pipe_end *server);
/// A server end is closed: no client can come any more.
void lw_pipe_forget_(lw_pipe_end *server);
/// It is destroyed.
void lw_pipe_release_name_(lw_pipe_end *server);

#pragma clang assume_nonnull end
