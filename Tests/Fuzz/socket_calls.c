// Calls about sockets on the loopback interface. They are made non-blocking, and what may wait is overlapped.
#include <winsock2.h>

#include <mswsock.h>
#include <ws2tcpip.h>

#include "fuzz.h"

static struct sockaddr_in listening;

static SOCKET some_socket(void) { return (SOCKET)fuzz_handle(FUZZ_SOCKET); }

static void keep(SOCKET socket) {
  u_long on = 1;
  if (socket == INVALID_SOCKET) return;
  ioctlsocket(socket, FIONBIO, &on);
  fuzz_keep((HANDLE)socket, FUZZ_SOCKET);
}

static const struct sockaddr *address(void) {
  static __thread struct sockaddr_in made;
  made = listening;
  made.sin_family = fuzz_chance(16) ? (SHORT)fuzz_number() : AF_INET;
  if (!made.sin_addr.s_addr || fuzz_chance(4)) {
    made.sin_port = 0;
    made.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  return fuzz_chance(32) ? NULL : (const struct sockaddr *)&made;
}
static int address_bytes(void) { return fuzz_chance(16) ? (int)fuzz_number() : (int)sizeof(struct sockaddr_in); }

static void startup(void) {
  WSADATA *data = fuzz_memory(sizeof *data);
  if (WSAStartup((WORD)(fuzz_chance(4) ? fuzz_number() : 0x202), data) == 0 && fuzz_chance(2)) WSACleanup();
}
static void open_socket(void) {
  int family = fuzz_chance(8) ? (int)fuzz_number() : AF_INET, type = 1 + (int)fuzz_below(2);
  if (fuzz_chance(2))
    keep(socket(family, type, fuzz_chance(8) ? (int)fuzz_number() : 0));
  else
    keep(WSASocketW(family, type, 0, NULL, 0, fuzz_chance(8) ? fuzz_number() : WSA_FLAG_OVERLAPPED));
}
/// A connected pair, so that there is something to transfer.
static void open_pair(void) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  int bytes = sizeof at;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), one = socket(AF_INET, SOCK_STREAM, 0);
  keep(listener);
  keep(one);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 2) != 0) return;
  getsockname(listener, (struct sockaddr *)&at, &bytes);
  listening = at;
  connect(one, (struct sockaddr *)&at, sizeof at);
  keep(accept(listener, NULL, NULL));
}
static void close_socket(void) { closesocket(some_socket()); }
static void bind_socket(void) {
  SOCKET s = some_socket();
  bind(s, address(), address_bytes());
}
static void listen_socket(void) {
  SOCKET s = some_socket();
  listen(s, (int)fuzz_number());
}
static int CALLBACK judge(LPWSABUF caller, LPWSABUF caller_data, LPQOS sending, LPQOS group_quality, LPWSABUF callee,
                          LPWSABUF callee_data, GROUP *group, DWORD_PTR verdict) {
  (void)caller, (void)caller_data, (void)sending, (void)group_quality, (void)callee, (void)callee_data, (void)group;
  return (int)verdict;
}
static void accept_socket(void) {
  SOCKET s = some_socket();
  int *bytes = fuzz_memory(4);
  DWORD room = fuzz_size();
  if (bytes) *bytes = (int)room;
  struct sockaddr *from = fuzz_memory(room);
  if (fuzz_chance(2))
    keep(accept(s, from, bytes));
  else
    keep(WSAAccept(s, from, bytes, fuzz_chance(2) ? judge : NULL, fuzz_below(3)));
}
static void connect_socket(void) {
  SOCKET s = some_socket();
  if (fuzz_chance(2))
    connect(s, address(), address_bytes());
  else
    WSAConnect(s, address(), address_bytes(), NULL, NULL, NULL, NULL);
}
static void names(void) {
  SOCKET s = some_socket();
  int *bytes = fuzz_memory(4);
  DWORD room = fuzz_size();
  if (bytes) *bytes = (int)room;
  if (fuzz_chance(2))
    getsockname(s, fuzz_memory(room), bytes);
  else
    getpeername(s, fuzz_memory(room), bytes);
}
static void shut_down(void) {
  SOCKET s = some_socket();
  int how = (int)fuzz_below(6);
  if (how < 4)
    shutdown(s, how);
  else if (how == 4)
    WSASendDisconnect(s, NULL);
  else
    WSARecvDisconnect(s, NULL);
}

