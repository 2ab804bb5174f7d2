// Points and choices: where a listener, the seeded noise or the controller, gets to decide; marks, which note what was
// met. Also the names under which traces and reports print points and events.
#include "footprints.h"

_Atomic uint32_t lw_points_armed_;

/// A point of a thread that no token binds.
static void pass_free(lw_point_kind kind) {
  // relaxed: as in lw_point.
  uint32_t armed = atomic_load_explicit(&lw_points_armed_, memory_order_relaxed);
  bool is_shared = kind == LW_POINT_USER || kind == LW_POINT_LOCK;
  if (is_shared && (armed & LW_ARMED_CONTROL)) lw_stranger_note_(kind);
  if (armed & LW_ARMED_NOISE) lw_noise_point_(kind);
}

void lw_point_slow_(lw_point_kind kind, const void *object, lw_access access) {
  lw_member *self = lw_member_self_;
  if (self)
    lw_control_point_(self, kind, object, access);
  else
    pass_free(kind);
}

void lw_point_often_slow_(const void *object, lw_access access) {
  lw_member *self = lw_member_self_;
  bool is_passed = !self || ++self->often <= LW_OFTEN_POINTS || self->often % 64 == 0;
  if (is_passed)
    lw_point_slow_(LW_POINT_USER, object, access);
  else if (object)
    lw_footprints_touch_(self, object, access);
}

void lw_touch_slow_(const void *object, lw_access access) {
  if (lw_member_self_) lw_footprints_touch_(lw_member_self_, object, access);
}

LW_UNSEEN bool lw_control_mute(bool is_muted) {
  lw_member *self = lw_member_self_;
  bool was_muted = self && self->is_muted;
  if (self) self->is_muted = is_muted;
  return was_muted;
}

static _Atomic uint64_t marks;

void lw_mark_slow_(lw_mark_kind mark) {
  // relaxed, both: a set that only grows.
  if (!(atomic_load_explicit(&marks, memory_order_relaxed) >> mark & 1))
    atomic_fetch_or_explicit(&marks, 1ull << mark, memory_order_relaxed);
}

uint64_t lw_marks_met(void) { return atomic_load_explicit(&marks, memory_order_relaxed); } // relaxed: as above

const char *lw_mark_name(lw_mark_kind mark) {
  static const char *const names[] = {
#define X(symbol, name) [symbol] = name,
      LW_MARKS(X)
#undef X
  };
  return (uint32_t)mark < LW_MARK_COUNT ? names[mark] : "unknown";
}

uint32_t lw_choose(lw_choice_kind kind, const void *object, uint32_t count) {
  if (count == 0) lw_fatal("a choice among no alternatives was asked for");
  if (count == 1) return 0;
  // The free-running stream depends on the thread only.
  return lw_member_self_ ? lw_control_choose_(lw_member_self_, kind, object, count) : lw_noise_choose_(count);
}

const char *lw_point_name(lw_point_kind kind) {
  static const char *const names[] = {
#define X(symbol, name) [symbol] = name,
      LW_POINTS(X)
#undef X
  };
  return (uint32_t)kind < LW_POINT_COUNT ? names[kind] : "unknown";
}

const char *lw_event_name(lw_event_kind kind) {
  static const char *const names[] = {
#define X(symbol, name) [symbol] = name,
      LW_EVENTS(X)
#undef X
  };
  return (uint32_t)kind < LW_EVENT_COUNT ? names[kind] : "unknown";
}
