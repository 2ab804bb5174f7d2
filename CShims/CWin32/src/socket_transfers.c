// Moving bytes between descriptors and the buffers of requests. Into lent memory the host writes directly, between the
// beginning and the end of a checked write; so it has to be known before how many bytes will come, and that there are
// some. What a stream has for a small buffer is taken first and stored then: to ask would cost as much as to take.
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "disk_file.h"
#include "plain_transfers.h"
#include "socket_transfers.h"
#include "unheard_writes.h"

enum { SPANS = 16, SMALL_BYTES = 2048 };

/// Memory of a request that is open for the host.
typedef struct spans {
  struct iovec parts[SPANS];
  lw_write writes[SPANS];
  uint32_t count;
  size_t bytes;
  bool refused; ///< a late write that its arena does not let through
} spans;

size_t lw_socket_request_bytes_(const lw_socket_request *request) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < request->buffer_count; i++) bytes += request->buffers[i].bytes;
  return bytes;
}

/// Opens up to `bytes` behind the first `skip`. To be written into through the loans, when `writes`.
static void open_spans(const lw_socket_request *request, size_t skip, size_t bytes, bool writes, spans *open) {
  open->count = 0;
  open->bytes = 0;
  open->refused = false;
  for (uint32_t i = 0; i < request->buffer_count && open->count < SPANS && bytes > 0; i++) {
    const lw_buffer *buffer = &request->buffers[i];
    if (skip >= buffer->bytes) {
      skip -= buffer->bytes;
      continue;
    }
    size_t part = buffer->bytes - skip < bytes ? buffer->bytes - skip : bytes;
    size_t room = part;
    char *address = buffer->address + skip;
    lw_write *write = &open->writes[open->count];
    *write = (lw_write){.landing = LW_LANDING_NONE};
    if (writes && request->operation) {
      address = lw_operation_write_begin_(request->operation, i, skip, part, write);
      if (!lw_loan_is_none(write->loan)) room = write->bytes;
    }
    if (!address) open->refused = true;
    open->parts[open->count++] = (struct iovec){.iov_base = address, .iov_len = room};
    open->bytes += room;
    skip = 0;
    bytes = room == part ? bytes - part : 0;
  }
}

static void close_spans(const spans *open) {
  for (uint32_t i = 0; i < open->count; i++) lw_write_end(&open->writes[i]);
}

// ----------------------------------------------------------------------------------------------------------- receiving

