// Every load and store of memory as a scheduling point, for programs whose race has no other one in the middle: what a
// program that is built with `tools/cc --memory-points`, or Swift with `-Xfrontend -sanitize=thread`, calls before each
// of them, in which threads can share the memory. Like the operations of atomic_points.c the calls are those of clang's
// pass for ThreadSanitizer.
#include <string.h>

#include "lw_control.h"
#include "shared_access.h"

#if !__has_feature(thread_sanitizer) // it brings these itself
#define CALLER __builtin_return_address(0)

/// What the calling thread said in its last access that it may change where it stands; NULL when that was another one.
static _Thread_local struct {
  const void *word;
  uint32_t execution;
} about_to_change;

static bool is_announced(const void *address) {
  return about_to_change.word == lw_word_of_(address) && about_to_change.execution == lw_control_execution();
}

static void reads(const void *address, size_t bytes, const void *caller) {
  if (!is_announced(address)) lw_announce_access_(address, LW_ACCESS_READ, caller);
  about_to_change.word = NULL;
  if (lw_is_unseen_(address)) return;
  uint64_t value = 0;
  memcpy(&value, address, bytes < sizeof value ? bytes : sizeof value);
  lw_looked_(address, value);
}

static void writes(const void *address, size_t bytes, const void *caller) {
  about_to_change.word = NULL;
  lw_announce_store_(address, bytes, caller);
}

/// Swift code is about to hand a value over to be changed where it stands: `inout`, `mutating`
/// (swift/lib/IRGen/GenBuiltin.cpp, tsanInoutAccess). That begins with a look at it, mostly the very next act, which is
/// not announced once more.
void __tsan_external_write(void *address, void *_Nullable caller, void *_Nullable tag) {
  (void)caller, (void)tag;
  lw_announce_access_(address, LW_ACCESS_WRITE, CALLER);
  about_to_change.word = lw_word_of_(address);
  about_to_change.execution = lw_control_execution();
}

#define ACCESSES(bytes)                                                                                                \
  void __tsan_read##bytes(const void *address) { reads(address, bytes, CALLER); }                                      \
  void __tsan_write##bytes(const void *address) { writes(address, bytes, CALLER); }                                    \
  void __tsan_unaligned_read##bytes(const void *address) { reads(address, bytes, CALLER); }                            \
  void __tsan_unaligned_write##bytes(const void *address) { writes(address, bytes, CALLER); }

ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

void *__tsan_memcpy(void *to, const void *from, size_t bytes) {
  lw_announce_access_(from, LW_ACCESS_READ, CALLER);
  lw_announce_store_(to, bytes, CALLER);
  return memcpy(to, from, bytes);
}

void *__tsan_memmove(void *to, const void *from, size_t bytes) {
  lw_announce_access_(from, LW_ACCESS_READ, CALLER);
  lw_announce_store_(to, bytes, CALLER);
  return memmove(to, from, bytes);
}

void *__tsan_memset(void *to, int value, size_t bytes) {
  lw_announce_store_(to, bytes, CALLER);
  return memset(to, value, bytes);
}
#endif
