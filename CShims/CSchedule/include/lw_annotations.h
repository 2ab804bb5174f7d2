// The attributes that every C header of the project uses: Clang's thread safety analysis and the barrier that
// keeps a caller on the stack. They live here because CSchedule is the lowest module and declares the lock.
#pragma once

/// Marks a struct as a capability for -Wthread-safety.
#define LW_CAPABILITY(name) __attribute__((capability(name)))
/// Marks a field that may only be touched while `lock` is held. Write the lock with `&` and declare it first.
#define LW_GUARDED_BY(lock) __attribute__((guarded_by(lock)))
#define LW_ACQUIRE(...) __attribute__((acquire_capability(__VA_ARGS__)))
#define LW_RELEASE(...) __attribute__((release_capability(__VA_ARGS__)))
#define LW_TRY_ACQUIRE(...) __attribute__((try_acquire_capability(__VA_ARGS__)))
#define LW_REQUIRES(...) __attribute__((requires_capability(__VA_ARGS__)))
#define LW_EXCLUDES(...) __attribute__((locks_excluded(__VA_ARGS__)))
#define LW_NO_THREAD_SAFETY_ANALYSIS __attribute__((no_thread_safety_analysis))

/// Placed behind the call in a `static inline` public entry, so that the call is no tail call and the caller's
/// frame stays on the stack that the entry captures (release builds drop it otherwise).
#define LW_KEEP_CALLER_FRAME() __asm__ volatile("" ::: "memory")

/// Around the declarations of functions that may take a stack and have no such entry: a call of them is no tail call.
/// Only for callers in C, which is why what Swift calls as well has an inline entry where the caller matters most.
#define LW_CALLERS_STAY_BEGIN _Pragma("clang attribute push(__attribute__((not_tail_called)), apply_to = function)")
#define LW_CALLERS_STAY_END _Pragma("clang attribute pop")
