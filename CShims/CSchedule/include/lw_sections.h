// Whose code an address is, in programs of tools/cc: there this library's functions, those that are called for each
// access of memory, and the program's own are in sections of their own (CRuntime/layer.h, CRuntime/src/shared_access.h,
// CRuntime/llp64/lw_free_names.h). The linker says where they begin and end; elsewhere there are none.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Names the ends of a section, which are NULL where there is none.
#define LW_SECTION_ENDS(name)                                                                                          \
  extern const char name##_start_ __asm__("__start_" #name) __attribute__((weak));                                     \
  extern const char name##_stop_ __asm__("__stop_" #name) __attribute__((weak))
LW_SECTION_ENDS(lw_layer);
LW_SECTION_ENDS(lw_access);
LW_SECTION_ENDS(lw_program);
#undef LW_SECTION_ENDS

// Inlined always: some callers are unseen by sanitizers, and what is in them is, too.
#define LW_SECTION_QUESTION __attribute__((always_inline)) static inline bool

LW_SECTION_QUESTION lw_is_between_(uintptr_t address, const char *start, const char *stop) {
  return address >= (uintptr_t)start && address < (uintptr_t)stop;
}
/// Whether the program was built by tools/cc.
LW_SECTION_QUESTION lw_has_sections(void) { return &lw_layer_start_; }
/// Whether `address` is in this library.
LW_SECTION_QUESTION lw_is_of_layer(uintptr_t address) {
  return lw_is_between_(address, &lw_layer_start_, &lw_layer_stop_);
}
/// Whether it is in what is called for each access of memory, which counts as whoever called it.
LW_SECTION_QUESTION lw_is_of_access(uintptr_t address) {
  return lw_is_between_(address, &lw_access_start_, &lw_access_stop_);
}
/// Whether it is in the program itself.
LW_SECTION_QUESTION lw_is_of_program(uintptr_t address) {
  return lw_is_between_(address, &lw_program_start_, &lw_program_stop_);
}
#undef LW_SECTION_QUESTION

#pragma clang assume_nonnull end
