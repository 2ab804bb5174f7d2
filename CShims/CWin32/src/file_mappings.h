// File mappings: memory of a file or of the system alone, which handles stand for and views show.
#pragma once

#include "object.h"

#pragma clang assume_nonnull begin

typedef struct lw_mapping {
  lw_object object;
  int fd; ///< of the file, or of memory that has no name
  uint64_t bytes;
  DWORD protection; ///< PAGE_...
} lw_mapping;

extern const lw_object_type lw_mapping_type_;

/// The mapping of a handle that has the rights, with a reference; NULL and the last error.
static inline lw_mapping *_Nullable lw_mapping_of_(HANDLE _Nullable handle, DWORD access, const char *api) {
  return (lw_mapping *)lw_handle_object_for_(handle, &lw_mapping_type_, access, api);
}

#pragma clang assume_nonnull end
