// <winsock2.h> for programs: Winsock's own names over lw_winsock.h. It stands beside libc's headers but not beside the
// host's <sys/socket.h>, and is compiled by tools/cc only.
#pragma once

#include <stdlib.h>
#include <sys/types.h> // before our fd_set, see tools/cc's own <sys/select.h>

#include "windows.h"

#include "lw_winsock_names.h"

#pragma clang assume_nonnull begin

#define WSAAPI
#define PASCAL
#define FAR
#define WINSOCK_API_LINKAGE

typedef UCHAR u_char;
typedef USHORT u_short;
typedef UINT u_int;
typedef UINT u_long;
typedef ULONG64 u_int64;

#define AF_UNSPEC LW_AF_UNSPEC
#define AF_INET LW_AF_INET
#define AF_INET6 LW_AF_INET6
#define PF_UNSPEC AF_UNSPEC
// Families and types that there are no sockets of.
#define AF_UNIX 1
#define AF_IPX 6
#define AF_APPLETALK 16
#define AF_NETBIOS 17
#define AF_IRDA 26
#define AF_BTH 32
#define SOCK_RDM 4
#define SOCK_SEQPACKET 5
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
#define SOCK_STREAM LW_SOCK_STREAM
#define SOCK_DGRAM LW_SOCK_DGRAM
#define SOCK_RAW 3
#define IPPROTO_IP LW_IPPROTO_IP
#define IPPROTO_ICMP 1
#define IPPROTO_IGMP 2
#define IPPROTO_ICMPV6 58
#define IPPROTO_RAW 255
#define IPPROTO_TCP LW_IPPROTO_TCP
#define IPPROTO_UDP LW_IPPROTO_UDP
#define IPPROTO_IPV6 LW_IPPROTO_IPV6
#define SOL_SOCKET LW_SOL_SOCKET
#define SO_DEBUG LW_SO_DEBUG
#define SO_ACCEPTCONN LW_SO_ACCEPTCONN
#define SO_REUSEADDR LW_SO_REUSEADDR
#define SO_KEEPALIVE LW_SO_KEEPALIVE
#define SO_DONTROUTE LW_SO_DONTROUTE
#define SO_BROADCAST LW_SO_BROADCAST
#define SO_LINGER LW_SO_LINGER
#define SO_OOBINLINE LW_SO_OOBINLINE
#define SO_DONTLINGER LW_SO_DONTLINGER
#define SO_EXCLUSIVEADDRUSE LW_SO_EXCLUSIVEADDRUSE
#define SO_SNDBUF LW_SO_SNDBUF
#define SO_RCVBUF LW_SO_RCVBUF
#define SO_SNDLOWAT 0x1003
#define SO_RCVLOWAT 0x1004
#define SO_SNDTIMEO LW_SO_SNDTIMEO
#define SO_RCVTIMEO LW_SO_RCVTIMEO
#define SO_ERROR LW_SO_ERROR
#define SO_TYPE LW_SO_TYPE
#define SO_MAX_MSG_SIZE LW_SO_MAX_MSG_SIZE
#define SO_PROTOCOL_INFOA LW_SO_PROTOCOL_INFOA
#define SO_PROTOCOL_INFO SO_PROTOCOL_INFOA
#define SO_UPDATE_ACCEPT_CONTEXT LW_SO_UPDATE_ACCEPT_CONTEXT
#define SO_UPDATE_CONNECT_CONTEXT LW_SO_UPDATE_CONNECT_CONTEXT
#define SO_CONNECT_TIME LW_SO_CONNECT_TIME
#define TCP_NODELAY LW_TCP_NODELAY
#define TCP_KEEPALIVE LW_TCP_KEEPIDLE
#define TCP_KEEPIDLE LW_TCP_KEEPIDLE
#define TCP_KEEPCNT LW_TCP_KEEPCNT
#define TCP_KEEPINTVL LW_TCP_KEEPINTVL
#define IP_TOS LW_IP_TOS
#define IP_TTL LW_IP_TTL
#define IP_MULTICAST_TTL LW_IP_MULTICAST_TTL
#define IP_MULTICAST_LOOP LW_IP_MULTICAST_LOOP
#define MSG_OOB LW_MSG_OOB
#define MSG_PEEK LW_MSG_PEEK
#define MSG_DONTROUTE LW_MSG_DONTROUTE
#define MSG_WAITALL LW_MSG_WAITALL
#define MSG_TRUNC LW_MSG_TRUNC
#define MSG_CTRUNC LW_MSG_CTRUNC
#define MSG_PARTIAL LW_MSG_PARTIAL
#define FIONREAD LW_FIONREAD
#define FIONBIO LW_FIONBIO
#define SIOCATMARK LW_SIOCATMARK
#define POLLERR LW_POLLERR
#define POLLHUP LW_POLLHUP
#define POLLNVAL LW_POLLNVAL
#define POLLWRNORM LW_POLLWRNORM
#define POLLWRBAND LW_POLLWRBAND
#define POLLRDNORM LW_POLLRDNORM
#define POLLRDBAND LW_POLLRDBAND
#define POLLPRI LW_POLLPRI
#define POLLIN (POLLRDNORM | POLLRDBAND)
#define POLLOUT POLLWRNORM
#define SOMAXCONN 0x7FFFFFFF
#define ADDR_ANY INADDR_ANY
#define INADDR_ANY ((u_long)0x00000000)
#define INADDR_LOOPBACK 0x7F000001
#define INADDR_BROADCAST ((u_long)0xFFFFFFFF)
#define INADDR_NONE 0xFFFFFFFF

