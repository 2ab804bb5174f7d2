// A Windows command line as an argument vector.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// Splits `line` by the rules of Microsoft's C run time (2008 and later): the program's name goes to the next quote or
/// blank, without escapes; in the rest 2n backslashes before a quote are n backslashes, 2n + 1 are n and a literal
/// quote, a doubled quote inside quotes is a literal one, and other backslashes are themselves. `text` has room for
/// strlen(line) + 2 bytes, `arguments` for strlen(line) / 2 + 3 pointers; the last is NULL. Returns how many there are.
size_t lw_command_line_split_(const char *line, char *text, char *_Nullable *_Nonnull arguments);

/// Finds the program that a command line without an application names, as CreateProcess does: a quoted name, or the
/// first blank-separated prefix that is a file. Looks beside the running program, in the working directory and along
/// PATH, each also with ".exe". False when there is none.
bool lw_command_line_program_(const char *line, char *path, size_t capacity);

#pragma clang assume_nonnull end
