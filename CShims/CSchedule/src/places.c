// Where in the program a member stands: the return address behind this library's own frames. Those of a program that
// tools/cc has built are in a section of their own and keep their frame pointers, so no other frame is looked at.
#include "control.h"

extern const char layer_start __asm__("__start_lw_layer") __attribute__((weak));
extern const char layer_stop __asm__("__stop_lw_layer") __attribute__((weak));
extern const char image_start __asm__("__executable_start") __attribute__((weak));
extern const char code_end __asm__("etext") __attribute__((weak));

enum { FRAMES_MAX = 64 };

LW_UNSEEN static bool is_between(uintptr_t address, const char *start, const char *stop) {
  return address >= (uintptr_t)start && address < (uintptr_t)stop;
}

LW_UNSEEN __attribute__((noinline)) uint64_t lw_place_(void) {
  if (!&layer_start || !&layer_stop || !&image_start || !&code_end) return 0;
  const uintptr_t *frame = __builtin_frame_address(0);
  for (uint32_t depth = 0; depth < FRAMES_MAX; depth++) {
    uintptr_t back = frame[1];
    if (!is_between(back, &layer_start, &layer_stop))
      return is_between(back, &image_start, &code_end) ? back - 1 - (uintptr_t)&image_start : 0;
    frame = (const uintptr_t *)frame[0];
  }
  return 0;
}
