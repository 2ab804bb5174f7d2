// How long a slot is. Multiples of 64 bytes up to 512, then four steps to each doubling; from 64 KiB on whole spans.
// Every size is made of its class alone, so a slot can be given to any request of its class.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
  LW_SLOT_ALIGNMENT = 64,
  LW_SPAN_SHIFT = 16,
  LW_SPAN_BYTES = 1 << LW_SPAN_SHIFT,
  LW_SHORT_BYTES_MAX = 4096, ///< slots that the quick paths serve: a chunk of poison
  LW_SLACK_MIN = 8,
  LW_LINEAR_CLASSES = 8,
  LW_CLASS_COUNT = 128 ///< up to 512 GiB
};

/// The class of the shortest slot with at least `bytes` (at least 1, at most 512 GiB).
static inline uint32_t lw_class_for(uint64_t bytes) {
  uint64_t units = (bytes + LW_SLOT_ALIGNMENT - 1) / LW_SLOT_ALIGNMENT;
  if (units <= LW_LINEAR_CLASSES) return (uint32_t)units - 1;
  if (bytes > LW_SPAN_BYTES) units = (bytes + LW_SPAN_BYTES - 1) / LW_SPAN_BYTES * (LW_SPAN_BYTES / LW_SLOT_ALIGNMENT);
  uint32_t top = 63 - (uint32_t)__builtin_clzll(units - 1);
  return LW_LINEAR_CLASSES + (top - 3) * 4 + (uint32_t)((units - 1) >> (top - 2)) - 4;
}

static inline uint64_t lw_class_bytes(uint32_t size_class) {
  __builtin_assume(size_class < LW_CLASS_COUNT); // classes come from lw_class_for
  if (size_class < LW_LINEAR_CLASSES) return (uint64_t)(size_class + 1) * LW_SLOT_ALIGNMENT;
  uint32_t top = (size_class - LW_LINEAR_CLASSES) / 4 + 3;
  uint64_t quarter = (size_class - LW_LINEAR_CLASSES) % 4 + 5;
  return (quarter << (top - 2)) * LW_SLOT_ALIGNMENT;
}

/// The longest class that a slot of `bytes` can serve. Differs from `lw_class_for` only for a slot that was cut at the
/// end of the range.
static inline uint32_t lw_class_served_by(uint64_t bytes) {
  uint32_t size_class = lw_class_for(bytes);
  return lw_class_bytes(size_class) > bytes ? size_class - 1 : size_class;
}
