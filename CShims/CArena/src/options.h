// LATEWRITE_OPTIONS as the rest of CArena reads it. Every value is a number: a switch, a count, bytes, or the place of
// a word in its row of LW_OPTIONS, which is the value of the enumeration that the option sets.
#pragma once

#include "lw_finding.h"

#pragma clang assume_nonnull begin

typedef enum lw_option {
#define X(key, type, standard, help) LW_OPTION_##key,
  LW_OPTIONS(X)
#undef X
      LW_OPTION_COUNT
} lw_option;

/// The value of an option. The first call reads the environment; an unknown key or a bad value ends the program with a
/// sentence and exit code 64, because a typo that is ignored is a check that never ran. First call: not in a signal
/// handler.
uint64_t lw_option_value_(lw_option option);
/// Longest directory of raw records; short, because paths are put together on the stacks of signal handlers.
enum { LW_LOG_PATH_BYTES = 984 };
/// The directory of raw records, absolute, so that a later chdir does not move it. Static storage.
const char *lw_option_log_path_(void);

#pragma clang assume_nonnull end