/// Empties the host's queue of errors, which would make the descriptor ready for ever.
static void drain_errors(const lw_socket *socket) {
  char name[LW_SOCKET_ADDRESS_BYTES], control[512];
  struct msghdr message;
  do
    message = (struct msghdr){
        .msg_name = name, .msg_namelen = sizeof name, .msg_control = control, .msg_controllen = sizeof control};
  while (recvmsg(socket->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0);
}

/// The error of a transfer that has failed just now.
static int failure(lw_socket *socket) {
  int error = errno;
  if (socket->type == SOCK_DGRAM) drain_errors(socket);
  if (error == ECONNREFUSED && socket->type == SOCK_DGRAM) return LW_SOCKET_UNREACHABLE;
  // The host tells it once, and the end of the stream from then on.
  if (error == ECONNRESET) atomic_store(&socket->was_reset, true);
  return error == EPIPE ? ECONNRESET : error;
}

/// How many bytes a receive would get now, in `*bytes`; for a datagram, all of its. 0 for a stream is its end.
static int measure(lw_socket *socket, int flags, size_t *bytes) {
  bool streams = socket->type == SOCK_STREAM && !(flags & MSG_OOB);
  int how = MSG_PEEK | MSG_DONTWAIT | (flags & MSG_OOB) | (socket->type == SOCK_DGRAM ? MSG_TRUNC : 0);
  int queued = 0;
  if (streams && ioctl(socket->fd, FIONREAD, &queued) == 0 && queued > 0) {
    *bytes = (size_t)queued;
    return 0;
  }
  // Nothing, the end, an error, what has come just now, or what stands behind an urgent byte, which the count stops at.
  // A stream counts it without handing it out.
  char byte;
  ssize_t got;
  do got = streams ? recv(socket->fd, NULL, INT_MAX, how | MSG_TRUNC) : recv(socket->fd, &byte, 1, how);
  while (got < 0 && errno == EINTR);
  if (got < 0) return failure(socket);
  *bytes = (size_t)got;
  return 0;
}

/// Tells the sender's address.
static void tell_sender(lw_socket_request *request, unsigned char address[LW_SOCKET_ADDRESS_BYTES], socklen_t bytes) {
  if (bytes == 0) return;
  if (!request->operation) {
    lw_address_hand_out_(address, bytes, request->in.from, request->in.from_length);
    return;
  }
  if (request->operation->buffer_count == request->buffer_count) return;
  uint32_t name = request->buffer_count, length = name + 1;
  int whole = (int)bytes;
  size_t room = request->buffers[name].bytes;
  lw_address_to_winsock_(address);
  lw_operation_store_(request->operation, name, 0, address, room < bytes ? room : bytes);
  lw_operation_store_(request->operation, length, 0, &whole, sizeof whole);
}

/// One receive of the host. The bytes in `*moved`.
static int receive_once(lw_socket *socket, lw_socket_request *request, size_t bytes, size_t *moved) {
  spans open;
  unsigned char address[LW_SOCKET_ADDRESS_BYTES];
  open_spans(request, request->transferred, bytes, true, &open);
  struct msghdr message = {.msg_name = address,
                           .msg_namelen = sizeof address,
                           .msg_iov = open.parts,
                           .msg_iovlen = open.refused ? 0 : open.count};
  ssize_t got;
  if (open.refused && socket->type == SOCK_STREAM) {
    message.msg_namelen = 0;
    do got = recv(socket->fd, NULL, open.bytes,
                  MSG_TRUNC | MSG_DONTWAIT); // thrown away
    while (got < 0 && errno == EINTR);
  } else {
    do got = recvmsg(socket->fd, &message, (request->flags & (MSG_PEEK | MSG_OOB)) | MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
  }
  int error = got < 0 ? failure(socket) : 0;
  close_spans(&open);
  if (error != 0) return error;
  *moved = (size_t)got;
  if (socket->type == SOCK_STREAM) return 0;
  tell_sender(request, address, message.msg_namelen);
  return message.msg_flags & MSG_TRUNC && !open.refused ? EMSGSIZE : 0;
}

/// A receive of a stream into one lent buffer that is small.
static bool is_small(const lw_socket *socket, const lw_socket_request *request) {
  bool is_plain = socket->type == SOCK_STREAM && (request->flags & (MSG_PEEK | MSG_OOB | MSG_WAITALL)) == 0;
  size_t bytes = request->buffer_count == 1 ? request->buffers[0].bytes : 0;
  return is_plain && request->operation && bytes > 0 && bytes <= SMALL_BYTES;
}

/// The whole of such a receive.
static int receive_small(lw_socket *socket, lw_socket_request *request) {
  char bytes[SMALL_BYTES];
  ssize_t got;
  do got = lw_receive_plainly_(socket->fd, bytes, request->buffers[0].bytes, MSG_DONTWAIT);
  while (got < 0 && errno == EINTR);
  if (got < 0) return failure(socket);
  if (got > 0) lw_operation_store_(request->operation, 0, 0, bytes, (size_t)got);
  request->emptied = got > 0 && (size_t)got < request->buffers[0].bytes;
  request->transferred = (DWORD)got;
  return 0;
}

static int cannot_receive(lw_socket *socket) {
  if (socket->type == SOCK_STREAM && atomic_load(&socket->state) != LW_SOCKET_CONNECTED) return ENOTCONN;
  if (atomic_load(&socket->shut_in)) return ESHUTDOWN;
  if (atomic_load(&socket->was_reset)) return ECONNRESET;
  return atomic_load(&socket->was_refused) && atomic_exchange(&socket->was_refused, false) ? LW_SOCKET_UNREACHABLE : 0;
}

int lw_socket_receive_(lw_socket *socket, lw_socket_request *request) {
  int error = cannot_receive(socket);
  if (error == 0 && is_small(socket, request)) {
    error = receive_small(socket, request);
    return error == EWOULDBLOCK ? EAGAIN : error;
  }
  size_t total = lw_socket_request_bytes_(request);
  bool waits_for_all = request->flags & MSG_WAITALL && !(request->flags & MSG_PEEK) && socket->type == SOCK_STREAM;
  while (error == 0) {
    size_t bytes = total - request->transferred, there = bytes, moved = 0;
    if (request->operation) error = measure(socket, request->flags, &there);
    if (error != 0 || (socket->type == SOCK_STREAM && (there == 0 || bytes == 0))) break;
    error = receive_once(socket, request, there < bytes ? there : bytes, &moved);
    if (error != 0 && error != EMSGSIZE) break;
    request->transferred += (DWORD)moved;
    if (!waits_for_all || moved == 0 || request->transferred == total) break;
  }
  return error == EWOULDBLOCK ? EAGAIN : error;
}

// ------------------------------------------------------------------------------------------------------------- sending

/// One send of the host, of `bytes` behind the first `skip`, from several buffers or to an address.
static __attribute__((noinline)) ssize_t send_message(const lw_socket *socket, lw_socket_request *request, size_t skip,
                                                      size_t bytes, bool named, int how) {
  spans open;
  open_spans(request, skip, bytes, false, &open);
  struct msghdr message = {.msg_name = named ? request->out.address : NULL,
                           .msg_namelen = named ? request->out.length : 0,
                           .msg_iov = open.parts,
                           .msg_iovlen = open.count};
  ssize_t sent;
  do sent = sendmsg(socket->fd, &message, how);
  while (sent < 0 && errno == EINTR);
  return sent;
}

/// One send of the host, of `bytes` behind the first `skip`.
static inline ssize_t send_once(const lw_socket *socket, lw_socket_request *request, size_t skip, size_t bytes) {
  bool named = socket->type == SOCK_DGRAM && request->out.length > 0;
  int how = (request->flags & (MSG_OOB | MSG_DONTROUTE)) | MSG_NOSIGNAL | MSG_DONTWAIT;
  if (named || request->buffer_count != 1) return send_message(socket, request, skip, bytes, named, how);
  const lw_buffer *buffer = &request->buffers[0];
  size_t left = buffer->bytes - skip;
  ssize_t sent;
  do sent = lw_send_plainly_(socket->fd, buffer->address + skip, left < bytes ? left : bytes, how);
  while (sent < 0 && errno == EINTR);
  return sent;
}

static int send_datagram(lw_socket *socket, lw_socket_request *request) {
  bool connected = atomic_load(&socket->state) == LW_SOCKET_CONNECTED;
  if (request->out.length == 0 && !connected) return ENOTCONN;
  if (atomic_load(&socket->shut_out)) return ESHUTDOWN;
  ssize_t sent = send_once(socket, request, 0, SIZE_MAX);
  if (sent < 0 && errno == ECONNREFUSED) { // of an earlier one: the next receive is told
    drain_errors(socket);
    atomic_store(&socket->was_refused, true);
    sent = send_once(socket, request, 0, SIZE_MAX);
  }
  if (sent < 0) return errno == EWOULDBLOCK ? EAGAIN : failure(socket);
  request->transferred = (DWORD)sent;
  atomic_store(&socket->bound, true);
  return 0;
}

static int cannot_send(lw_socket *socket) {
  if (atomic_load(&socket->state) != LW_SOCKET_CONNECTED) return ENOTCONN;
  return atomic_load(&socket->shut_out) ? ESHUTDOWN : 0;
}

/// Sends the bytes of a stream's request up to `end`; `before` of those that it has transferred are no buffer's.
__attribute__((always_inline)) static inline int send_up_to(lw_socket *socket, lw_socket_request *request,
                                                            uint64_t before, size_t end) {
  while (request->transferred - before < end) {
    size_t skip = (size_t)(request->transferred - before);
    ssize_t sent = send_once(socket, request, skip, end - skip);
    if (sent < 0) return errno == EWOULDBLOCK ? EAGAIN : failure(socket);
    request->transferred += (DWORD)sent;
  }
  return 0;
}

int lw_socket_send_(lw_socket *socket, lw_socket_request *request) {
  if (socket->type == SOCK_DGRAM) return send_datagram(socket, request);
  int error = cannot_send(socket);
  return error != 0 ? error : send_up_to(socket, request, 0, lw_socket_request_bytes_(request));
}

/// Sends what is left of the file, straight from it.
static int send_file(lw_socket *socket, lw_socket_request *request) {
  const size_t most = 1 << 30;
  int file = ((lw_disk_file *)request->other)->fd;
  while (request->transmit.left > 0) {
    off_t position = (off_t)request->transmit.position;
    size_t bytes = request->transmit.left < most ? (size_t)request->transmit.left : most;
    ssize_t sent;
    do sent = lw_send_file_unheard_(socket->fd, file, position < 0 ? NULL : &position, bytes);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) return errno == EWOULDBLOCK ? EAGAIN : failure(socket);
    if (sent == 0) break; // the end of the file
    if (request->transmit.position >= 0) request->transmit.position += sent;
    request->transmit.sent += (uint64_t)sent;
    request->transmit.left -= (uint64_t)sent;
    request->transferred += (DWORD)sent;
  }
  request->transmit.left = 0;
  return 0;
}

int lw_socket_transmit_(lw_socket *socket, lw_socket_request *request) {
  int error = cannot_send(socket);
  size_t head = request->buffers[0].bytes;
  if (error == 0 && request->transferred < head) error = send_up_to(socket, request, 0, head);
  if (error == 0 && request->other) error = send_file(socket, request);
  if (error == 0) error = send_up_to(socket, request, request->transmit.sent, lw_socket_request_bytes_(request));
  if (error == 0 && request->how & (TF_DISCONNECT | TF_REUSE_SOCKET)) error = lw_socket_disconnect_(socket, request);
  return error;
}

void lw_socket_prepare_plain_(lw_operation *operation, lw_socket_request *request) {
  bool reads = operation->verb == LW_VERB_READ;
  request->attempt = reads ? lw_socket_receive_ : lw_socket_send_;
  request->side = reads ? LW_SOCKET_IN : LW_SOCKET_OUT;
  request->buffer_count = operation->buffer_count;
}
