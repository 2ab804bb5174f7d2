// Names of addresses and of services without a network: getnameinfo, gethostbyname, and the few services that every
// machine knows by name.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "socket.h"

enum { NAME_BYTES = 256, PORT_BYTES = 6, TEXT_BYTES = 65, ADDRESSES_MAX = 2 };

/// As %SystemRoot%\System32\drivers\etc\services has them.
static const struct {
  const char *name;
  uint16_t port;
} services[] = {{"echo", 7},    {"discard", 9}, {"ftp", 21},   {"ssh", 22},  {"telnet", 23}, {"smtp", 25},
                {"domain", 53}, {"http", 80},   {"pop3", 110}, {"ntp", 123}, {"imap", 143},  {"https", 443}};

bool lw_service_port_(const char *name, uint16_t *port) {
  for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
    if (strcasecmp(services[i].name, name) != 0) continue;
    *port = services[i].port;
    return true;
  }
  return false;
}

static const char *_Nullable service_name(uint16_t port) {
  for (size_t i = 0; i < sizeof services / sizeof *services; i++)
    if (services[i].port == port) return services[i].name;
  return NULL;
}

// --------------------------------------------------------------------------------------------------------- getnameinfo

static DWORD copy_out(const char *text, char *_Nullable to, DWORD bytes) {
  if (!to || bytes == 0) return ERROR_SUCCESS; // nobody asks
  size_t needed = strlen(text) + 1;
  if (needed > bytes) return ERROR_INSUFFICIENT_BUFFER;
  memcpy(to, text, needed);
  return ERROR_SUCCESS;
}

static bool is_loopback(int host_family, const void *address) {
  if (host_family == AF_INET) return *(const unsigned char *)address == 127;
  return memcmp(address, &in6addr_loopback, sizeof in6addr_loopback) == 0;
}

static DWORD tell_node(int host_family, const void *address, char *_Nullable node, DWORD bytes, int flags) {
  char text[NAME_BYTES];
  bool by_name = !(flags & LW_NI_NUMERICHOST) && is_loopback(host_family, address);
  if (!by_name && flags & LW_NI_NAMEREQD) return WSAHOST_NOT_FOUND;
  if (!by_name || gethostname(text, sizeof text) != 0) inet_ntop(host_family, address, text, sizeof text);
  return copy_out(text, node, bytes);
}

static DWORD tell_service(uint16_t port, char *_Nullable service, DWORD bytes, int flags) {
  char number[PORT_BYTES];
  snprintf(number, sizeof number, "%u", port);
  const char *name = flags & LW_NI_NUMERICSERV ? NULL : service_name(port);
  return copy_out(name ? name : number, service, bytes);
}

static DWORD tell_names(const struct sockaddr *_Nullable name, int length, char *_Nullable node, DWORD node_bytes,
                        char *_Nullable service, DWORD service_bytes, int flags) {
  if (!name || length < (int)sizeof(struct sockaddr_in)) return WSAEFAULT;
  bool is_six = name->sa_family == LW_AF_INET6;
  if (!is_six && name->sa_family != LW_AF_INET) return WSAEAFNOSUPPORT;
  if (is_six && length < LW_SOCKET_ADDRESS_BYTES) return WSAEFAULT;
  const char *bytes = (const char *)name;
  uint16_t port;
  memcpy(&port, bytes + offsetof(struct sockaddr_in, sin_port), sizeof port);
  const char *address =
      bytes + (is_six ? offsetof(struct sockaddr_in6, sin6_addr) : offsetof(struct sockaddr_in, sin_addr));
  DWORD error = tell_node(is_six ? AF_INET6 : AF_INET, address, node, node_bytes, flags);
  return error == ERROR_SUCCESS ? tell_service(ntohs(port), service, service_bytes, flags) : error;
}

int lw_getnameinfo(const struct sockaddr *name, int length, char *node, DWORD node_bytes, char *service,
                   DWORD service_bytes, int flags) {
  if (!lw_winsock_is_started_()) return (int)GetLastError();
  DWORD error = tell_names(name, length, node, node_bytes, service, service_bytes, flags);
  if (error != ERROR_SUCCESS) SetLastError(error);
  return (int)error;
}

// ------------------------------------------------------------------------------------------------------- gethostbyname

/// What the calling thread was told last.
static _Thread_local struct {
  lw_host_entry entry;
  char name[NAME_BYTES];
  unsigned char bytes[ADDRESSES_MAX][4];
  char *_Nullable addresses[ADDRESSES_MAX + 1];
  char *_Nullable aliases[1];
} told;

lw_host_entry *lw_gethostbyname(const char *name) {
  const lw_address_info hints = {.family = LW_AF_INET};
  lw_address_info *found = NULL;
  if (lw_getaddrinfo(name ? name : "", NULL, &hints, &found) != 0) return NULL;
  int count = 0;
  for (lw_address_info *info = found; info && count < ADDRESSES_MAX; info = info->next) {
    const char *address = (const char *)info->address + offsetof(struct sockaddr_in, sin_addr);
    memcpy(told.bytes[count], address, sizeof told.bytes[count]);
    told.addresses[count] = (char *)told.bytes[count];
    count++;
  }
  told.addresses[count] = NULL;
  lw_freeaddrinfo(found);
  if (!name || *name == 0)
    gethostname(told.name, sizeof told.name - 1);
  else
    strncpy(told.name, name, sizeof told.name - 1);
  told.entry = (lw_host_entry){.name = told.name,
                               .aliases = told.aliases,
                               .family = LW_AF_INET,
                               .address_bytes = sizeof told.bytes[0],
                               .addresses = told.addresses};
  return &told.entry;
}
