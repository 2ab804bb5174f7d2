// Winsock for those who have the host's <sys/socket.h> as well: this layer itself, and Swift. What has the same name on
// both sides goes by a name that begins with lw_ or LW_; the rest has Winsock's own. <winsock2.h> makes Winsock of it.
//
// A SOCKET is a handle of the process's table, like any other; descriptors of the host stay inside. Calls fail with
// SOCKET_ERROR and `WSAGetLastError`: WSANOTINITIALISED before `WSAStartup`, WSAENOTSOCK for what is no open socket
// handle (NULL, INVALID_SOCKET, closed, of another type), WSAEFAULT for NULL where memory is needed, and what each one
// says. Only the families AF_INET and AF_INET6 and the types SOCK_STREAM and SOCK_DGRAM are there.
#pragma once

#include "guiddef.h"
#include "handleapi.h"

#pragma clang assume_nonnull begin

typedef UINT_PTR SOCKET;
#define INVALID_SOCKET ((SOCKET)~0ull)
#define SOCKET_ERROR (-1)
/// INVALID_SOCKET for Swift, which does not import macros with casts.
static inline SOCKET lw_invalid_socket(void) { return INVALID_SOCKET; }

struct sockaddr; ///< as the host has it, but for the number of AF_INET6

/// Constants whose names the host has too, with Winsock's numbers.
enum {
  LW_AF_UNSPEC = 0,
  LW_AF_INET = 2,
  LW_AF_INET6 = 23,
  LW_SOCK_STREAM = 1,
  LW_SOCK_DGRAM = 2,
  LW_IPPROTO_IP = 0,
  LW_IPPROTO_TCP = 6,
  LW_IPPROTO_UDP = 17,
  LW_IPPROTO_IPV6 = 41,

  LW_SOL_SOCKET = 0xFFFF,
  LW_SO_DEBUG = 0x0001,
  LW_SO_ACCEPTCONN = 0x0002,
  LW_SO_REUSEADDR = 0x0004,
  LW_SO_KEEPALIVE = 0x0008,
  LW_SO_DONTROUTE = 0x0010,
  LW_SO_BROADCAST = 0x0020,
  LW_SO_LINGER = 0x0080,
  LW_SO_OOBINLINE = 0x0100,
  LW_SO_DONTLINGER = ~LW_SO_LINGER,
  LW_SO_EXCLUSIVEADDRUSE = ~LW_SO_REUSEADDR,
  LW_SO_SNDBUF = 0x1001,
  LW_SO_RCVBUF = 0x1002,
  LW_SO_SNDTIMEO = 0x1005,
  LW_SO_RCVTIMEO = 0x1006,
  LW_SO_ERROR = 0x1007,
  LW_SO_TYPE = 0x1008,
  LW_SO_MAX_MSG_SIZE = 0x2003,
  LW_SO_PROTOCOL_INFOA = 0x2004,
  LW_SO_UPDATE_ACCEPT_CONTEXT = 0x700B,
  LW_SO_CONNECT_TIME = 0x700C,
  LW_SO_UPDATE_CONNECT_CONTEXT = 0x7010,
  LW_TCP_NODELAY = 0x0001,
  LW_TCP_KEEPIDLE = 3,
  LW_TCP_KEEPCNT = 16,
  LW_TCP_KEEPINTVL = 17,
  LW_IP_TOS = 3,
  LW_IP_TTL = 4,
  LW_IP_MULTICAST_TTL = 10,
  LW_IP_MULTICAST_LOOP = 11,
  LW_IPV6_V6ONLY = 27,

  LW_MSG_OOB = 0x1,
  LW_MSG_PEEK = 0x2,
  LW_MSG_DONTROUTE = 0x4,
  LW_MSG_WAITALL = 0x8,
  LW_MSG_TRUNC = 0x100,
  LW_MSG_CTRUNC = 0x200,
  LW_MSG_PARTIAL = 0x8000,

  LW_POLLERR = 0x0001,
  LW_POLLHUP = 0x0002,
  LW_POLLNVAL = 0x0004,
  LW_POLLWRNORM = 0x0010,
  LW_POLLWRBAND = 0x0020,
  LW_POLLRDNORM = 0x0100,
  LW_POLLRDBAND = 0x0200,
  LW_POLLPRI = 0x0400,

  LW_AI_PASSIVE = 0x1,
  LW_AI_CANONNAME = 0x2,
  LW_AI_NUMERICHOST = 0x4,
  LW_AI_NUMERICSERV = 0x8,
  LW_NI_NUMERICHOST = 0x2,
  LW_NI_NAMEREQD = 0x4,
  LW_NI_NUMERICSERV = 0x8,
};
#define LW_FIONREAD 0x4004667Fu
#define LW_FIONBIO 0x8004667Eu
#define LW_SIOCATMARK 0x40047307u

