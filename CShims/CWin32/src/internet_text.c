// Internet addresses as text.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

#include "errhandlingapi.h"
#include "lw_winsock_names.h"

ULONG lw_inet_addr(const char *text) {
  struct in_addr address;
  // An empty text is no address, but one blank is address 0, as on Windows.
  if (!text || *text == 0) return 0xFFFFFFFFu;
  if (text[0] == ' ' && text[1] == 0) return 0;
  return inet_aton(text, &address) ? address.s_addr : 0xFFFFFFFFu;
}

char *lw_inet_ntoa(ULONG address) {
  enum { DOTTED_BYTES = 16 };
  static _Thread_local char text[DOTTED_BYTES];
  const unsigned char *parts = (const unsigned char *)&address;
  snprintf(text, sizeof text, "%u.%u.%u.%u", parts[0], parts[1], parts[2], parts[3]);
  return text;
}

static int host_family(int family) {
  return family == LW_AF_INET ? AF_INET : family == LW_AF_INET6 ? AF_INET6 : AF_UNSPEC;
}

int lw_inet_pton(int family, const char *text, void *address) {
  if (host_family(family) == AF_UNSPEC || !text || !address) {
    SetLastError(host_family(family) == AF_UNSPEC ? WSAEAFNOSUPPORT : WSAEFAULT);
    return -1;
  }
  return inet_pton(host_family(family), text, address);
}

const char *lw_inet_ntop(int family, const void *address, char *text, SIZE_T bytes) {
  DWORD error = host_family(family) == AF_UNSPEC ? WSAEAFNOSUPPORT : !address || !text ? ERROR_INVALID_PARAMETER : 0;
  if (!error && inet_ntop(host_family(family), address, text, (socklen_t)bytes)) return text;
  SetLastError(error ? error : ERROR_INVALID_PARAMETER);
  return NULL;
}
