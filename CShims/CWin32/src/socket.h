// Sockets: files whose descriptor never blocks and never leaves this layer.
//
// What wants to move data, or to begin a connection, is a request. Each socket has two sides with a queue of requests;
// a side's requests end in the order in which they came. A request is tried by whoever makes it, and if the host would
// block, by the poller's thread whenever the descriptor is ready. While it is tried it is claimed: a cancellation comes
// before that, and then it is never tried again, or after it, and then it counts only if the host would have blocked.
// So no byte is delivered to a request that reports to be cancelled.
//
// Errors are the host's (errno) in here and become Winsock's or NT's where they leave.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include "lw_mswsock.h"
#include "lw_winsock_names.h"
#include "operation.h"

#pragma clang assume_nonnull begin

typedef struct lw_socket lw_socket;
typedef enum lw_socket_side { LW_SOCKET_IN, LW_SOCKET_OUT, LW_SOCKET_SIDES } lw_socket_side;
enum { LW_SOCKET_ADDRESS_BYTES = 28 };  ///< of the longest address, that of version 6
enum { LW_CANONICAL_NAME_BYTES = 256 }; ///< in what getaddrinfo hands out, where there is room for as many WCHARs

/// (shared_sockets.c) The socket that another handle was made for with WSADuplicateSocket, which has that value.
/// INVALID_SOCKET and WSAENOTSOCK.
SOCKET lw_socket_shared_(DWORD value);
/// The port of a service that every machine knows by name.
bool lw_service_port_(const char *name, uint16_t *port);

// ------------------------------------------------------------------------------------------------------------ requests

/// An attempt that has handed its request on to another socket.
#define LW_SOCKET_MOVED EXFULL

typedef struct lw_socket_request {
  TAILQ_ENTRY(lw_socket_request)
  link; ///< in its side's queue, under the socket's lock
  /// One try, without a lock. 0: done; EAGAIN: it would block; LW_SOCKET_MOVED; or the error.
  int (*attempt)(lw_socket *socket, struct lw_socket_request *request);
  _Atomic(lw_socket *) socket;       ///< whose lock guards it; changes when it moves
  lw_operation *_Nullable operation; ///< of an overlapped request, which lives in it
  lw_sleeper *_Nullable sleeper;     ///< of a call that waits
  lw_buffer *_Nullable buffers;
  uint32_t buffer_count; ///< that carry data
  DWORD transferred;
  int flags; ///< the host's
  int error; ///< of a call that waits
  lw_socket_side side;
  bool emptied; ///< its attempt has got less than there was room for: the socket had no more
  bool withdrawn;
  DWORD how;                ///< TF_..., of DisconnectEx and TransmitFile
  lw_file *_Nullable other; ///< AcceptEx's second socket, TransmitFile's file: a reference; an operation gives it back
  union {
    struct {
      struct sockaddr *_Nullable from; ///< with an operation, the last two of its buffers
      int *_Nullable from_length;
    } in;
    struct {
      unsigned char address[LW_SOCKET_ADDRESS_BYTES];
      uint8_t length;
      bool begun;
    } out;
    struct {
      DWORD local_bytes; ///< of AcceptEx
      int fd;            ///< of the connection
    } accept;
    struct {
      int64_t position; ///< in the file; below 0: at the file pointer
      uint64_t left;    ///< to be sent of it
      uint64_t sent;    ///< of it
    } transmit;
  };
} lw_socket_request;
typedef TAILQ_HEAD(lw_socket_requests, lw_socket_request) lw_socket_requests;
_Static_assert(sizeof(lw_socket_request) <= LW_OPERATION_KIND_BYTES, "an operation has room for its request");

static inline lw_socket_request *lw_socket_request_of_(lw_operation *operation) {
  return (lw_socket_request *)(void *)operation->kind_data;
}

/// Tries a request, or queues it behind others. 0 or its error when it has ended; EAGAIN when it is queued, or, unless
/// `may_queue`, when it would have to be.
int lw_socket_submit_(lw_socket *socket, lw_socket_request *request, bool may_queue);
/// The same for a call: waits until it has ended, at most `ms` milliseconds (ETIMEDOUT), or returns EAGAIN at once from
/// a socket that does not block.
int lw_socket_perform_(lw_socket *socket, lw_socket_request *request, DWORD ms);
/// The kind's part of a start, of a cancellation and of closing.
DWORD lw_socket_start_(lw_operation *operation);
bool lw_socket_withdraw_(lw_operation *operation);
void lw_socket_closed_(lw_file *file);

// ------------------------------------------------------------------------------------------------------------- sockets

typedef enum lw_socket_state {
  LW_SOCKET_IDLE, ///< neither listening nor connected; it cannot become ready
  LW_SOCKET_LISTENING,
  LW_SOCKET_CONNECTING,
  LW_SOCKET_CONNECTED,
} lw_socket_state;

