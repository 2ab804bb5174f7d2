// getaddrinfo for what needs no network: numeric addresses, "localhost" and this machine's own name, which is the
// loopback here.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "socket.h"

enum { NAME_BYTES = LW_CANONICAL_NAME_BYTES, PORT_MAX = 65535 };

/// One entry of a chain with all that it points to.
typedef struct entry {
  lw_address_info info;
  unsigned char address[LW_SOCKET_ADDRESS_BYTES];
  _Alignas(WCHAR) char name[NAME_BYTES * sizeof(WCHAR)]; ///< it may be made wide
} entry;

static lw_pool pool = LW_POOL(entry);

/// An address of a node: Winsock's family, and the bytes as they stand in a sockaddr.
typedef struct node_address {
  int family;
  unsigned char bytes[16];
} node_address;

static bool is_this_machine(const char *node) {
  char own[NAME_BYTES];
  if (strcasecmp(node, "localhost") == 0 || *node == 0) return true;
  return gethostname(own, sizeof own) == 0 && strncasecmp(node, own, sizeof own) == 0;
}

/// The address of a node in one family. False when it has none.
static bool resolve(const char *_Nullable node, int flags, int family, node_address *found) {
  *found = (node_address){.family = family};
  int host_family = family == LW_AF_INET6 ? AF_INET6 : AF_INET;
  if (node && inet_pton(host_family, node, found->bytes) == 1) return true;
  if (node && (flags & LW_AI_NUMERICHOST || !is_this_machine(node))) return false;
  if (!node && flags & LW_AI_PASSIVE) return true; // any address
  const char *loopback = family == LW_AF_INET6 ? "::1" : "127.0.0.1";
  return inet_pton(host_family, loopback, found->bytes) == 1;
}

/// The port of a service by number, or by name unless `flags` forbid that; ERROR_SUCCESS, or why there is none.
static DWORD parse_service(const char *_Nullable service, int flags, uint16_t *port) {
  *port = 0;
  if (!service || *service == 0) return ERROR_SUCCESS;
  char *end;
  unsigned long number = strtoul(service, &end, 10);
  if (*end == 0 && number <= PORT_MAX) *port = (uint16_t)number;
  if (*end == 0) return number <= PORT_MAX ? ERROR_SUCCESS : WSATYPE_NOT_FOUND;
  if (flags & LW_AI_NUMERICSERV) return WSAHOST_NOT_FOUND;
  return lw_service_port_(service, port) ? ERROR_SUCCESS : WSATYPE_NOT_FOUND;
}

static entry *_Nullable make_entry(const node_address *address, uint16_t port, int type, int protocol) {
  entry *made = lw_pool_take(&pool);
  if (!made) return NULL;
  bool is_six = address->family == LW_AF_INET6;
  sa_family_t family = (sa_family_t)address->family;
  uint16_t network_port = htons(port);
  memcpy(made->address, &family, sizeof family);
  memcpy(made->address + offsetof(struct sockaddr_in, sin_port), &network_port, sizeof network_port);
  size_t at = is_six ? offsetof(struct sockaddr_in6, sin6_addr) : offsetof(struct sockaddr_in, sin_addr);
  memcpy(made->address + at, address->bytes, is_six ? 16 : 4);
  made->info = (lw_address_info){.family = address->family,
                                 .type = type,
                                 .protocol = protocol,
                                 .address_bytes = is_six ? LW_SOCKET_ADDRESS_BYTES : sizeof(struct sockaddr_in),
                                 .address = (struct sockaddr *)(void *)made->address};
  return made;
}

/// Why a question cannot be answered.
static DWORD refused(const char *_Nullable node, const char *_Nullable service, const lw_address_info *hints) {
  if (!node && !service) return WSAHOST_NOT_FOUND;
  if (hints->family != LW_AF_UNSPEC && hints->family != LW_AF_INET && hints->family != LW_AF_INET6)
    return WSAEAFNOSUPPORT;
  if (hints->type != 0 && hints->type != LW_SOCK_STREAM && hints->type != LW_SOCK_DGRAM) return WSAESOCKTNOSUPPORT;
  if (hints->flags & LW_AI_CANONNAME && !node) return WSAEINVAL;
  return ERROR_SUCCESS;
}

static DWORD answer(const char *_Nullable node, uint16_t port, const lw_address_info *hints,
                    lw_address_info *_Nullable *_Nonnull result) {
  const int families[] = {LW_AF_INET6, LW_AF_INET};
  lw_address_info **next = result;
  for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
    node_address address;
    // Only one who asks for version 6 gets it: few machines can use it over the loopback alone.
    bool asked = hints->family == families[i] || (hints->family == LW_AF_UNSPEC && families[i] == LW_AF_INET) ||
                 (hints->family == LW_AF_UNSPEC && node && strchr(node, ':'));
    if (!asked || !resolve(node, hints->flags, families[i], &address)) continue;
    entry *made = make_entry(&address, port, hints->type, hints->protocol);
    if (!made) return WSA_NOT_ENOUGH_MEMORY;
    if (hints->flags & LW_AI_CANONNAME && next == result) {
      strncpy(made->name, node, NAME_BYTES - 1);
      made->info.canonical_name = made->name;
    }
    *next = &made->info;
    next = &made->info.next;
  }
  return *result ? ERROR_SUCCESS : WSAHOST_NOT_FOUND;
}

int lw_getaddrinfo(const char *node, const char *service, const lw_address_info *hints, lw_address_info **result) {
  static const lw_address_info none;
  if (!lw_winsock_is_started_()) return (int)GetLastError();
  if (!result) return (int)WSAEFAULT;
  *result = NULL;
  if (!hints) hints = &none;
  uint16_t port = 0;
  DWORD error = refused(node, service, hints);
  if (error == ERROR_SUCCESS) error = parse_service(service, hints->flags, &port);
  if (error == ERROR_SUCCESS) error = answer(node, port, hints, result);
  if (error == ERROR_SUCCESS) return 0;
  lw_freeaddrinfo(*result);
  *result = NULL;
  SetLastError(error);
  return (int)error;
}

void lw_freeaddrinfo(lw_address_info *info) {
  while (info) {
    lw_address_info *next = info->next;
    lw_pool_give(&pool, info); // the first member of its entry
    info = next;
  }
}
