// Addresses: the host's and Winsock's differ in the number of AF_INET6 only.
#include <netinet/in.h>
#include <string.h>

#include "socket.h"

_Static_assert(sizeof(struct sockaddr_in6) == LW_SOCKET_ADDRESS_BYTES, "room for the longest address");

static socklen_t bytes_of(int host_family) {
  return host_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

socklen_t lw_address_from_winsock_(const lw_socket *socket, const struct sockaddr *name, int length,
                                   unsigned char address[LW_SOCKET_ADDRESS_BYTES]) {
  socklen_t bytes = bytes_of(socket->family);
  if (!name || length < (int)bytes) {
    SetLastError(WSAEFAULT);
    return 0;
  }
  int winsock_family = socket->family == AF_INET6 ? LW_AF_INET6 : LW_AF_INET;
  if (name->sa_family != winsock_family) {
    SetLastError(WSAEAFNOSUPPORT);
    return 0;
  }
  memcpy(address, name, bytes);
  sa_family_t family = (sa_family_t)socket->family;
  memcpy(address, &family, sizeof family);
  return bytes;
}

void lw_address_to_winsock_(unsigned char address[LW_SOCKET_ADDRESS_BYTES]) {
  sa_family_t family;
  memcpy(&family, address, sizeof family);
  if (family == AF_INET6) family = LW_AF_INET6;
  memcpy(address, &family, sizeof family);
}

bool lw_address_hand_out_(unsigned char address[LW_SOCKET_ADDRESS_BYTES], socklen_t bytes, struct sockaddr *name,
                          int *length) {
  if (!name) return true;
  if (!length || *length < (int)bytes) return false;
  lw_address_to_winsock_(address);
  memcpy(name, address, bytes);
  *length = (int)bytes;
  return true;
}
