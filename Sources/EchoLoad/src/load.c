// Messages that go round, see echo_load.h.
#include "echo_load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 64, CONNECTIONS_MAX = 1024 };

typedef struct connection {
  int fd;
  uint32_t received; ///< of the message that is on its way
  uint64_t rounds;
} connection;

static void need(int holds, const char *what) {
  if (holds) return;
  perror(what);
  exit(70);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fill(char message[BYTES], const connection *self) {
  for (int i = 0; i < BYTES; i++) message[i] = (char)(self->rounds * 31 + (uint64_t)i);
}

static void send_message(const connection *self) {
  char message[BYTES];
  fill(message, self);
  need(send(self->fd, message, BYTES, MSG_NOSIGNAL) == BYTES, "send");
}

static connection open_connection(uint16_t port) {
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port)};
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connection made = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  int on = 1;
  need(made.fd >= 0, "socket");
  need(connect(made.fd, (struct sockaddr *)&server, sizeof server) == 0, "connect");
  need(setsockopt(made.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "TCP_NODELAY");
  return made;
}

/// Takes what has come back; 1 when that was a whole message, which is sent again.
static int serve(connection *self) {
  char message[BYTES], expected[BYTES];
  fill(expected, self);
  ssize_t bytes = recv(self->fd, message, BYTES - self->received, 0);
  need(bytes > 0, "recv");
  need(memcmp(message, expected + self->received, (size_t)bytes) == 0, "the bytes that came back");
  self->received += (uint32_t)bytes;
  if (self->received < BYTES) return 0;
  self->received = 0;
  self->rounds++;
  send_message(self);
  return 1;
}

double echo_load(uint16_t port, int connections, double seconds) {
  static connection open[CONNECTIONS_MAX];
  int set = epoll_create1(EPOLL_CLOEXEC);
  need(set >= 0 && connections <= CONNECTIONS_MAX, "epoll_create1");
  for (int i = 0; i < connections; i++) {
    open[i] = open_connection(port);
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = &open[i]};
    need(epoll_ctl(set, EPOLL_CTL_ADD, open[i].fd, &wanted) == 0, "epoll_ctl");
    send_message(&open[i]);
  }
  uint64_t rounds = 0;
  double start = now(), end = start;
  while (end - start < seconds) {
    struct epoll_event ready[64];
    int count = epoll_wait(set, ready, 64, -1);
    for (int i = 0; i < count; i++) rounds += (uint64_t)serve(ready[i].data.ptr);
    end = now();
  }
  for (int i = 0; i < connections; i++) close(open[i].fd);
  close(set);
  return (end - start) * 1e9 / (double)rounds;
}