#define SD_RECEIVE 0
#define SD_SEND 1
#define SD_BOTH 2

// ---------------------------------------------------------------------------------------------- beginning, errors

#define WSADESCRIPTION_LEN 256
#define WSASYS_STATUS_LEN 128
typedef struct WSAData {
  WORD wVersion;
  WORD wHighVersion;
  unsigned short iMaxSockets;
  unsigned short iMaxUdpDg;
  char *_Nullable lpVendorInfo;
  char szDescription[WSADESCRIPTION_LEN + 1];
  char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;

/// Begins the use of Winsock, up to version 2.2; counted. 0, or the error itself: WSAVERNOTSUPPORTED, WSAEFAULT.
int WSAStartup(WORD version, LPWSADATA _Nullable data);
/// Ends one use. Sockets that are open stay so.
int WSACleanup(void);
/// The calling thread's last error: the same that `GetLastError` returns.
int WSAGetLastError(void);
void WSASetLastError(int error);

// -------------------------------------------------------------------------------------------- sockets, connections

#define MAX_PROTOCOL_CHAIN 7
#define WSAPROTOCOL_LEN 255
typedef struct _WSAPROTOCOLCHAIN {
  int ChainLen;
  DWORD ChainEntries[MAX_PROTOCOL_CHAIN];
} WSAPROTOCOLCHAIN, *LPWSAPROTOCOLCHAIN;
/// What the structure has in both its forms, which differ in the name at its end.
#define LW_PROTOCOL_INFO_FIELDS                                                                                        \
  DWORD dwServiceFlags1;                                                                                               \
  DWORD dwServiceFlags2;                                                                                               \
  DWORD dwServiceFlags3;                                                                                               \
  DWORD dwServiceFlags4;                                                                                               \
  DWORD dwProviderFlags;                                                                                               \
  GUID ProviderId;                                                                                                     \
  DWORD dwCatalogEntryId;                                                                                              \
  WSAPROTOCOLCHAIN ProtocolChain;                                                                                      \
  int iVersion;                                                                                                        \
  int iAddressFamily;                                                                                                  \
  int iMaxSockAddr;                                                                                                    \
  int iMinSockAddr;                                                                                                    \
  int iSocketType;                                                                                                     \
  int iProtocol;                                                                                                       \
  int iProtocolMaxOffset;                                                                                              \
  int iNetworkByteOrder;                                                                                               \
  int iSecurityScheme;                                                                                                 \
  DWORD dwMessageSize;                                                                                                 \
  DWORD dwProviderReserved;
typedef struct _WSAPROTOCOL_INFOA {
  LW_PROTOCOL_INFO_FIELDS
  CHAR szProtocol[WSAPROTOCOL_LEN + 1];
} WSAPROTOCOL_INFOA, *LPWSAPROTOCOL_INFOA;
typedef struct _WSAPROTOCOL_INFOW {
  LW_PROTOCOL_INFO_FIELDS
  WCHAR szProtocol[WSAPROTOCOL_LEN + 1];
} WSAPROTOCOL_INFOW, *LPWSAPROTOCOL_INFOW;
#undef LW_PROTOCOL_INFO_FIELDS
#define FROM_PROTOCOL_INFO (-1)

#define WSA_FLAG_OVERLAPPED 0x01u
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80u
typedef UINT GROUP;

/// Makes a socket, overlapped, as `socket` does on Windows. Close it with `lw_closesocket`. INVALID_SOCKET:
/// WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSAEPROTONOSUPPORT, WSAEMFILE, WSAENOBUFS.
SOCKET lw_open_socket(int family, int type, int protocol);
/// The same; overlapped with WSA_FLAG_OVERLAPPED only. FROM_PROTOCOL_INFO takes a parameter from `info`; one that
/// `WSADuplicateSocket` has filled stands for that socket. `group` is without effect.
SOCKET WSASocketA(int family, int type, int protocol, LPWSAPROTOCOL_INFOA _Nullable info, GROUP group, DWORD flags);
SOCKET WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW _Nullable info, GROUP group, DWORD flags);
/// Fills `info` for one WSASocket in this process or in a child, which gets a further handle of the same socket.
/// SOCKET_ERROR: WSAEFAULT, WSAENOTSOCK, WSAEINVAL for another process.
int WSADuplicateSocketA(SOCKET socket, DWORD process_id, LPWSAPROTOCOL_INFOA _Nullable info);
int WSADuplicateSocketW(SOCKET socket, DWORD process_id, LPWSAPROTOCOL_INFOW _Nullable info);
int lw_closesocket_(SOCKET socket);
/// Closes a socket; operations that are pending end with ERROR_OPERATION_ABORTED, calls that wait with WSAEINTR.
static inline int lw_closesocket(SOCKET socket) {
  int result = lw_closesocket_(socket);
  LW_KEEP_CALLER_FRAME();
  return result;
}
/// WSAEINVAL when it is bound already, WSAEADDRINUSE, WSAEADDRNOTAVAIL, WSAEFAULT for an address that is too short.
int lw_bind(SOCKET socket, const struct sockaddr *_Nullable name, int length);
/// WSAEINVAL unless bound, WSAEISCONN, WSAEOPNOTSUPP for datagrams.
int lw_listen(SOCKET socket, int backlog);
/// A socket for the next connection of a listening one, waiting for it; it inherits what is set for the other.
SOCKET lw_accept(SOCKET socket, struct sockaddr *_Nullable address, int *_Nullable length);
/// Connects; a datagram socket just remembers the address. WSAECONNREFUSED, WSAEISCONN, WSAEALREADY, WSAEWOULDBLOCK ...
int lw_connect(SOCKET socket, const struct sockaddr *_Nullable name, int length);
int lw_shutdown(SOCKET socket, int how);
/// WSAEINVAL when it is not bound.
int lw_getsockname(SOCKET socket, struct sockaddr *_Nullable name, int *_Nullable length);
/// WSAENOTCONN when it is not connected.
int lw_getpeername(SOCKET socket, struct sockaddr *_Nullable name, int *_Nullable length);
/// WSAENOPROTOOPT for an option that is not there, WSAEFAULT for one that is too short. As on Windows, SO_REUSEADDR is
/// off, and yet a port whose connections linger can be bound again.
int lw_setsockopt(SOCKET socket, int level, int name, const char *_Nullable value, int length);
int lw_getsockopt(SOCKET socket, int level, int name, char *_Nullable value, int *_Nullable length);
/// FIONBIO, FIONREAD, SIOCATMARK.
int lw_ioctlsocket(SOCKET socket, LONG command, ULONG *_Nullable argument);

