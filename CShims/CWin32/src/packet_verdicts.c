// What a dequeued packet means: LW004 when no operation is there for it, LW005 when it completes another one, LW006
// when its operation still runs.
//
// The proactor says itself what it found in its table. A program on plain GetQueuedCompletionStatus cannot, so the
// packet's incarnations stand for it: the block it was posted for is gone, and either nothing that is lent lives at the
// address, or something is, which the program will take the packet for.
#include "port.h"

#include "ioapiset.h"
#include "lw_words.h"

static void report(lw_packet *packet, const char *api, lw_rule rule, uint64_t operation) {
  lw_finding finding = {
      .rule = rule,
      .api = api,
      .address = packet->overlapped,
      .incarnation = packet->stamped,
      .operation = operation,
      .result = (int64_t)packet->serial,
      .completed = packet->posted,
      .completed_stamp = packet->posted_stamp,
      .completed_thread = packet->posted_by,
  };
  packet->reported = true;
  lw_report_(lw_block_at(packet->overlapped).arena, &finding);
}

void lw_packet_unexpected_(lw_packet *packet) {
  lw_event(LW_EVENT_UNEXPECTED, packet->arena, packet->stamped, 0, 0, 0, (int64_t)packet->serial);
  if (packet->stamped != 0) report(packet, "GetQueuedCompletionStatus", 4, 0);
}

void lw_packet_completed_(lw_packet *packet, lw_incarnation operation, uint64_t number) {
  lw_event(LW_EVENT_COMPLETED, packet->arena, packet->stamped, operation, 0, number, (int64_t)packet->serial);
  if (packet->stamped != 0 && packet->stamped != operation) report(packet, "GetQueuedCompletionStatus", 5, number);
}

/// The operation that the packet is about has not stored its status.
static bool is_pending(const lw_packet *packet) {
  return (DWORD)lw_load64(&packet->overlapped->Internal) == STATUS_PENDING;
}

void lw_packet_judge_(lw_packet *packet, const char *api) {
  if (packet->stamped == 0) return;
  if (packet->stamped == packet->alive) {
    if (!lw_loan_is_none(packet->loan) && is_pending(packet)) report(packet, api, 6, 0);
    return;
  }
  lw_block now = lw_block_at(packet->overlapped);
  bool lent = packet->alive != 0 && now.incarnation == packet->alive && now.open_loans > 0;
  report(packet, api, lent ? 5 : 4, 0);
}
