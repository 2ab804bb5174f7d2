// Points and choices: where a listener, the seeded noise today and a controller with a bit of its own, gets to decide.
// Also the names under which traces and reports print points and events.
#include "schedule.h"

_Atomic uint32_t lw_points_armed_;

void lw_point_slow_(lw_point_kind kind, const void *object, lw_access access) {
  // Noise treats all points alike; what is announced matters to a controller.
  (void)kind, (void)object, (void)access;
  lw_noise_point_();
}

uint32_t lw_choose(lw_choice_kind kind, const void *object, uint32_t count) {
  // As above: the free-running stream depends on the thread only.
  (void)kind, (void)object;
  if (count == 0) lw_fatal("a choice among no alternatives was asked for");
  return count == 1 ? 0 : lw_noise_choose_(count);
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
