// Addresses with their ports as text: WSAAddressToString and WSAStringToAddress.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "socket.h"

enum { TEXT_BYTES = 65, PORT_MAX = 65535 };

/// An address in the host's form; false for another family, or one that is cut short.
static bool take(const struct sockaddr *_Nullable address, DWORD bytes, struct sockaddr_in6 *taken) {
  if (!address || bytes < sizeof(struct sockaddr_in)) return false;
  bool is_six = address->sa_family == LW_AF_INET6;
  if ((!is_six && address->sa_family != LW_AF_INET) || (is_six && bytes < sizeof *taken)) return false;
  memcpy(taken, address, is_six ? sizeof *taken : sizeof(struct sockaddr_in));
  taken->sin6_family = is_six ? AF_INET6 : AF_INET;
  return true;
}

static void write_text(const struct sockaddr_in6 *address, char text[TEXT_BYTES]) {
  char number[INET6_ADDRSTRLEN];
  unsigned port = ntohs(address->sin6_port);
  if (address->sin6_family == AF_INET) {
    inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, number, sizeof number);
    snprintf(text, TEXT_BYTES, port ? "%s:%u" : "%s", number, port);
    return;
  }
  inet_ntop(AF_INET6, &address->sin6_addr, number, sizeof number);
  char scope[12] = "";
  if (address->sin6_scope_id) snprintf(scope, sizeof scope, "%%%u", address->sin6_scope_id);
  snprintf(text, TEXT_BYTES, port ? "[%s%s]:%u" : "%s%s", number, scope, port);
}

int WSAAddressToStringA(struct sockaddr *address, DWORD bytes, LPWSAPROTOCOL_INFOA protocol, LPSTR text, DWORD *size) {
  (void)protocol;
  if (!lw_winsock_is_started_()) return SOCKET_ERROR;
  struct sockaddr_in6 taken = {0};
  if (!address || !text || !size) return lw_socket_failed_(WSAEFAULT);
  if (!take(address, bytes, &taken)) return lw_socket_failed_(WSAEINVAL);
  char written[TEXT_BYTES];
  write_text(&taken, written);
  DWORD needed = (DWORD)strlen(written) + 1, room = *size;
  *size = needed;
  if (room < needed) return lw_socket_failed_(WSAEFAULT);
  memcpy(text, written, needed);
  return 0;
}

/// Reads ":80" at the end of a text, and cuts it off; true when there is none, too.
static bool take_port(char *text, char *_Nullable colon, uint16_t *port) {
  if (!colon) return true;
  char *end;
  unsigned long number = strtoul(colon + 1, &end, 10);
  if (colon[1] == 0 || *end != 0 || number > PORT_MAX) return false;
  *colon = 0;
  *port = htons((uint16_t)number);
  return colon != text;
}

static bool read_text(char *text, int family, struct sockaddr_in6 *address) {
  if (family == LW_AF_INET) {
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)address;
    bool is_whole = take_port(text, strchr(text, ':'), &four->sin_port);
    four->sin_family = AF_INET;
    return is_whole && inet_aton(text, &four->sin_addr) == 1; // parts may be left out
  }
  address->sin6_family = LW_AF_INET6;
  char *behind = *text == '[' ? strchr(text, ']') : NULL;
  if (*text == '[' && (!behind || (behind[1] != 0 && behind[1] != ':'))) return false;
  if (behind && !take_port(text, behind[1] ? behind + 1 : NULL, &address->sin6_port)) return false;
  if (behind) *behind = 0;
  char *scope = strchr(text, '%');
  if (scope) *scope++ = 0;
  if (scope) address->sin6_scope_id = (uint32_t)strtoul(scope, NULL, 10);
  return inet_pton(AF_INET6, behind ? text + 1 : text, &address->sin6_addr) == 1;
}

int WSAStringToAddressA(LPSTR text, INT family, LPWSAPROTOCOL_INFOA protocol, struct sockaddr *address, INT *size) {
  (void)protocol;
  if (!lw_winsock_is_started_()) return SOCKET_ERROR;
  if (!text || !address || !size) return lw_socket_failed_(text && size ? WSAEFAULT : WSAEINVAL);
  if (family != LW_AF_INET && family != LW_AF_INET6) return lw_socket_failed_(WSAEINVAL);
  INT needed = family == LW_AF_INET ? sizeof(struct sockaddr_in) : LW_SOCKET_ADDRESS_BYTES, room = *size;
  *size = needed;
  if (room < needed) return lw_socket_failed_(WSAEFAULT);
  char copy[TEXT_BYTES] = {0};
  struct sockaddr_in6 read = {0};
  if (strlen(text) < sizeof copy) strcpy(copy, text);
  if (!read_text(copy, family, &read)) return lw_socket_failed_(WSAEINVAL);
  memcpy(address, &read, (size_t)needed);
  return 0;
}
