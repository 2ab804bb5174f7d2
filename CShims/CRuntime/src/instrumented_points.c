// What code whose accesses are points (memory_points.c, atomic_points.c) calls besides: each object before main, and in
// Swift each function where it begins and ends (once_only.c), and destructors.
#include "lw_memory_points.h"

static _Atomic bool has_points;

bool lw_has_memory_points(void) { return has_points; }

#if !__has_feature(thread_sanitizer) // it brings these itself
/// Called before main by each object that was built so.
void __tsan_init(void) { has_points = true; }

/// Around what a destructor does.
void __tsan_ignore_thread_begin(void) {}
void __tsan_ignore_thread_end(void) {}
#endif
