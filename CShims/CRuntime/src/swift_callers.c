// Whether a lock is the program's business. What the program's own code calls is; of what libraries call, the locks of
// Foundation that a program uses by their names. A lock that a library takes for itself - around the cache of a type's
// metadata, in a formatter - is none, and often taken once in a process only: a point there would be in one execution
// and not in the next. Where Swift's libraries are linked into the program, its calls cannot be told from theirs, and
// none of them is a point.
#include "swift_callers.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#include "posix_waiting.h"

#pragma clang assume_nonnull begin

extern const char image_start __asm__("__executable_start") __attribute__((weak));
extern const char code_end __asm__("etext") __attribute__((weak));

enum { FRAMES_MAX = 8, FRAME_BYTES_MAX = 1 << 16, KNOWN_MAX = 64 };

bool lw_is_program_(const void *return_address) {
  uintptr_t at = (uintptr_t)return_address;
  return at >= (uintptr_t)&image_start && at <= (uintptr_t)&code_end;
}

/// Whether Swift's libraries are other images than the program.
static bool has_libraries(void) {
  enum { UNKNOWN, APART, INSIDE };
  static _Atomic int kind;
  if (kind == UNKNOWN) {
    const void *runtime = dlsym(RTLD_DEFAULT, "swift_retain");
    kind = runtime && !lw_is_program_(runtime) ? APART : INSIDE;
  }
  return kind == APART;
}

/// What a library's code is known by.
typedef enum library_code { NAMELESS, METHOD_OF_LOCK, OTHER, LIBRARY_CODE_KINDS = 4 } library_code;

static bool is_method_of_lock(const char *name) {
  static const char classes[][40] = {"$s10Foundation6NSLockC", "$s10Foundation15NSRecursiveLockC",
                                     "$s10Foundation11NSConditionC", "$s10Foundation15NSConditionLockC"};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
    if (strncmp(name, classes[i], strlen(classes[i])) == 0) return true;
  return false;
}

/// What the code around an address is. To look it up takes long, so the answers are kept, beside their addresses.
static library_code code_at(const void *address) {
  static _Atomic uintptr_t known[KNOWN_MAX];
  _Atomic uintptr_t *entry = &known[((uintptr_t)address >> 2) % KNOWN_MAX];
  uintptr_t key = (uintptr_t)address * LIBRARY_CODE_KINDS, answer = *entry;
  if (answer - key < LIBRARY_CODE_KINDS) return (library_code)(answer - key);
  Dl_info info = {0};
  bool has_name = dladdr(address, &info) != 0 && info.dli_sname;
  library_code code = !has_name ? NAMELESS : is_method_of_lock(info.dli_sname) ? METHOD_OF_LOCK : OTHER;
  *entry = key + code;
  return code;
}

/// The first return address in the program, from one in a library on, and behind how many others; NULL when it is not
/// near. A library may use the register of frames for something else: what does not lead up the stack is no frame, and
/// what lies there may be any variable of its, which sanitizers are not told of.
__attribute__((disable_sanitizer_instrumentation)) static const void *_Nullable place_behind(const void *frame,
                                                                                             uint32_t *depth) {
  const uintptr_t *at = frame;
  for (*depth = 0; *depth < FRAMES_MAX; ++*depth) {
    if (lw_is_program_((const void *)at[1])) return (const void *)at[1];
    uintptr_t next = at[0];
    if (next <= (uintptr_t)at || next - (uintptr_t)at > FRAME_BYTES_MAX || next % sizeof(uintptr_t) != 0) break;
    at = (const uintptr_t *)next;
  }
  return NULL;
}

/// By `withLock` the program reaches a lock's methods through code of the library that has no name.
static bool is_of_program(const void *return_address, const void *_Nullable place, uint32_t depth) {
  if (!has_libraries()) return false;
  if (place && depth == 0) return true;
  library_code code = code_at(return_address);
  return code == METHOD_OF_LOCK || (code == NAMELESS && place && depth == 1);
}

void lw_call_look_(lw_call *call, const void *return_address, const void *frame) {
  uint32_t depth;
  call->place = place_behind(frame, &depth);
  call->is_programs = is_of_program(return_address, call->place, depth);
}

void lw_call_begin_(lw_call *call) {
  call->was_muted = lw_control_mute(!call->is_programs);
  if (call->was_muted) lw_control_mute(true);
  call->place_before = lw_posix_caller_;
  lw_posix_caller_ = call->place;
  if (call->is_programs && call->place) lw_here_before(call->place);
}

void lw_call_end_(const lw_call *call) {
  lw_control_mute(call->was_muted);
  lw_posix_caller_ = call->place_before;
}

#pragma clang assume_nonnull end
