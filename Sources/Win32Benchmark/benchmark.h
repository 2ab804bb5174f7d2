// What the Win32-shaped layer costs beside what a Linux program would use in its place: the same work done by each
// subject, in series that main.c interleaves.
#pragma once

#include <stdbool.h>

/// Does the work `rounds` times and returns the nanoseconds of one; below 0: this subject cannot be measured here.
typedef double (*series)(long rounds);

/// One packet to another thread and one back, over two completion ports; one of the two is counted.
double packets_by_port(long rounds);
/// The same over a queue under a mutex and an eventfd.
double packets_by_eventfd(long rounds);
/// The same over a uv_async_t in each thread's loop. Below 0 without libuv.
double packets_by_uv(long rounds);

/// Registers a wait for an event, sets the event, and unregisters the wait, blocking until its callback has run.
double waits_by_registration(long rounds);
/// Adds an eventfd to the epoll set of another thread, makes it ready, learns by a second eventfd that the thread has
/// handled it, and takes it out of the set.
double waits_by_epoll(long rounds);

/// 64 bytes to a thread that reads and 64 bytes back, over a named pipe.
double round_trips_by_pipe(long rounds);
/// The same over a socket pair.
double round_trips_by_socketpair(long rounds);

double now_ns(void);
/// Ends the program with a sentence when `good` is false.
void need(bool good, const char *what);
