// The loans of an operation: on the block of its OVERLAPPED and on those of its buffers.
#include "operation_parts.h"

/// The block that is lent when `address` is: the one that holds it, or the shadow of announced memory. NULL elsewhere.
static void *_Nullable block_of(const void *_Nullable address, size_t *offset) {
  lw_block block = lw_block_at(address);
  if (!block.start) return lw_shadow_at_(address, offset);
  *offset = (size_t)((const char *)address - (const char *)block.start);
  return block.start;
}

/// The none loan outside every arena and in blocks that are not live.
static lw_loan lend(const lw_operation *operation, void *_Nullable block) {
  if (!block) return (lw_loan){0};
  return lw_lend_(block, operation->api, operation->number, LW_HOLDER_KERNEL, NULL);
}

/// LW015: the OVERLAPPED belongs to an operation that nobody has seen the end of.
static void look_for_reuse(const lw_operation *operation, const void *block) {
  if (!lw_structure_is_lent_(block, operation->offset)) return;
  lw_block at = lw_block_at(block);
  lw_report_(at.arena, &(lw_finding){.rule = 15,
                                     .api = operation->api,
                                     .address = operation->overlapped,
                                     .incarnation = at.incarnation,
                                     .operation = operation->number});
}

/// The variables of a program that starts an operation and goes on: they may go while it runs.
static void announce(const lw_operation *operation) {
  if (operation->overlapped) lw_announce_own_stack_(operation->overlapped, sizeof *operation->overlapped);
  for (uint32_t i = 0; i < operation->buffer_count; i++) {
    const lw_buffer *buffer = &operation->buffers[i];
    if (buffer->address && buffer->bytes != 0) lw_announce_own_stack_(buffer->address, buffer->bytes);
  }
}

void lw_operation_lend_(lw_operation *operation) {
  if (lw_announces_stacks() && !operation->waiter) announce(operation);
  if (!lw_any_arena_checks()) return;
  void *status_block = operation->overlapped ? block_of(operation->overlapped, &operation->offset) : NULL;
  if (status_block) {
    look_for_reuse(operation, status_block);
    operation->loan = lend(operation, status_block);
    lw_loan_of_structure_(operation->loan, operation->offset);
  }
  for (uint32_t i = 0; i < operation->buffer_count; i++) {
    lw_buffer *buffer = &operation->buffers[i];
    if (!buffer->address || buffer->bytes == 0) continue;
    void *block = block_of(buffer->address, &buffer->offset);
    buffer->shared = block && block == status_block;
    buffer->loan = buffer->shared ? operation->loan : lend(operation, block);
  }
}

bool lw_operation_has_buffer_loans_(const lw_operation *operation) {
  for (uint32_t i = 0; i < operation->buffer_count; i++)
    if (!lw_loan_is_none(operation->buffers[i].loan) && !operation->buffers[i].shared) return true;
  return false;
}

void lw_operation_settle_buffers_(lw_operation *operation) {
  for (uint32_t i = 0; i < operation->buffer_count; i++) {
    lw_buffer *buffer = &operation->buffers[i];
    if (!lw_loan_is_none(buffer->loan) && !buffer->shared) lw_settle(buffer->loan);
    buffer->loan = (lw_loan){0};
  }
}

void lw_operation_buffers_cancelled_(const lw_operation *operation) {
  for (uint32_t i = 0; i < operation->buffer_count; i++) {
    const lw_buffer *buffer = &operation->buffers[i];
    if (!lw_loan_is_none(buffer->loan) && !buffer->shared) lw_loan_cancelled_(buffer->loan);
  }
}

char *lw_operation_write_begin_(const lw_operation *operation, uint32_t index, size_t at, size_t bytes,
                                lw_write *write) {
  const lw_buffer *buffer = &operation->buffers[index];
  if (lw_loan_is_none(buffer->loan)) {
    *write = (lw_write){.landing = LW_LANDING_NONE};
    return buffer->address + at;
  }
  *write = lw_write_begin_(buffer->loan, buffer->offset + at, bytes);
  return write->address ? buffer->address + at : NULL;
}

void lw_operation_store_(const lw_operation *operation, uint32_t index, size_t at, const void *source, size_t bytes) {
  lw_write write;
  char *target = lw_operation_write_begin_(operation, index, at, bytes, &write);
  if (target) lw_words_copy(target, source, lw_loan_is_none(write.loan) ? bytes : write.bytes);
  lw_write_end(&write);
}
