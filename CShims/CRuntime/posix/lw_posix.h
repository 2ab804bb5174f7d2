// How the headers of this folder stand in for libc's: a program that `tools/cc` builds calls what waits, and what makes
// others go on, under the usual names but by the symbols of our implementation. Outside of `latewrite explore` that
// passes every call on. The layers themselves are compiled without this folder.
#pragma once

#define LW_PRAGMA_(text) _Pragma(#text)
/// What is declared as `name`, here or later, has the symbol `lw_posix_name`.
#define LW_POSIX(name) LW_PRAGMA_(redefine_extname name lw_posix_##name)