// ------------------------------------------------------------------------------------------------------- addresses

typedef struct in_addr {
  union {
    struct {
      UCHAR s_b1, s_b2, s_b3, s_b4;
    } S_un_b;
    struct {
      USHORT s_w1, s_w2;
    } S_un_w;
    ULONG S_addr;
  } S_un;
} IN_ADDR, *PIN_ADDR, *LPIN_ADDR;
#define s_addr S_un.S_addr

typedef USHORT ADDRESS_FAMILY;
typedef struct sockaddr {
  USHORT sa_family;
  CHAR sa_data[14];
} SOCKADDR, *PSOCKADDR, *LPSOCKADDR;
typedef struct sockaddr_in {
  SHORT sin_family;
  USHORT sin_port;
  struct in_addr sin_addr;
  CHAR sin_zero[8];
} SOCKADDR_IN, *PSOCKADDR_IN, *LPSOCKADDR_IN;
typedef struct sockaddr_storage {
  SHORT ss_family;
  CHAR ss_padding_[6];
  LONG64 ss_alignment_;
  CHAR ss_more_padding_[112];
} SOCKADDR_STORAGE, *PSOCKADDR_STORAGE, *LPSOCKADDR_STORAGE;
typedef int socklen_t;

typedef struct linger {
  USHORT l_onoff;
  USHORT l_linger;
} LINGER, *PLINGER, *LPLINGER;

static inline USHORT htons(USHORT value) { return __builtin_bswap16(value); }
static inline USHORT ntohs(USHORT value) { return __builtin_bswap16(value); }
static inline ULONG htonl(ULONG value) { return __builtin_bswap32(value); }
static inline ULONG ntohl(ULONG value) { return __builtin_bswap32(value); }
static inline ULONG inet_addr(const char *_Nullable text) { return lw_inet_addr(text); }
static inline char *inet_ntoa(struct in_addr address) { return lw_inet_ntoa(address.s_addr); }
typedef struct hostent {
  char *h_name;
  char *_Nullable *_Nonnull h_aliases;
  SHORT h_addrtype;
  SHORT h_length;
  char *_Nullable *_Nonnull h_addr_list;
} HOSTENT, *PHOSTENT, *LPHOSTENT;
#define h_addr h_addr_list[0]
_Static_assert(sizeof(struct hostent) == sizeof(lw_host_entry), "one is handed out as the other");
static inline struct hostent *_Nullable gethostbyname(const char *_Nullable name) {
  return (struct hostent *)(void *)lw_gethostbyname(name);
}
typedef struct servent {
  char *s_name;
  char *_Nullable *_Nonnull s_aliases;
  char *s_proto;
  SHORT s_port;
} SERVENT, *PSERVENT, *LPSERVENT;
/// A service by its name, of tcp unless `protocol` says otherwise; in memory of the calling thread, until its next
/// call. NULL and WSANO_DATA: it is none that `getaddrinfo` knows.
static inline struct servent *_Nullable getservbyname(const char *_Nullable name, const char *_Nullable protocol) {
  static _Thread_local char own_name[32], own_protocol[8];
  static _Thread_local char *_Nullable none[1];
  static _Thread_local struct servent entry;
  const lw_address_info hints = {.family = AF_INET};
  lw_address_info *found = NULL;
  BOOL is_name = name && (*name < '0' || *name > '9');
  if (!is_name || !*name || lw_getaddrinfo(NULL, name, &hints, &found) != 0 || !found || !found->address) {
    WSASetLastError(WSANO_DATA);
    return NULL;
  }
  __builtin_snprintf(own_name, sizeof own_name, "%s", name);
  __builtin_snprintf(own_protocol, sizeof own_protocol, "%s", protocol ? protocol : "tcp");
  entry = (struct servent){.s_name = own_name, .s_aliases = none, .s_proto = own_protocol};
  __builtin_memcpy(&entry.s_port, (const char *)found->address + sizeof(USHORT), sizeof entry.s_port);
  lw_freeaddrinfo(found);
  return &entry;
}
static inline int lw_swapped_(ULONG value, int bytes, void *_Nullable result) {
  if (!result) return WSASetLastError(WSAEFAULT), SOCKET_ERROR;
  ULONG swapped = bytes == 2 ? __builtin_bswap16((USHORT)value) : __builtin_bswap32(value);
  __builtin_memcpy(result, &swapped, bytes);
  return 0;
}
#define WSAHtonl(s, value, result) ((void)(s), lw_swapped_((value), 4, (u_long *)(result)))
#define WSANtohl(s, value, result) ((void)(s), lw_swapped_((value), 4, (u_long *)(result)))
#define WSAHtons(s, value, result) ((void)(s), lw_swapped_((value), 2, (u_short *)(result)))
#define WSANtohs(s, value, result) ((void)(s), lw_swapped_((value), 2, (u_short *)(result)))
static inline int gethostname(char *_Nullable name, int bytes) { return lw_gethostname(name, bytes); }

