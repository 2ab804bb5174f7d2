// Locks, conditions, semaphores and sleeping of scenarios in Swift, by whatever name they have there: NSLock and its
// kind, pthread_mutex_t, DispatchSemaphore and Thread.sleep all call the C library, and the calls of the whole process
// are served here. A thread that is bound to the token waits where the controller sees it, as in the programs of
// `tools/cc`, by the same means (posix_*.c); the lock that it takes is the C library's own all the same. Any other
// thread gets what it asked for.
//
// Libraries have locks of their own, to which nothing happens that a schedule could be about, and some only once in a
// process: their calls are no points (swift_callers.c).
#include <dlfcn.h>

#include "posix_waiting.h"
#include "swift_callers.h"

#pragma clang assume_nonnull begin

/// Called before anything is ready, by the loader and by sanitizers.
#define UNSEEN __attribute__((disable_sanitizer_instrumentation))
/// A sanitizer brings calls of its own, which let these be called first, and any other library may.
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SERVED UNSEEN
#else
#define SERVED UNSEEN __attribute__((weak))
#endif

/// A call that is passed on returns to its caller, by whom sanitizers tell what is known of a library.
#define IN_ITS_PLACE __attribute__((musttail))

// ------------------------------------------------------------------------------------------------- the real calls

/// A condition has two of each call in this C library, and who does not say which one gets the older one.
UNSEEN static void *_Nullable find(const char *name) {
  void *found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
  return found ? found : dlsym(RTLD_NEXT, name);
}

#define REAL(result, name, parameters, arguments)                                                                      \
  extern result sanitized_##name parameters __asm__("__interceptor_" #name) __attribute__((weak));                     \
  result lw_real_##name parameters;                                                                                    \
  UNSEEN result lw_real_##name parameters {                                                                            \
    static _Atomic(void *_Nullable) found;                                                                             \
    if (&sanitized_##name) IN_ITS_PLACE return sanitized_##name arguments;                                             \
    void *real = found;                                                                                                \
    if (!real) found = real = find(#name);                                                                             \
    if (!real) lw_fatal("the C library has no " #name);                                                                \
    IN_ITS_PLACE return ((result(*) parameters)real)arguments;                                                         \
  }
LW_REAL_CALLS(REAL)

// --------------------------------------------------------------------------------------------------------- serving

/// The call that a bound thread makes.
#define LOOK                                                                                                           \
  lw_call call;                                                                                                        \
  lw_call_look_(&call, __builtin_return_address(0), __builtin_frame_address(0))

/// Ours has the C library's name as its symbol, and another one in this file, where that name is the real call's.
#define DECLARE(result, name, parameters)                                                                              \
  result lw_posix_##name parameters;                                                                                   \
  result served_##name parameters __asm__(#name);                                                                      \
  SERVED result served_##name parameters

#define ANSWER(result, name, arguments)                                                                                \
  lw_call_begin_(&call);                                                                                               \
  result answer = lw_posix_##name arguments;                                                                           \
  lw_call_end_(&call);                                                                                                 \
  return answer

#define SERVE_WAIT(result, name, parameters, arguments)                                                                \
  DECLARE(result, name, parameters) {                                                                                  \
    if (!lw_control_is_bound()) IN_ITS_PLACE return lw_real_##name arguments;                                          \
    LOOK;                                                                                                              \
    ANSWER(result, name, arguments);                                                                                   \
  }
LW_CALLS_THAT_WAIT(SERVE_WAIT)

#define SERVE_TRY(result, name, parameters, arguments)                                                                 \
  DECLARE(result, name, parameters) {                                                                                  \
    if (!lw_control_is_bound()) IN_ITS_PLACE return lw_real_##name arguments;                                          \
    LOOK;                                                                                                              \
    if (!call.is_programs) IN_ITS_PLACE return lw_real_##name arguments;                                               \
    ANSWER(result, name, arguments);                                                                                   \
  }
LW_CALLS_THAT_TRY(SERVE_TRY)

/// A library's release is told to those who wait, if there are any, and to nobody else.
#define SERVE_RELEASE(result, name, parameters, arguments)                                                             \
  DECLARE(result, name, parameters) {                                                                                  \
    if (!lw_control_is_on()) IN_ITS_PLACE return lw_real_##name arguments;                                             \
    if (lw_control_is_bound()) {                                                                                       \
      LOOK;                                                                                                            \
      if (call.is_programs) {                                                                                          \
        ANSWER(result, name, arguments);                                                                               \
      }                                                                                                                \
    }                                                                                                                  \
    result answer = lw_real_##name arguments;                                                                          \
    if (answer == 0 && lw_posix_is_waited_at_()) lw_posix_wake_((const void *)object, UINT32_MAX);                     \
    return answer;                                                                                                     \
  }
LW_CALLS_THAT_RELEASE(SERVE_RELEASE)

#define SERVE_SIGNAL(result, name, parameters, arguments)                                                              \
  DECLARE(result, name, parameters) {                                                                                  \
    if (lw_control_is_bound()) {                                                                                       \
      LOOK;                                                                                                            \
      if (call.is_programs || lw_posix_is_waited_at_()) {                                                              \
        ANSWER(result, name, arguments);                                                                               \
      }                                                                                                                \
    }                                                                                                                  \
    if (lw_posix_is_waited_at_()) IN_ITS_PLACE return lw_posix_##name arguments;                                       \
    IN_ITS_PLACE return lw_real_##name arguments;                                                                      \
  }
LW_CALLS_THAT_SIGNAL(SERVE_SIGNAL)

#define SERVE_BARRIER(result, name, parameters, arguments)                                                             \
  DECLARE(result, name, parameters) {                                                                                  \
    if (lw_control_is_on()) IN_ITS_PLACE return lw_posix_##name arguments;                                             \
    IN_ITS_PLACE return lw_real_##name arguments;                                                                      \
  }
LW_CALLS_OF_BARRIERS(SERVE_BARRIER)

/// Code of the program is this library's, too, which asks for the real time.
#define SERVE_TIME(result, name, parameters, arguments)                                                                \
  DECLARE(result, name, parameters) {                                                                                  \
    bool is_served = lw_control_is_bound() && !lw_is_program_(__builtin_return_address(0));                            \
    if (is_served) IN_ITS_PLACE return lw_posix_##name arguments;                                                      \
    IN_ITS_PLACE return lw_real_##name arguments;                                                                      \
  }
LW_CALLS_THAT_TELL_TIME(SERVE_TIME)

#pragma clang assume_nonnull end
