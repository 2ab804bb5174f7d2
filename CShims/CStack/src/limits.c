// Between which addresses the calling thread's stack lies, so that a frame pointer can be checked before it is
// followed. The C library's own answer (pthread_getattr_np) allocates with malloc, which a capture inside an allocator
// must not.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "limits.h"
#include "lw_stack.h"

/// The kernel keeps at least this much below the main thread's stack free for its growth.
enum { MAIN_STACK_BYTES_MAX = 128 << 20 };

/// The end of the main thread's stack, set by the dynamic linker.
extern void *__libc_stack_end;

_Thread_local lw_stack_limits lw_stack_own_limits_;

/// /proc/self/maps, byte by byte from a buffer that is refilled.
typedef struct maps_reader {
  int file;
  ssize_t filled;
  ssize_t at;
  char buffer[1024];
} maps_reader;

static int next_byte(maps_reader *maps) {
  if (maps->at == maps->filled) {
    maps->filled = read(maps->file, maps->buffer, sizeof maps->buffer);
    maps->at = 0;
    if (maps->filled <= 0) {
      maps->filled = 0;
      return -1;
    }
  }
  return (unsigned char)maps->buffer[maps->at++];
}

/// Reads a hexadecimal number up to `stop`.
static bool next_address(maps_reader *maps, char stop, uintptr_t *address) {
  *address = 0;
  for (int byte; (byte = next_byte(maps)) != stop;) {
    if (byte < 0) return false;
    *address = *address << 4 | (uintptr_t)(byte <= '9' ? byte - '0' : byte - 'a' + 10);
  }
  return true;
}

/// The mapping that holds `address`. Only system calls: this may run in a signal handler.
static lw_stack_limits mapping_of(uintptr_t address) {
  lw_stack_limits found = {0};
  maps_reader maps = {.file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)};
  if (maps.file < 0) return found;
  uintptr_t low, high;
  while (next_address(&maps, '-', &low) && next_address(&maps, ' ', &high)) {
    if (address >= low && address < high) {
      found = (lw_stack_limits){.low = low, .high = high};
      break;
    }
    int byte;
    while ((byte = next_byte(&maps)) != '\n' && byte >= 0) continue;
  }
  close(maps.file);
  return found;
}

/// The calling thread's own stack, if `address` is on it.
static lw_stack_limits own_stack(uintptr_t address) {
  if (getpid() == (pid_t)syscall(SYS_gettid)) {
    uintptr_t end = (uintptr_t)__libc_stack_end;
    lw_stack_limits main_stack = {.low = end - MAIN_STACK_BYTES_MAX, .high = end};
    return lw_stack_limits_hold_(&main_stack, address) ? main_stack : (lw_stack_limits){0};
  }
  // The C library places the thread's descriptor at the upper end of its stack, in the same mapping; what lies behind
  // it may be somebody else's.
  uintptr_t descriptor = (uintptr_t)pthread_self();
  if (address >= descriptor) return (lw_stack_limits){0};
  lw_stack_limits mapping = mapping_of(address);
  if (!lw_stack_limits_hold_(&mapping, descriptor)) return (lw_stack_limits){0};
  return (lw_stack_limits){.low = mapping.low, .high = descriptor};
}

static lw_stack_limits signal_stack(uintptr_t address) {
  stack_t alternative;
  if (sigaltstack(NULL, &alternative) != 0 || alternative.ss_flags & SS_DISABLE) return (lw_stack_limits){0};
  uintptr_t low = (uintptr_t)alternative.ss_sp;
  lw_stack_limits limits = {.low = low, .high = low + alternative.ss_size, .of_signals = true};
  return lw_stack_limits_hold_(&limits, address) ? limits : (lw_stack_limits){0};
}

bool lw_stack_is_own(const void *address, const void *frame) {
  lw_stack_limits limits = lw_stack_limits_at_((uintptr_t)frame);
  return !limits.of_signals && (uintptr_t)address >= (uintptr_t)frame && (uintptr_t)address < limits.high;
}

lw_stack_limits lw_stack_limits_at_(uintptr_t address) {
  if (__builtin_expect(lw_stack_limits_hold_(&lw_stack_own_limits_, address), 1)) return lw_stack_own_limits_;
  lw_stack_limits limits = signal_stack(address);
  if (limits.high != 0) return limits;
  limits = own_stack(address);
  // A handler that comes in between finds a stack without any address.
  lw_stack_own_limits_.low = limits.low;
  atomic_signal_fence(memory_order_seq_cst);
  lw_stack_own_limits_.high = limits.high;
  return limits;
}