struct _WSABUF;
typedef struct _QualityOfService QOS, *LPQOS; ///< which nothing here has
#define CF_ACCEPT 0
#define CF_REJECT 1
#define CF_DEFER 2
/// Is shown who calls (a sockaddr in `caller`) before WSAAccept returns the connection; CF_...
typedef int(CALLBACK *LPCONDITIONPROC)(struct _WSABUF *caller, struct _WSABUF *caller_data, LPQOS _Nullable sending,
                                       LPQOS _Nullable group_quality, struct _WSABUF *callee,
                                       struct _WSABUF *callee_data, GROUP *group, DWORD_PTR data);
/// connect and accept; what stands for qualities of service and data of a connection is without effect. A connection
/// that `condition` refuses is reset: INVALID_SOCKET and WSAECONNREFUSED. One that it defers (WSATRY_AGAIN) is, too.
int WSAConnect(SOCKET socket, const struct sockaddr *_Nullable name, int length, struct _WSABUF *_Nullable caller_data,
               struct _WSABUF *_Nullable callee_data, LPQOS _Nullable sending, LPQOS _Nullable group);
SOCKET WSAAccept(SOCKET listener, struct sockaddr *_Nullable address, int *_Nullable length,
                 LPCONDITIONPROC _Nullable condition, DWORD_PTR data);
/// shutdown of one direction; `data` is without effect.
int WSASendDisconnect(SOCKET socket, struct _WSABUF *_Nullable data);
int WSARecvDisconnect(SOCKET socket, struct _WSABUF *_Nullable data);

// ------------------------------------------------------------------------------------------------------- transfers

typedef struct _WSABUF {
  ULONG len;
  CHAR *_Nullable buf;
} WSABUF, *LPWSABUF;
typedef OVERLAPPED WSAOVERLAPPED, *LPWSAOVERLAPPED;
typedef void(CALLBACK *LPWSAOVERLAPPED_COMPLETION_ROUTINE)(DWORD error, DWORD transferred, LPWSAOVERLAPPED overlapped,
                                                           DWORD flags);

