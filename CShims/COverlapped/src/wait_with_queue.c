// RegisterWaitWithQueue: a wait whose callback completes an OVERLAPPED and posts it to a port.
//
// The loan's way (DESIGN rule 3): opened here, held by the registration; the callback writes through it and passes it
// to the packet; when the registration ends and no callback ran, it is settled then.
#include "lw_overlapped.h"

/// What the callback needs; owned by the registration, given back when it ends.
typedef struct queued_wait {
  HANDLE _Nullable port;
  OVERLAPPED *overlapped;
  size_t offset; ///< of `overlapped` in its block
  uint64_t ticket;
  lw_loan loan; ///< none: the address is in no arena
} queued_wait;

static lw_pool_hands hands;
static lw_pool pool = LW_POOL_WITH_HANDS(queued_wait, &hands);

lw_layout lw_overlapped_layout(void) {
  static _Atomic lw_layout known;
  // relaxed: registering the same name twice gives the same number.
  lw_layout layout = atomic_load_explicit(&known, memory_order_relaxed);
  if (layout) return layout;
#define FIELD(name)                                                                                                    \
  {                                                                                                                    \
    #name, offsetof(OVERLAPPED, name), sizeof(((OVERLAPPED *)NULL)->name)                                              \
  }
  static const lw_field fields[] = {FIELD(Internal), FIELD(InternalHigh), FIELD(Offset), FIELD(OffsetHigh),
                                    FIELD(hEvent)};
#undef FIELD
  layout = lw_layout_register("OVERLAPPED", fields, sizeof fields / sizeof *fields);
  // relaxed: as above.
  atomic_store_explicit(&known, layout, memory_order_relaxed);
  return layout;
}

static void store_result(OVERLAPPED *overlapped, BOOLEAN timed_out, uint64_t ticket) {
  lw_store64(&overlapped->Internal, timed_out ? STATUS_TIMEOUT : STATUS_SUCCESS);
  lw_store64(&overlapped->InternalHigh, ticket);
}

/// On the wait thread: what the kernel does at the end of an operation. The packet goes out even if the write was
/// refused.
static void complete_and_post(PVOID context, BOOLEAN timed_out) {
  queued_wait *wait = context;
  if (lw_loan_is_none(wait->loan)) {
    store_result(wait->overlapped, timed_out, wait->ticket);
  } else {
    lw_write write = lw_write_begin(wait->loan, wait->offset, 2 * sizeof(uint64_t));
    if (write.address) store_result((OVERLAPPED *)(void *)write.address, timed_out, wait->ticket);
    lw_write_end(&write);
    lw_loan_pass(wait->loan, LW_HOLDER_PACKET);
  }
  lw_post_packet(wait->port, timed_out ? 1 : 0, 0, wait->overlapped, wait->loan);
}

static void end_wait(void *context, uint32_t callbacks) {
  queued_wait *wait = context;
  if (callbacks == 0 && !lw_loan_is_none(wait->loan)) lw_settle(wait->loan);
  lw_pool_give(&pool, wait);
}

/// Opens the loan on the block that holds `overlapped`. False when it cannot be lent; the none loan outside every
/// arena.
static bool lend(OVERLAPPED *overlapped, uint64_t ticket, queued_wait *wait) {
  lw_block block = lw_block_at(overlapped);
  if (!block.arena) return true;
  if (!block.start) return false;
  wait->offset = (size_t)((char *)overlapped - (char *)block.start);
  wait->loan = lw_lend_(block.start, "RegisterWaitWithQueue", ticket, LW_HOLDER_REGISTRATION, NULL);
  return !lw_loan_is_none(wait->loan);
}

BOOL lw_register_wait_with_queue_(HANDLE object, HANDLE port, OVERLAPPED *overlapped, DWORD ms, uint64_t ticket,
                                  HANDLE *wait) {
  queued_wait *made = lw_pool_take(&pool);
  if (!made) {
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return FALSE;
  }
  *made = (queued_wait){.port = port, .overlapped = overlapped, .ticket = ticket};
  if (!lend(overlapped, ticket, made)) {
    lw_pool_give(&pool, made);
    SetLastError(ERROR_NO_SYSTEM_RESOURCES);
    return FALSE;
  }
  ULONG flags = WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE;
  if (lw_register_wait_(wait, object, complete_and_post, made, ms, flags, made->loan, end_wait)) return TRUE;
  end_wait(made, 0);
  return FALSE;
}