/// A call that waits until sockets are ready; on the list of each of them.
typedef struct lw_socket_waiter {
  TAILQ_ENTRY(lw_socket_waiter) link;
  lw_socket *socket;
  uint32_t wanted; ///< LW_READABLE, LW_WRITABLE
  bool listed;     ///< under the socket's lock
  lw_sleeper *sleeper;
  _Atomic bool *taken; ///< shared by a call's waiters: who sets it releases the sleeper
} lw_socket_waiter;

struct lw_socket {
  lw_file file;
  int family, type, protocol; ///< the host's
  int fd;                     ///< the same number as long as it lives
  lw_lock lock;
  lw_watch *_Nullable watch LW_GUARDED_BY(&lock); ///< from the first time that somebody waits
  uint32_t armed LW_GUARDED_BY(&lock);
  bool closed LW_GUARDED_BY(&lock);
  lw_socket_requests queues[LW_SOCKET_SIDES] LW_GUARDED_BY(&lock);
  lw_socket_request *_Nullable claimed[LW_SOCKET_SIDES] LW_GUARDED_BY(&lock);
  uint32_t changes[LW_SOCKET_SIDES] LW_GUARDED_BY(&lock); ///< of the watch, when the claim was made
  TAILQ_HEAD(, lw_socket_waiter) waiters LW_GUARDED_BY(&lock);

  _Atomic lw_socket_state state;
  _Atomic bool bound, nonblocking, shut_in, shut_out;
  _Atomic bool tells_events;  ///< it had an event at some time (socket_events.c)
  _Atomic bool takes_urgent;  ///< urgent bytes were asked for, behind which a receive stops short
  _Atomic bool unaccepted;    ///< connected by AcceptEx or ConnectEx, and no
                              ///< SO_UPDATE_... since
  _Atomic bool accepting;     ///< an AcceptEx is to fill it
  _Atomic bool reusable;      ///< disconnected for that
  _Atomic bool was_refused;   ///< a datagram of ours found nobody; the next receive tells
  _Atomic bool was_reset;     ///< the connection, by the other end: so says every receive from then on
  _Atomic bool connect_ended; ///< and no event tells it yet
  _Atomic int connect_error;  ///< how the last connect ended; EINPROGRESS while
                              ///< the host knows more
  _Atomic lw_time connected_at;
  _Atomic bool reuses, excludes;             ///< SO_REUSEADDR, SO_EXCLUSIVEADDRUSE
  _Atomic int buffer_bytes[LW_SOCKET_SIDES]; ///< as they were asked for; 0: the host's
  _Atomic DWORD timeouts[LW_SOCKET_SIDES];   ///< ms; INFINITE is for ever
  TAILQ_ENTRY(lw_socket) on_bound;           ///< (socket_names.c)
  bool is_listed;
  unsigned char bound_to[LW_SOCKET_ADDRESS_BYTES]; ///< the host's

  // WSAEventSelect (socket_events.c)
  lw_object *_Nullable event LW_GUARDED_BY(&lock);
  LONG events_wanted LW_GUARDED_BY(&lock);
  LONG events_noted LW_GUARDED_BY(&lock);   ///< since the last enumeration
  LONG events_silent LW_GUARDED_BY(&lock);  ///< until a call makes them possible again
  bool events_stalled LW_GUARDED_BY(&lock); ///< data lies there that no event tells of
  int event_errors[FD_MAX_EVENTS] LW_GUARDED_BY(&lock);
};

extern const lw_file_kind lw_socket_kind_;

/// The socket of a handle, with a reference for the caller. NULL with WSANOTINITIALISED or WSAENOTSOCK; `api` is the
/// call for which it is looked up, in static storage.
lw_socket *_Nullable lw_socket_of_(SOCKET handle, const char *api);
static inline void lw_socket_release_(lw_socket *socket) { lw_file_release_(&socket->file); }
/// A descriptor of the host that does not block, or -1 and errno.
int lw_socket_host_make_(int family, int type);
/// A new socket over `fd` (-1: one is made), with the caller's reference. NULL and errno.
lw_socket *_Nullable lw_socket_make_(int family, int type, bool overlapped, int fd);
/// SIO_UDP_CONNRESET: whether a receive is told that a datagram found nobody. WSAEFAULT, or 0.
DWORD lw_socket_tell_refusals_(lw_socket *socket, const void *_Nullable value, DWORD bytes);
/// Opens its handle, which takes over the caller's reference. INVALID_SOCKET and the last error.
SOCKET lw_socket_open_(lw_socket *socket, bool inherited);
/// Puts what is behind `fd` in the place of what is behind the socket's descriptor. `fd` is the socket's from here on.
void lw_socket_adopt_(lw_socket *socket, int fd);

