// One packet between two threads that sleep until it comes: a completion port, and an eventfd beside a queue.
#include "benchmark.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "windows.h"

typedef struct two_ports {
  HANDLE there, back;
  long rounds;
} two_ports;

static void pass(HANDLE from, HANDLE to) {
  DWORD bytes = 0;
  ULONG_PTR key = 0;
  LPOVERLAPPED overlapped = NULL;
  need(GetQueuedCompletionStatus(from, &bytes, &key, &overlapped, INFINITE), "GetQueuedCompletionStatus");
  if (to) need(PostQueuedCompletionStatus(to, bytes, key, overlapped), "PostQueuedCompletionStatus");
}

static DWORD WINAPI answer_on_port(LPVOID context) {
  const two_ports *ports = context;
  for (long i = 0; i < ports->rounds; i++) pass(ports->there, ports->back);
  return 0;
}

double packets_by_port(long rounds) {
  two_ports ports = {.rounds = rounds + 1,
                     .there = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0),
                     .back = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)};
  HANDLE thread = CreateThread(NULL, 0, answer_on_port, &ports, 0, NULL);
  need(ports.there && ports.back && thread, "making two ports and a thread");
  double start = 0;
  for (long i = 0; i <= rounds; i++) {
    if (i == 1) start = now_ns(); // by then the other thread is there
    PostQueuedCompletionStatus(ports.there, 1, 2, NULL);
    pass(ports.back, NULL);
  }
  double ns = (now_ns() - start) / (double)(2 * rounds);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(ports.there);
  CloseHandle(ports.back);
  return ns;
}

// ------------------------------------------------------------------------------------------------- eventfd and queue

enum { QUEUE_MAX = 64 };

/// What a program writes that has no completion ports.
typedef struct queue {
  pthread_mutex_t lock;
  int ready;
  unsigned first, count;
  struct {
    DWORD bytes;
    ULONG_PTR key;
    void *overlapped;
  } packets[QUEUE_MAX];
} queue;

typedef struct two_queues {
  queue there, back;
  long rounds;
} two_queues;

static void put(queue *queue) {
  pthread_mutex_lock(&queue->lock);
  unsigned at = (queue->first + queue->count++) % QUEUE_MAX;
  queue->packets[at].bytes = 1;
  queue->packets[at].key = 2;
  queue->packets[at].overlapped = NULL;
  pthread_mutex_unlock(&queue->lock);
  need(eventfd_write(queue->ready, 1) == 0, "eventfd_write");
}

static DWORD get(queue *queue) {
  eventfd_t count;
  need(eventfd_read(queue->ready, &count) == 0, "eventfd_read");
  pthread_mutex_lock(&queue->lock);
  DWORD bytes = queue->packets[queue->first].bytes;
  queue->first = (queue->first + 1) % QUEUE_MAX;
  queue->count--;
  pthread_mutex_unlock(&queue->lock);
  return bytes;
}

static void *answer_on_queue(void *context) {
  two_queues *queues = context;
  for (long i = 0; i < queues->rounds; i++) {
    get(&queues->there);
    put(&queues->back);
  }
  return NULL;
}

double packets_by_eventfd(long rounds) {
  two_queues queues = {.rounds = rounds + 1};
  queue *each[] = {&queues.there, &queues.back};
  for (int i = 0; i < 2; i++) {
    pthread_mutex_init(&each[i]->lock, NULL);
    each[i]->ready = eventfd(0, EFD_CLOEXEC);
    need(each[i]->ready >= 0, "eventfd");
  }
  pthread_t thread;
  need(pthread_create(&thread, NULL, answer_on_queue, &queues) == 0, "pthread_create");
  double start = 0;
  for (long i = 0; i <= rounds; i++) {
    if (i == 1) start = now_ns();
    put(&queues.there);
    get(&queues.back);
  }
  double ns = (now_ns() - start) / (double)(2 * rounds);
  pthread_join(thread, NULL);
  for (int i = 0; i < 2; i++) close(each[i]->ready);
  return ns;
}