// ----------------------------------------------------------------------------------------------------------- options

static void set_option(void) {
  static const int options[] = {SO_REUSEADDR,
                                SO_KEEPALIVE,
                                SO_BROADCAST,
                                SO_SNDBUF,
                                SO_RCVBUF,
                                SO_EXCLUSIVEADDRUSE,
                                SO_UPDATE_ACCEPT_CONTEXT,
                                SO_UPDATE_CONNECT_CONTEXT,
                                TCP_NODELAY};
  static const int levels[] = {SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP};
  SOCKET s = some_socket();
  int level = fuzz_chance(8) ? (int)fuzz_number() : levels[fuzz_below(3)], option = options[fuzz_below(9)];
  DWORD bytes = fuzz_chance(4) ? fuzz_below(17) : 4;
  char *value = fuzz_memory(bytes);
  if (value)
    for (DWORD i = 0; i < bytes; i++) value[i] = (char)fuzz_byte();
  setsockopt(s, level, option, value, (int)bytes);
}
static void get_option(void) {
  SOCKET s = some_socket();
  int *bytes = fuzz_memory(4);
  DWORD room = fuzz_size();
  if (bytes) *bytes = (int)room;
  int level = fuzz_chance(2) ? SOL_SOCKET : (int)fuzz_number();
  getsockopt(s, level, fuzz_chance(2) ? 0x1001 + (int)fuzz_below(8) : (int)fuzz_number(), fuzz_memory(room), bytes);
}
static void control(void) {
  SOCKET s = some_socket();
  // FIONBIO would make it blocking again.
  LONG command = fuzz_chance(2) ? (LONG)FIONREAD : (LONG)fuzz_number();
  if (command != (LONG)FIONBIO) ioctlsocket(s, command, fuzz_memory(4));
}
static void control_ex(void) {
  static const GUID ids[] = {WSAID_ACCEPTEX, WSAID_CONNECTEX, WSAID_DISCONNECTEX};
  SOCKET s = some_socket();
  GUID id = ids[fuzz_below(3)];
  DWORD room = fuzz_chance(4) ? fuzz_size() : 8,
        code = fuzz_chance(8) ? fuzz_number() : SIO_GET_EXTENSION_FUNCTION_POINTER;
  if (code == (DWORD)FIONBIO) return;
  WSAIoctl(s, code, fuzz_chance(16) ? NULL : &id, fuzz_chance(16) ? fuzz_below(16) : sizeof id, fuzz_memory(room), room,
           fuzz_memory(4), NULL, NULL);
}

// --------------------------------------------------------------------------------------------------------- transfers