/// Gives the descriptor back to the host, at once, whoever still refers to the socket: the port is free, and nothing
/// arrives any more. Its number stays taken, by one that nothing comes through, until the socket's end.
void lw_socket_let_descriptor_go_(lw_socket *socket) LW_REQUIRES(&socket->lock);

/// Opens the watch, if there is none yet. False when the system refuses.
bool lw_socket_watch_(lw_socket *socket) LW_REQUIRES(&socket->lock);
/// Has the poller watch for what is wanted now.
void lw_socket_arm_(lw_socket *socket) LW_REQUIRES(&socket->lock);
/// The same from outside, when something has changed what can be wanted.
void lw_socket_rearm_(lw_socket *socket);
/// What the descriptor is ready for, as poll() says it.
short lw_socket_poll_(lw_socket *socket);
/// Waits until one of the waiters' sockets is as wanted, closed, or `deadline` (false). Their `socket` and `wanted` are
/// set; the sockets are retained by the caller.
bool lw_sockets_wait_(lw_socket_waiter *waiters, uint32_t count, lw_time deadline);
/// (socket_connections.c) Learns how a connection that was begun has ended, if it has. 0, EINPROGRESS or the error.
int lw_socket_settle_connect_(lw_socket *socket);
/// An attempt that connects to the address of the request.
int lw_socket_connect_(lw_socket *socket, lw_socket_request *request);
/// Accepts a connection of the host: its descriptor, or -1 and errno.
int lw_socket_accept_(lw_socket *socket);
/// The socket is connected from now on.
void lw_socket_connected_(lw_socket *socket);
/// (socket_calls.c) Runs an operation: 0, or SOCKET_ERROR and Winsock's error.
int lw_socket_run_(lw_operation *operation, DWORD *_Nullable moved);
/// Tries again what waits on a side, because the state of the socket is another.
void lw_socket_retry_(lw_socket *socket, lw_socket_side side);
/// Takes waiters off that are satisfied by `ready`, or all of them.
void lw_socket_wake_waiters_(lw_socket *socket, short ready, bool all, lw_wakes *wakes) LW_REQUIRES(&socket->lock);
/// (socket_names.c) A socket goes: its port is free again.
void lw_socket_unbind_(lw_socket *socket);

// --------------------------------------------------------------------------------------------------- (socket_events.c)

/// What of LW_READABLE and LW_WRITABLE its event waits for.
uint32_t lw_socket_events_wanted_(lw_socket *socket) LW_REQUIRES(&socket->lock);
/// Notes what has happened; the event is to be set by the caller, with its reference, when it is returned.
lw_object *_Nullable lw_socket_note_events_(lw_socket *socket, short ready) LW_REQUIRES(&socket->lock);
/// A call was made that lets `events` happen again.
void lw_socket_enable_events_(lw_socket *socket, LONG events);
/// An accepted socket, which nobody else knows yet, has the listening one's event.
void lw_socket_inherit_events_(lw_socket *socket, lw_socket *listener);

// --------------------------------------------------------------------------------------------------- (socket_errors.c)

/// A datagram found nobody (ICMP's port unreachable), which is ECONNREFUSED at the host.
#define LW_SOCKET_UNREACHABLE ENOLINK
/// An error of a request as Winsock's and as NT's status.
DWORD lw_winsock_error_(int error);
DWORD lw_socket_status_(int error);
/// A status as Winsock's error.
DWORD lw_winsock_error_of_status_(DWORD status);
/// SOCKET_ERROR, and the last error.
int lw_socket_failed_(DWORD winsock_error);
/// 0 for 0; else the same for an error of a request.
int lw_socket_result_(int error);
/// (winsock.c) How often it was begun and not ended.
extern _Atomic int lw_winsock_uses_;
bool lw_winsock_says_no_(void);
/// False and the last error before WSAStartup.
static inline bool lw_winsock_is_started_(void) {
  return __builtin_expect(atomic_load(&lw_winsock_uses_) > 0, 1) || lw_winsock_says_no_();
}

// ------------------------------------------------------------------------------------------------ (socket_addresses.c)

/// The host's form of an address; its length, or 0 and the last error (WSAEFAULT when it is too short or not there,
/// WSAEAFNOSUPPORT for another family).
socklen_t lw_address_from_winsock_(const lw_socket *socket, const struct sockaddr *_Nullable name, int length,
                                   unsigned char address[_Nonnull LW_SOCKET_ADDRESS_BYTES]);
/// Gives the host's address Winsock's form, in place.
void lw_address_to_winsock_(unsigned char address[_Nonnull LW_SOCKET_ADDRESS_BYTES]);
/// Hands an address of the host to a caller with `*length` bytes of room. False when they are too few or not there.
bool lw_address_hand_out_(unsigned char address[_Nonnull LW_SOCKET_ADDRESS_BYTES], socklen_t bytes,
                          struct sockaddr *_Nullable name, int *_Nullable length);

#pragma clang assume_nonnull end