/// The bytes received, 0 when the other side has ended its sending, or SOCKET_ERROR; waits for the first of them.
int lw_recv(SOCKET socket, char *_Nullable buffer, int length, int flags);
int lw_recvfrom(SOCKET socket, char *_Nullable buffer, int length, int flags, struct sockaddr *_Nullable from,
                int *_Nullable from_length);
/// The bytes sent, all of them on a blocking socket.
int lw_send(SOCKET socket, const char *_Nullable buffer, int length, int flags);
int lw_sendto(SOCKET socket, const char *_Nullable buffer, int length, int flags, const struct sockaddr *_Nullable to,
              int to_length);

int lw_wsa_recv_(SOCKET socket, LPWSABUF _Nullable buffers, DWORD count, DWORD *_Nullable received,
                 DWORD *_Nullable flags, struct sockaddr *_Nullable from, int *_Nullable from_length,
                 LPWSAOVERLAPPED _Nullable overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine,
                 const char *api);
/// Receives into `buffers` one after the other. With `overlapped`, on an overlapped socket, it ends at once (0) or
/// later (SOCKET_ERROR, WSA_IO_PENDING); the buffers and `*overlapped` are lent to it until it has ended, the array of
/// WSABUFs only while it is called.
static inline int WSARecv(SOCKET socket, LPWSABUF _Nullable buffers, DWORD count, DWORD *_Nullable received,
                          DWORD *_Nullable flags, LPWSAOVERLAPPED _Nullable overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine) {
  int result = lw_wsa_recv_(socket, buffers, count, received, flags, NULL, NULL, overlapped, routine, "WSARecv");
  LW_KEEP_CALLER_FRAME();
  return result;
}
/// WSARecv that tells the sender; `from` and `from_length` are lent as well.
static inline int WSARecvFrom(SOCKET socket, LPWSABUF _Nullable buffers, DWORD count, DWORD *_Nullable received,
                              DWORD *_Nullable flags, struct sockaddr *_Nullable from, int *_Nullable from_length,
                              LPWSAOVERLAPPED _Nullable overlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine) {
  int result =
      lw_wsa_recv_(socket, buffers, count, received, flags, from, from_length, overlapped, routine, "WSARecvFrom");
  LW_KEEP_CALLER_FRAME();
  return result;
}
int lw_wsa_send_(SOCKET socket, LPWSABUF _Nullable buffers, DWORD count, DWORD *_Nullable sent, DWORD flags,
                 const struct sockaddr *_Nullable to, int to_length, LPWSAOVERLAPPED _Nullable overlapped,
                 LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine, const char *api);
/// Sends all of `buffers`; otherwise as WSARecv.
static inline int WSASend(SOCKET socket, LPWSABUF _Nullable buffers, DWORD count, DWORD *_Nullable sent, DWORD flags,
                          LPWSAOVERLAPPED _Nullable overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine) {
  int result = lw_wsa_send_(socket, buffers, count, sent, flags, NULL, 0, overlapped, routine, "WSASend");
  LW_KEEP_CALLER_FRAME();
  return result;
}
static inline int WSASendTo(SOCKET socket, LPWSABUF _Nullable buffers, DWORD count, DWORD *_Nullable sent, DWORD flags,
                            const struct sockaddr *_Nullable to, int to_length, LPWSAOVERLAPPED _Nullable overlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine) {
  int result = lw_wsa_send_(socket, buffers, count, sent, flags, to, to_length, overlapped, routine, "WSASendTo");
  LW_KEEP_CALLER_FRAME();
  return result;
}
/// A datagram: its address and its parts. Nothing here has control data.
typedef struct _WSAMSG {
  struct sockaddr *_Nullable name;
  INT namelen;
  LPWSABUF _Nullable lpBuffers;
  ULONG dwBufferCount;
  WSABUF Control;
  ULONG dwFlags;
} WSAMSG, *PWSAMSG, *LPWSAMSG;
int lw_wsa_send_message_(SOCKET socket, LPWSAMSG _Nullable message, DWORD flags, DWORD *_Nullable sent,
                         LPWSAOVERLAPPED _Nullable overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine);
/// WSASendTo of a message; WSAEINVAL for streams.
static inline int WSASendMsg(SOCKET socket, LPWSAMSG _Nullable message, DWORD flags, DWORD *_Nullable sent,
                             LPWSAOVERLAPPED _Nullable overlapped,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine) {
  int result = lw_wsa_send_message_(socket, message, flags, sent, overlapped, routine);
  LW_KEEP_CALLER_FRAME();
  return result;
}
/// The result of an overlapped operation of a socket; FALSE and WSA_IO_INCOMPLETE while it runs and `wait` is FALSE.
BOOL WSAGetOverlappedResult(SOCKET socket, LPWSAOVERLAPPED _Nullable overlapped, DWORD *_Nullable transferred,
                            BOOL wait, DWORD *_Nullable flags);