static void CALLBACK routine(DWORD error, DWORD bytes, WSAOVERLAPPED *overlapped, DWORD flags) {
  SetLastError(error + bytes + flags + !overlapped);
}
static DWORD buffers(WSABUF *to) {
  DWORD count = fuzz_below(4);
  for (DWORD i = 0; i < count; i++) {
    to[i].len = fuzz_size();
    to[i].buf = fuzz_memory_there(to[i].len);
  }
  return count;
}
static void receive(void) {
  SOCKET s = some_socket();
  WSABUF set[4];
  DWORD count = buffers(set), *received = fuzz_memory(4), *flags = fuzz_memory(4);
  if (flags) *flags = fuzz_chance(8) ? fuzz_number() : 0;
  OVERLAPPED *overlapped = fuzz_overlapped();
  LPWSAOVERLAPPED_COMPLETION_ROUTINE then = fuzz_chance(8) ? routine : NULL;
  if (fuzz_chance(2)) {
    WSARecv(s, fuzz_chance(32) ? NULL : set, count, received, flags, overlapped, then);
  } else {
    int *bytes = fuzz_memory(4);
    // It is written when the operation ends, so it stays what it was.
    if (bytes) *bytes = 16;
    WSARecvFrom(s, set, count, received, flags, fuzz_memory(16), bytes, overlapped, then);
  }
}
static void transmit(void) {
  SOCKET s = some_socket();
  WSABUF set[4];
  DWORD count = buffers(set), *sent = fuzz_memory(4), flags = fuzz_chance(8) ? fuzz_number() : 0;
  OVERLAPPED *overlapped = fuzz_overlapped();
  LPWSAOVERLAPPED_COMPLETION_ROUTINE then = fuzz_chance(8) ? routine : NULL;
  if (fuzz_chance(2))
    WSASend(s, fuzz_chance(32) ? NULL : set, count, sent, flags, overlapped, then);
  else
    WSASendTo(s, set, count, sent, flags, address(), address_bytes(), overlapped, then);
}
static void plain_transfers(void) {
  SOCKET s = some_socket();
  DWORD bytes = fuzz_size();
  int flags = fuzz_chance(4) ? (int)fuzz_number() : 0;
  send(s, fuzz_memory(bytes), (int)bytes, flags);
  recv(s, fuzz_memory(bytes), (int)bytes, flags);
  sendto(s, fuzz_memory(bytes), (int)bytes, flags, address(), address_bytes());
  int *length = fuzz_memory(4);
  if (length) *length = 16;
  recvfrom(s, fuzz_memory(bytes), (int)bytes, flags, fuzz_memory(16), length);
}
static void socket_result(void) {
  SOCKET s = some_socket();
  OVERLAPPED *overlapped = fuzz_overlapped();
  DWORD *moved = fuzz_memory(4);
  WSAGetOverlappedResult(s, overlapped, moved, FALSE, fuzz_memory(4));
}
static void accept_ex(void) {
  SOCKET listener = some_socket(), accepted = some_socket();
  DWORD data = fuzz_size(), local = fuzz_chance(8) ? fuzz_below(64) : 32, remote = fuzz_chance(8) ? fuzz_below(64) : 32;
  char *output = fuzz_memory(data + local + remote);
  OVERLAPPED *overlapped = fuzz_overlapped_there();
  AcceptEx(listener, accepted, output, data, local, remote, fuzz_memory(4), overlapped);
}
static void connect_ex(void) {
  SOCKET s = some_socket();
  DWORD bytes = fuzz_size();
  void *buffer = fuzz_memory(bytes);
  OVERLAPPED *overlapped = fuzz_overlapped_there();
  ConnectEx(s, address(), address_bytes(), buffer, bytes, fuzz_memory(4), overlapped);
}
static void disconnect_ex(void) {
  SOCKET s = some_socket();
  OVERLAPPED *overlapped = fuzz_overlapped_there();
  DisconnectEx(s, overlapped, fuzz_chance(4) ? fuzz_number() : fuzz_below(3), 0);
}

// --------------------------------------------------------------------------------------------------------- readiness

static void ready(void) {
  fd_set reading, writing, failing;
  struct timeval now = {0, fuzz_chance(8) ? (LONG)fuzz_below(100) : 0};
  FD_ZERO(&reading);
  FD_ZERO(&writing);
  FD_ZERO(&failing);
  for (DWORD i = fuzz_below(4); i > 0; i--) FD_SET(some_socket(), &reading);
  for (DWORD i = fuzz_below(4); i > 0; i--) FD_SET(some_socket(), &writing);
  FD_SET(some_socket(), &failing);
  select(0, fuzz_chance(4) ? NULL : &reading, fuzz_chance(4) ? NULL : &writing, fuzz_chance(4) ? NULL : &failing, &now);
}
static void poll_sockets(void) {
  WSAPOLLFD *set = fuzz_memory(4 * sizeof *set);
  DWORD count = fuzz_below(5);
  for (DWORD i = 0; set && i < count; i++) {
    set[i].fd = some_socket();
    set[i].events = (SHORT)fuzz_number();
  }
  WSAPoll(set, count, (INT)fuzz_ms());
}
static void network_events(void) {
  SOCKET s = some_socket();
  HANDLE event = fuzz_handle(FUZZ_EVENT);
  if (fuzz_chance(2))
    WSAEventSelect(s, event, (LONG)fuzz_below(64));
  else
    WSAEnumNetworkEvents(s, event, fuzz_memory(sizeof(WSANETWORKEVENTS)));
}

