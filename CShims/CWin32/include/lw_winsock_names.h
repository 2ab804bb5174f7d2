// Winsock's addresses and names beside the host's: nothing here asks the network.
#pragma once

#include "lw_winsock.h"

#pragma clang assume_nonnull begin

/// struct addrinfo. `freeaddrinfo` gives the whole chain back.
typedef struct lw_address_info {
  int flags;
  int family;
  int type;
  int protocol;
  SIZE_T address_bytes;
  char *_Nullable canonical_name;
  struct sockaddr *_Nullable address;
  struct lw_address_info *_Nullable next;
} lw_address_info;
/// Numeric addresses, "localhost", this machine's own name, and services by number or the commonest names
/// (address_names.c): nothing is asked of the network. 0 or the error: WSAHOST_NOT_FOUND, WSATYPE_NOT_FOUND,
/// WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSAEINVAL.
int lw_getaddrinfo(const char *_Nullable node, const char *_Nullable service, const lw_address_info *_Nullable hints,
                   lw_address_info *_Nullable *_Nullable result);
void lw_freeaddrinfo(lw_address_info *_Nullable info);
/// The same in wide characters.
typedef struct addrinfoW {
  int ai_flags;
  int ai_family;
  int ai_socktype;
  int ai_protocol;
  SIZE_T ai_addrlen;
  PWSTR _Nullable ai_canonname;
  struct sockaddr *_Nullable ai_addr;
  struct addrinfoW *_Nullable ai_next;
} ADDRINFOW, *PADDRINFOW;
int GetAddrInfoW(LPCWSTR _Nullable node, LPCWSTR _Nullable service, const ADDRINFOW *_Nullable hints,
                 ADDRINFOW *_Nullable *_Nullable result);
void FreeAddrInfoW(ADDRINFOW *_Nullable info);
/// The name of an address and of its port: this machine's for a loopback address, numbers otherwise and where
/// LW_NI_NUMERICHOST or LW_NI_NUMERICSERV ask for them. 0 or the error: WSAEAFNOSUPPORT, WSAEFAULT,
/// ERROR_INSUFFICIENT_BUFFER, WSAHOST_NOT_FOUND (with LW_NI_NAMEREQD).
int lw_getnameinfo(const struct sockaddr *_Nullable name, int length, char *_Nullable node, DWORD node_bytes,
                   char *_Nullable service, DWORD service_bytes, int flags);
int GetNameInfoW(const struct sockaddr *_Nullable name, int length, LPWSTR _Nullable node, DWORD node_units,
                 LPWSTR _Nullable service, DWORD service_units, int flags);
/// struct hostent.
typedef struct lw_host_entry {
  char *name;
  char *_Nullable *_Nonnull aliases;
  SHORT family;
  SHORT address_bytes;
  char *_Nullable *_Nonnull addresses;
} lw_host_entry;
/// What `lw_getaddrinfo` finds for AF_INET; in memory of the calling thread, until its next call. NULL:
/// WSAHOST_NOT_FOUND.
lw_host_entry *_Nullable lw_gethostbyname(const char *_Nullable name);
/// "1.2.3.4:80", "[::1]:80", without the port where that is 0. `*size` counts the terminator and becomes what is
/// needed. SOCKET_ERROR: WSAEFAULT when there is no room, WSAEINVAL for another family.
int WSAAddressToStringA(struct sockaddr *_Nullable address, DWORD bytes, LPWSAPROTOCOL_INFOA _Nullable protocol,
                        LPSTR _Nullable text, DWORD *_Nullable size);
int WSAAddressToStringW(struct sockaddr *_Nullable address, DWORD bytes, LPWSAPROTOCOL_INFOW _Nullable protocol,
                        LPWSTR _Nullable text, DWORD *_Nullable size);
/// The opposite. SOCKET_ERROR: WSAEINVAL for what is no address, WSAEFAULT when there is no room in `*size`.
int WSAStringToAddressA(LPSTR _Nullable text, INT family, LPWSAPROTOCOL_INFOA _Nullable protocol,
                        struct sockaddr *_Nullable address, INT *_Nullable size);
int WSAStringToAddressW(LPWSTR _Nullable text, INT family, LPWSAPROTOCOL_INFOW _Nullable protocol,
                        struct sockaddr *_Nullable address, INT *_Nullable size);
/// An address in network order; INADDR_NONE for what is none. Parts may be left out, and have octal or hexadecimal
/// form.
ULONG lw_inet_addr(const char *_Nullable text);
/// In memory of the calling thread, until its next call.
char *lw_inet_ntoa(ULONG address);
/// 1, 0 for text that is no address, -1 and WSAEAFNOSUPPORT.
int lw_inet_pton(int family, const char *_Nullable text, void *_Nullable address);
/// NULL: WSAEAFNOSUPPORT, ERROR_INVALID_PARAMETER for a buffer that is too small.
const char *_Nullable lw_inet_ntop(int family, const void *_Nullable address, char *_Nullable text, SIZE_T bytes);
int InetPtonW(int family, LPCWSTR _Nullable text, void *_Nullable address);
LPCWSTR _Nullable InetNtopW(int family, const void *_Nullable address, LPWSTR _Nullable text, SIZE_T units);
int lw_gethostname(char *_Nullable name, int bytes);

#pragma clang assume_nonnull end