// ------------------------------------------------------------------------------------------------------ control codes

#define SIO_GET_EXTENSION_FUNCTION_POINTER 0xC8000006u
#define SIO_KEEPALIVE_VALS 0x98000004u
#define SIO_UDP_CONNRESET 0x9800000Cu
/// SIO_GET_EXTENSION_FUNCTION_POINTER for the functions of lw_mswsock.h, SIO_KEEPALIVE_VALS, SIO_UDP_CONNRESET, FIONBIO
/// and FIONREAD. It ends at once, also with `overlapped`. WSAEOPNOTSUPP for others, WSAEINVAL for another function.
int WSAIoctl(SOCKET socket, DWORD code, LPVOID _Nullable input, DWORD input_bytes, LPVOID _Nullable output,
             DWORD output_bytes, DWORD *_Nullable returned, LPWSAOVERLAPPED _Nullable overlapped,
             LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine);

// ------------------------------------------------------------------------------------------------- readiness, events

/// An fd_set with as many places as its owner gave it.
typedef struct lw_socket_set {
  UINT count;
  SOCKET sockets[];
} lw_socket_set;
typedef struct lw_socket_time {
  LONG seconds;
  LONG microseconds;
} lw_socket_time;
/// select: leaves in each set the sockets that are ready and returns how many there are. WSAEINVAL when all are empty.
int lw_select(lw_socket_set *_Nullable reading, lw_socket_set *_Nullable writing, lw_socket_set *_Nullable failing,
              const lw_socket_time *_Nullable timeout);
/// __WSAFDIsSet.
int lw_socket_set_has(SOCKET socket, const lw_socket_set *set);

typedef struct lw_socket_poll {
  SOCKET fd;
  SHORT events;
  SHORT revents;
} WSAPOLLFD, *PWSAPOLLFD, *LPWSAPOLLFD;
/// Waits `ms` milliseconds (below 0: for ever) until one of the sockets is as wanted; how many are. WSAEINVAL for none.
int WSAPoll(LPWSAPOLLFD _Nullable sockets, ULONG count, INT ms);

typedef HANDLE WSAEVENT;
typedef WSAEVENT _Nullable *LPWSAEVENT;
#define WSA_INVALID_EVENT ((WSAEVENT)0)
#define WSA_MAXIMUM_WAIT_EVENTS 64u
#define WSA_INFINITE 0xFFFFFFFFu
#define WSA_WAIT_EVENT_0 0u
#define WSA_WAIT_IO_COMPLETION 0xC0u
#define WSA_WAIT_TIMEOUT 258u
#define WSA_WAIT_FAILED 0xFFFFFFFFu
/// A manual-reset event, not set.
WSAEVENT _Nullable WSACreateEvent(void);
BOOL WSASetEvent(WSAEVENT _Nullable event);
BOOL WSAResetEvent(WSAEVENT _Nullable event);
BOOL WSACloseEvent(WSAEVENT _Nullable event);
DWORD WSAWaitForMultipleEvents(DWORD count, const WSAEVENT _Nullable *_Nullable events, BOOL all, DWORD ms,
                               BOOL alertable);

#define FD_READ_BIT 0
#define FD_READ 0x01
#define FD_WRITE_BIT 1
#define FD_WRITE 0x02
#define FD_OOB_BIT 2
#define FD_OOB 0x04
#define FD_ACCEPT_BIT 3
#define FD_ACCEPT 0x08
#define FD_CONNECT_BIT 4
#define FD_CONNECT 0x10
#define FD_CLOSE_BIT 5
#define FD_CLOSE 0x20
#define FD_MAX_EVENTS 10
#define FD_ALL_EVENTS 0x3FF
typedef struct _WSANETWORKEVENTS {
  LONG lNetworkEvents;
  int iErrorCode[FD_MAX_EVENTS];
} WSANETWORKEVENTS, *LPWSANETWORKEVENTS;
/// Sets `event` whenever one of `events` has happened to the socket, once until the call that is answerable for it was
/// made again; the socket does not block any more. 0 events end it.
int WSAEventSelect(SOCKET socket, WSAEVENT _Nullable event, LONG events);
/// What has happened since the last call, with errors; `event`, if any, is reset.
int WSAEnumNetworkEvents(SOCKET socket, WSAEVENT _Nullable event, LPWSANETWORKEVENTS _Nullable result);

#pragma clang assume_nonnull end
