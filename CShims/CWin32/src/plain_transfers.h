// The commonest transfers, asked of the system in place. The C library's recv and send are points at which a thread may
// be cancelled, which takes two locked instructions, and nobody cancels a thread so. And behind the system's work,
// which is long, the processor expects none of the returns that lead out of it: each function in between costs as much
// as thirty instructions.
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

/// recvfrom and sendto without an address. As the C library's: -1, and errno.
static inline ssize_t lw_transfer_plainly_(long call, int fd, void *bytes, size_t count, int how) {
  register long flags __asm__("r10") = how;
  register void *_Nullable address __asm__("r8") = NULL;
  register long address_bytes __asm__("r9") = 0;
  ssize_t result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(call), "D"((long)fd), "S"(bytes), "d"(count), "r"(flags), "r"(address), "r"(address_bytes)
                   : "rcx", "r11", "memory");
  if (__builtin_expect(result >= 0, 1)) return result;
  errno = (int)-result;
  return -1;
}
static inline ssize_t lw_receive_plainly_(int fd, void *bytes, size_t count, int how) {
  return lw_transfer_plainly_(SYS_recvfrom, fd, bytes, count, how);
}
static inline ssize_t lw_send_plainly_(int fd, const void *bytes, size_t count, int how) {
  return lw_transfer_plainly_(SYS_sendto, fd, (void *)(uintptr_t)bytes, count, how);
}

#pragma clang assume_nonnull end
