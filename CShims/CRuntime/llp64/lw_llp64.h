// How the headers of this folder stand in for libc's. A program built with 16-bit wchar_t and 32-bit long must not
// reach a libc function that takes either: such a function is declared here again under its own name with the symbol of
// our implementation, or it is not declared at all, so that using it is a compile error and not a wrong result.
#pragma once

#define LW_LLP64(name) __asm__("lw_llp64_" #name)