// --------------------------------------------------------------------------------------------------------- sockets

static inline SOCKET socket(int family, int type, int protocol) { return lw_open_socket(family, type, protocol); }
static inline int closesocket(SOCKET s) { return lw_closesocket(s); }
static inline int bind(SOCKET s, const struct sockaddr *_Nullable name, int length) { return lw_bind(s, name, length); }
static inline int listen(SOCKET s, int backlog) { return lw_listen(s, backlog); }
static inline SOCKET accept(SOCKET s, struct sockaddr *_Nullable address, int *_Nullable length) {
  return lw_accept(s, address, length);
}
static inline int connect(SOCKET s, const struct sockaddr *_Nullable name, int length) {
  return lw_connect(s, name, length);
}
static inline int shutdown(SOCKET s, int how) { return lw_shutdown(s, how); }
static inline int getsockname(SOCKET s, struct sockaddr *_Nullable name, int *_Nullable length) {
  return lw_getsockname(s, name, length);
}
static inline int getpeername(SOCKET s, struct sockaddr *_Nullable name, int *_Nullable length) {
  return lw_getpeername(s, name, length);
}
static inline int setsockopt(SOCKET s, int level, int name, const char *_Nullable value, int length) {
  return lw_setsockopt(s, level, name, value, length);
}
static inline int getsockopt(SOCKET s, int level, int name, char *_Nullable value, int *_Nullable length) {
  return lw_getsockopt(s, level, name, value, length);
}
static inline int ioctlsocket(SOCKET s, LONG command, u_long *_Nullable argument) {
  return lw_ioctlsocket(s, command, argument);
}
static inline int recv(SOCKET s, char *_Nullable buffer, int length, int flags) {
  return lw_recv(s, buffer, length, flags);
}
static inline int recvfrom(SOCKET s, char *_Nullable buffer, int length, int flags, struct sockaddr *_Nullable from,
                           int *_Nullable from_length) {
  return lw_recvfrom(s, buffer, length, flags, from, from_length);
}
static inline int send(SOCKET s, const char *_Nullable buffer, int length, int flags) {
  return lw_send(s, buffer, length, flags);
}
static inline int sendto(SOCKET s, const char *_Nullable buffer, int length, int flags,
                         const struct sockaddr *_Nullable to, int to_length) {
  return lw_sendto(s, buffer, length, flags, to, to_length);
}
#define WSASocket WSASocketA
#define WSAAddressToString WSAAddressToStringA
#define WSAStringToAddress WSAStringToAddressA
typedef WSAPROTOCOL_INFOA WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;

// ------------------------------------------------------------------------------------------------------- readiness

/// The places of an fd_set; a program may ask for more before it includes this.
#ifndef FD_SETSIZE
#define FD_SETSIZE 64
#endif
typedef struct fd_set {
  u_int fd_count;
  SOCKET fd_array[FD_SETSIZE];
} fd_set, FD_SET, *PFD_SET, *LPFD_SET;
#ifndef LW_HAS_TIMEVAL // <sys/time.h> of such a program may have it already
#define LW_HAS_TIMEVAL
typedef struct timeval {
  LONG tv_sec;
  LONG tv_usec;
} TIMEVAL, *PTIMEVAL, *LPTIMEVAL;
#endif

static inline int __WSAFDIsSet(SOCKET s, fd_set *set) {
  return lw_socket_set_has(s, (const lw_socket_set *)(const void *)set);
}
static inline void lw_fd_set_(SOCKET s, fd_set *set) {
  if (!__WSAFDIsSet(s, set) && set->fd_count < FD_SETSIZE) set->fd_array[set->fd_count++] = s;
}
static inline void lw_fd_clear_(SOCKET s, fd_set *set) {
  u_int kept = 0;
  for (u_int i = 0; i < set->fd_count; i++)
    if (set->fd_array[i] != s) set->fd_array[kept++] = set->fd_array[i];
  set->fd_count = kept;
}
#define FD_SET(socket, set) lw_fd_set_((SOCKET)(socket), (set))
#define FD_CLR(socket, set) lw_fd_clear_((SOCKET)(socket), (set))
#define FD_ISSET(socket, set) __WSAFDIsSet((SOCKET)(socket), (set))
#define FD_ZERO(set) ((void)((set)->fd_count = 0))

/// `highest` is without effect.
static inline int select(int highest, fd_set *_Nullable reading, fd_set *_Nullable writing, fd_set *_Nullable failing,
                         const struct timeval *_Nullable timeout) {
  (void)highest;
  return lw_select((lw_socket_set *)(void *)reading, (lw_socket_set *)(void *)writing, (lw_socket_set *)(void *)failing,
                   (const lw_socket_time *)(const void *)timeout);
}

#pragma clang assume_nonnull end
