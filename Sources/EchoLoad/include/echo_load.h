// The client of the echo benchmarks: the same for every server, plain epoll, one thread.
#pragma once

#include <stdint.h>

/// Opens `connections` to 127.0.0.1 at `port`, keeps a message of 64 bytes going round on each for `seconds`, and
/// returns nanoseconds per round trip. Ends the program with a sentence when a byte is wrong or a call fails.
double echo_load(uint16_t port, int connections, double seconds);