// --------------------------------------------------------------------------------------------------------- addresses

static void addresses(void) {
  static const char *const texts[] = {"127.0.0.1", "::1", "1.2.3", "300.1.1.1", "", "::ffff:1.2.3.4", "80", "99999"};
  int family = fuzz_chance(4) ? (int)fuzz_number() : fuzz_chance(2) ? AF_INET : AF_INET6;
  inet_pton(family, texts[fuzz_below(8)], fuzz_memory(16));
  DWORD room = fuzz_size();
  inet_ntop(family, fuzz_memory(16), fuzz_memory(room), room);
  inet_addr(texts[fuzz_below(8)]);
  gethostname(fuzz_memory(room), (int)room);
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_family = AF_UNSPEC}, *found = NULL;
  if (getaddrinfo(texts[fuzz_below(8)], fuzz_chance(2) ? NULL : texts[fuzz_below(8)], &hints, &found) == 0)
    freeaddrinfo(found);
}

static void names_of_addresses(void) {
  static const char *const texts[] = {"127.0.0.1:80", "[::1]:80", "1.2:99999", "[::1", "", "localhost", "::1%7", ":"};
  int family = fuzz_chance(4) ? (int)fuzz_number() : fuzz_chance(2) ? AF_INET : AF_INET6;
  char text[32] = "";
  strcpy(text, texts[fuzz_below(8)]);
  int bytes = fuzz_chance(4) ? (int)fuzz_size() : (int)sizeof(struct sockaddr_in6), needed = bytes;
  struct sockaddr *address = fuzz_memory((DWORD)bytes);
  WSAStringToAddressA(text, family, NULL, address, fuzz_chance(8) ? NULL : &needed);
  DWORD room = fuzz_size(), size = room, service = fuzz_size();
  char *to = fuzz_memory(room);
  WSAAddressToStringA(address, (DWORD)bytes, NULL, to, fuzz_chance(8) ? NULL : &size);
  getnameinfo(address, bytes, to, room, fuzz_memory_there(service), service, (int)fuzz_below(32));
  gethostbyname(fuzz_chance(8) ? NULL : texts[fuzz_below(8)]);
}

const fuzz_call fuzz_socket_calls[] = {
    {"WSAStartup", startup},
    {"socket", open_socket},
    {"socket, bind, listen, connect, accept", open_pair},
    {"closesocket", close_socket},
    {"bind", bind_socket},
    {"listen", listen_socket},
    {"accept", accept_socket},
    {"connect", connect_socket},
    {"getsockname, getpeername", names},
    {"shutdown", shut_down},
    {"setsockopt", set_option},
    {"getsockopt", get_option},
    {"ioctlsocket", control},
    {"WSAIoctl", control_ex},
    {"WSARecv(From)", receive},
    {"WSARecv(From)", receive},
    {"WSASend(To)", transmit},
    {"WSASend(To)", transmit},
    {"send, recv, sendto, recvfrom", plain_transfers},
    {"WSAGetOverlappedResult", socket_result},
    {"AcceptEx", accept_ex},
    {"ConnectEx", connect_ex},
    {"DisconnectEx", disconnect_ex},
    {"select", ready},
    {"WSAPoll", poll_sockets},
    {"WSAEventSelect", network_events},
    {"inet_pton", addresses},
    {"getnameinfo", names_of_addresses},
    {NULL, NULL},
};
