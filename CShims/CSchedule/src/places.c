// Where in the program a member stands: the return address behind this library's own frames. Those of a program that
// tools/cc has built are in a section of their own and keep their frame pointers, so no other frame is looked at. Code
// of a scenario in Swift says itself where it stands, or the points of its memory do.
#include "control.h"
#include "lw_sections.h"

extern const char image_start __asm__("__executable_start") __attribute__((weak));
extern const char code_end __asm__("etext") __attribute__((weak));
extern const char image_end __asm__("_end") __attribute__((weak));

enum { FRAMES_MAX = 64 };

LW_UNSEEN __attribute__((noinline)) uint64_t lw_place_(void) {
  if (!lw_has_sections() || !&image_start || !&code_end) return 0;
  const uintptr_t *frame = __builtin_frame_address(0);
  for (uint32_t depth = 0; depth < FRAMES_MAX; depth++) {
    uintptr_t back = frame[1];
    if (!lw_is_of_layer(back) && !lw_is_of_access(back))
      return lw_is_between_(back, &image_start, &code_end) ? back - 1 - (uintptr_t)&image_start : 0;
    frame = (const uintptr_t *)frame[0];
  }
  return 0;
}

LW_UNSEEN uint64_t lw_member_awaited_(const lw_member *member) {
  if (member->state != LW_MEMBER_PARKED || !member->awaited || !&image_start || !&image_end) return 0;
  uintptr_t shown = member->awaited->shown;
  return lw_is_between_(shown, &image_start, &image_end) ? shown - (uintptr_t)&image_start : 0;
}

LW_UNSEEN void lw_here_slow_(uint64_t place) {
  lw_member *self = lw_member_self_;
  if (!self || lw_controller_.is_program) return;
  self->place = place;
  self->told_at = self->ordinal;
}

LW_UNSEEN uint64_t lw_member_place_(const lw_member *member) {
  return lw_controller_.is_program || member->told_at == member->ordinal ? member->place : 0;
}

LW_UNSEEN uint64_t lw_control_member_place(uint32_t index) {
  const lw_member *member = &lw_members_[index < LW_MEMBERS_MAX ? index : 0];
  if (member->state == LW_MEMBER_RESTING || member->place == 0) return 0;
  // Behind the point that was told of, or in a decision that nobody could take; who waits for a lock has taken one
  // more, in which he found it taken.
  uint16_t since = (uint16_t)(member->ordinal - member->told_at);
  return since <= (member->state == LW_MEMBER_LOCKING ? 2 : 1) ? member->place : 0;
}
