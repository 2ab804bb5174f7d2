// <ws2tcpip.h> for programs: addresses of version 6, and names.
#pragma once

#include "winsock2.h"

#pragma clang assume_nonnull begin

#define INET_ADDRSTRLEN 22
#define INET6_ADDRSTRLEN 65
#define NI_MAXHOST 1025
#define NI_MAXSERV 32
#define AI_PASSIVE LW_AI_PASSIVE
#define AI_CANONNAME LW_AI_CANONNAME
#define AI_NUMERICHOST LW_AI_NUMERICHOST
#define AI_NUMERICSERV LW_AI_NUMERICSERV
// Of no effect where names are this machine's own.
#define AI_ALL 0x100
#define AI_ADDRCONFIG 0x400
#define AI_V4MAPPED 0x800
#define NI_NOFQDN 0x01
#define NI_NUMERICHOST LW_NI_NUMERICHOST
#define NI_NAMEREQD LW_NI_NAMEREQD
#define NI_NUMERICSERV LW_NI_NUMERICSERV
#define NI_DGRAM 0x10
#define IPV6_V6ONLY LW_IPV6_V6ONLY
#define EAI_AGAIN WSATRY_AGAIN
#define EAI_BADFLAGS WSAEINVAL
#define EAI_FAIL WSANO_RECOVERY
#define EAI_FAMILY WSAEAFNOSUPPORT
#define EAI_MEMORY WSA_NOT_ENOUGH_MEMORY
#define EAI_NONAME WSAHOST_NOT_FOUND
#define EAI_SERVICE WSATYPE_NOT_FOUND
#define EAI_SOCKTYPE WSAESOCKTNOSUPPORT

typedef struct in6_addr {
  union {
    UCHAR Byte[16];
    USHORT Word[8];
  } u;
} IN6_ADDR, *PIN6_ADDR, *LPIN6_ADDR;
#define s6_addr u.Byte
typedef struct sockaddr_in6 {
  SHORT sin6_family;
  USHORT sin6_port;
  ULONG sin6_flowinfo;
  struct in6_addr sin6_addr;
  ULONG sin6_scope_id;
} SOCKADDR_IN6, *PSOCKADDR_IN6, *LPSOCKADDR_IN6;
#define IN6ADDR_ANY_INIT                                                                                               \
  {                                                                                                                    \
    {{0}}                                                                                                              \
  }
#define IN6ADDR_LOOPBACK_INIT                                                                                          \
  {                                                                                                                    \
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}                                                                 \
  }
static const struct in6_addr in6addr_any __attribute__((unused)) = IN6ADDR_ANY_INIT;
static const struct in6_addr in6addr_loopback __attribute__((unused)) = IN6ADDR_LOOPBACK_INIT;

static inline BOOLEAN IN6_ADDR_EQUAL(const IN6_ADDR *one, const IN6_ADDR *other) {
  return __builtin_memcmp(one, other, sizeof *one) == 0;
}
static inline BOOLEAN IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *address) { return IN6_ADDR_EQUAL(address, &in6addr_any); }
static inline BOOLEAN IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *address) {
  return IN6_ADDR_EQUAL(address, &in6addr_loopback);
}
static inline BOOLEAN IN6_IS_ADDR_MULTICAST(const IN6_ADDR *address) { return address->u.Byte[0] == 0xFF; }
static inline BOOLEAN IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *address) {
  return address->u.Byte[0] == 0xFE && (address->u.Byte[1] & 0xC0) == 0x80;
}
static inline BOOLEAN IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *address) {
  static const UCHAR prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return __builtin_memcmp(address, prefix, sizeof prefix) == 0;
}

typedef struct addrinfo {
  int ai_flags;
  int ai_family;
  int ai_socktype;
  int ai_protocol;
  size_t ai_addrlen;
  char *_Nullable ai_canonname;
  struct sockaddr *_Nullable ai_addr;
  struct addrinfo *_Nullable ai_next;
} ADDRINFOA, *PADDRINFOA;
_Static_assert(sizeof(struct addrinfo) == sizeof(lw_address_info), "one is handed out as the other");

static inline int getaddrinfo(const char *_Nullable node, const char *_Nullable service,
                              const struct addrinfo *_Nullable hints, struct addrinfo *_Nullable *_Nullable result) {
  return lw_getaddrinfo(node, service, (const lw_address_info *)(const void *)hints,
                        (lw_address_info *_Nullable *)(void *)result);
}
static inline void freeaddrinfo(struct addrinfo *_Nullable info) { lw_freeaddrinfo((lw_address_info *)(void *)info); }
static inline int getnameinfo(const struct sockaddr *_Nullable name, socklen_t length, char *_Nullable node,
                              DWORD node_bytes, char *_Nullable service, DWORD service_bytes, int flags) {
  return lw_getnameinfo(name, length, node, node_bytes, service, service_bytes, flags);
}
/// The text of an error of getaddrinfo, in memory of the calling thread.
static inline char *gai_strerrorA(int error) {
  static _Thread_local char text[1025];
  const DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  FormatMessageA(flags, NULL, (DWORD)error, 0, text, sizeof text, NULL);
  return text;
}
#define gai_strerror gai_strerrorA
static inline int inet_pton(int family, const char *_Nullable text, void *_Nullable address) {
  return lw_inet_pton(family, text, address);
}
#define InetPtonA inet_pton
static inline const char *_Nullable inet_ntop(int family, const void *_Nullable address, char *_Nullable text,
                                              size_t bytes) {
  return lw_inet_ntop(family, address, text, bytes);
}
#define InetNtopA inet_ntop
typedef ADDRINFOA ADDRINFO;
#define GetAddrInfoA getaddrinfo
#define FreeAddrInfoA freeaddrinfo
#define GetNameInfoA getnameinfo
#ifdef UNICODE
#define GetAddrInfo GetAddrInfoW
#define FreeAddrInfo FreeAddrInfoW
#define GetNameInfo GetNameInfoW
#define InetPton InetPtonW
#define InetNtop InetNtopW
#else
#define GetAddrInfo GetAddrInfoA
#define FreeAddrInfo FreeAddrInfoA
#define GetNameInfo GetNameInfoA
#define InetPton InetPtonA
#define InetNtop InetNtopA
#endif

#pragma clang assume_nonnull end
