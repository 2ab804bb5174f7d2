// The wide forms of Winsock's functions for addresses and names.
#include <string.h>

#include "lw_utf16.h"
#include "socket.h"

enum { TEXT_BYTES = 65, NAME_BYTES = 1025, SERVICE_BYTES = 32 };
_Static_assert(sizeof(ADDRINFOW) == sizeof(lw_address_info), "one is handed out as the other");

/// Text of ours into a buffer of `units`; how many it needs with its end, and nothing is written where there is no
/// room.
static DWORD hand_out(const char *text, WCHAR *_Nullable to, DWORD units) {
  size_t bytes = strlen(text) + 1;
  DWORD needed = (DWORD)lw_utf8_to_utf16_(text, bytes, NULL, 0);
  if (to && needed <= units) lw_utf8_to_utf16_(text, bytes, to, units);
  return needed;
}

int GetAddrInfoW(LPCWSTR node, LPCWSTR service, const ADDRINFOW *hints, ADDRINFOW **result) {
  char narrow_node[NAME_BYTES], narrow_service[SERVICE_BYTES];
  if (result) *result = NULL;
  bool fits = (!node || lw_narrow_(node, narrow_node, sizeof narrow_node)) &&
              (!service || lw_narrow_(service, narrow_service, sizeof narrow_service));
  if (!fits) {
    SetLastError(WSAHOST_NOT_FOUND);
    return (int)WSAHOST_NOT_FOUND;
  }
  lw_address_info *found = NULL;
  int error = lw_getaddrinfo(node ? narrow_node : NULL, service ? narrow_service : NULL,
                             (const lw_address_info *)(const void *)hints, result ? &found : NULL);
  if (error != 0 || !found) return error;
  if (found->canonical_name) {
    char name[LW_CANONICAL_NAME_BYTES];
    strncpy(name, found->canonical_name, sizeof name);
    lw_utf8_to_utf16_(name, strlen(name) + 1, (WCHAR *)(void *)found->canonical_name, LW_CANONICAL_NAME_BYTES);
  }
  *result = (ADDRINFOW *)(void *)found;
  return 0;
}

void FreeAddrInfoW(ADDRINFOW *info) { lw_freeaddrinfo((lw_address_info *)(void *)info); }

int GetNameInfoW(const struct sockaddr *name, int length, LPWSTR node, DWORD node_units, LPWSTR service,
                 DWORD service_units, int flags) {
  char narrow_node[NAME_BYTES], narrow_service[SERVICE_BYTES];
  int error = lw_getnameinfo(name, length, node ? narrow_node : NULL, node ? sizeof narrow_node : 0,
                             service ? narrow_service : NULL, service ? sizeof narrow_service : 0, flags);
  if (error != 0) return error;
  bool fits = (!node || hand_out(narrow_node, node, node_units) <= node_units) &&
              (!service || hand_out(narrow_service, service, service_units) <= service_units);
  if (fits) return 0;
  SetLastError(ERROR_INSUFFICIENT_BUFFER);
  return (int)ERROR_INSUFFICIENT_BUFFER;
}

int WSAAddressToStringW(struct sockaddr *address, DWORD bytes, LPWSAPROTOCOL_INFOW protocol, LPWSTR text, DWORD *size) {
  (void)protocol;
  char narrow[TEXT_BYTES];
  DWORD narrow_bytes = sizeof narrow;
  if (!text || !size) return lw_socket_failed_(WSAEFAULT);
  if (WSAAddressToStringA(address, bytes, NULL, narrow, &narrow_bytes) != 0) return SOCKET_ERROR;
  DWORD room = *size;
  *size = hand_out(narrow, text, room);
  return *size <= room ? 0 : lw_socket_failed_(WSAEFAULT);
}

int WSAStringToAddressW(LPWSTR text, INT family, LPWSAPROTOCOL_INFOW protocol, struct sockaddr *address, INT *size) {
  (void)protocol;
  char narrow[TEXT_BYTES];
  if (text && !lw_narrow_(text, narrow, sizeof narrow)) return lw_socket_failed_(WSAEINVAL);
  return WSAStringToAddressA(text ? narrow : NULL, family, NULL, address, size);
}

int InetPtonW(int family, LPCWSTR text, void *address) {
  char narrow[TEXT_BYTES];
  if (text && !lw_narrow_(text, narrow, sizeof narrow)) return 0;
  return lw_inet_pton(family, text ? narrow : NULL, address);
}

LPCWSTR InetNtopW(int family, const void *address, LPWSTR text, SIZE_T units) {
  char narrow[TEXT_BYTES];
  if (!lw_inet_ntop(family, address, narrow, sizeof narrow)) return NULL;
  DWORD room = units > TEXT_BYTES ? TEXT_BYTES : (DWORD)units;
  if (text && hand_out(narrow, text, room) <= room) return text;
  SetLastError(ERROR_INVALID_PARAMETER);
  return NULL;
}
