// Waiting for an object by a thread of somebody else's: a registered wait, and an epoll set.
#include "benchmark.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "windows.h"

static long callbacks;

static void CALLBACK count(PVOID context, BOOLEAN timed_out) {
  (void)context, (void)timed_out;
  callbacks++;
}

double waits_by_registration(long rounds) {
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
  need(event != NULL, "CreateEvent");
  callbacks = 0;
  double start = 0;
  for (long i = 0; i <= rounds; i++) {
    if (i == 1) start = now_ns(); // by then the wait thread is there
    HANDLE wait = NULL;
    ULONG flags = WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE;
    need(RegisterWaitForSingleObject(&wait, event, count, NULL, INFINITE, flags), "RegisterWaitForSingleObject");
    SetEvent(event);
    need(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE), "UnregisterWaitEx");
  }
  double ns = (now_ns() - start) / (double)rounds;
  need(callbacks == rounds + 1, "calling back once a wait");
  CloseHandle(event);
  return ns;
}

// ------------------------------------------------------------------------------------------------------------ epoll

static struct {
  int set, event, done;
  long rounds;
} epoll;

static void *serve(void *context) {
  for (long i = 0; i < epoll.rounds; i++) {
    struct epoll_event ready;
    eventfd_t value;
    need(epoll_wait(epoll.set, &ready, 1, -1) == 1, "epoll_wait");
    need(eventfd_read(epoll.event, &value) == 0, "eventfd_read");
    callbacks++;
    need(eventfd_write(epoll.done, 1) == 0, "eventfd_write");
  }
  return context;
}

double waits_by_epoll(long rounds) {
  epoll.set = epoll_create1(EPOLL_CLOEXEC);
  epoll.event = eventfd(0, EFD_CLOEXEC);
  epoll.done = eventfd(0, EFD_CLOEXEC);
  epoll.rounds = rounds + 1;
  need(epoll.set >= 0 && epoll.event >= 0 && epoll.done >= 0, "epoll_create and eventfd");
  callbacks = 0;
  pthread_t thread;
  need(pthread_create(&thread, NULL, serve, NULL) == 0, "pthread_create");
  double start = 0;
  for (long i = 0; i <= rounds; i++) {
    if (i == 1) start = now_ns();
    struct epoll_event wanted = {.events = EPOLLIN | EPOLLONESHOT};
    eventfd_t value;
    need(epoll_ctl(epoll.set, EPOLL_CTL_ADD, epoll.event, &wanted) == 0, "epoll_ctl");
    need(eventfd_write(epoll.event, 1) == 0, "eventfd_write");
    need(eventfd_read(epoll.done, &value) == 0, "eventfd_read");
    need(epoll_ctl(epoll.set, EPOLL_CTL_DEL, epoll.event, NULL) == 0, "epoll_ctl");
  }
  double ns = (now_ns() - start) / (double)rounds;
  pthread_join(thread, NULL);
  need(callbacks == rounds + 1, "handling each event once");
  close(epoll.set);
  close(epoll.event);
  close(epoll.done);
  return ns;
}
