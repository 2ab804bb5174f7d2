// Threads that a program makes by the C library's own calls, as members of the controlled execution that the program
// is. For the runtime of programs that `tools/cc` builds; everybody else starts threads by `lw_thread_create`.
#pragma once

#include <pthread.h>

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

/// Starts a thread as pthread_create does, as a member where a session has begun. NULL, with errno set, when the system
/// refuses. The record is given back by a join or by `lw_program_thread_forget_`, exactly one of the two, once.
lw_thread *_Nullable lw_program_thread_start_(const char *name, const pthread_attr_t *_Nullable attributes,
                                              void *_Nullable (*_Nonnull start_routine)(void *_Nullable context),
                                              void *_Nullable context);
/// What pthread_create hands out for it.
pthread_t lw_program_thread_handle_(const lw_thread *thread);
/// Waits for its end, as pthread_join does, whose error it returns.
int lw_program_thread_join_(lw_thread *thread, void *_Nullable *_Nullable result);
/// Gives the record of a thread back that is detached: nobody will join it.
void lw_program_thread_forget_(lw_thread *thread);

#pragma clang assume_nonnull end
