// What a dequeued packet means: LW004 when no operation is there for it, LW005 when it completes another one.
//
// The proactor says itself what it found in its table. A program on plain GetQueuedCompletionStatus cannot, so the
// packet's incarnations stand for it: the block it was posted for is gone, and either nothing that is lent lives at the
// address, or something is, which the program will take the packet for.
#include "ioapiset.h"
#include "lw_win32.h"

static void report(lw_packet *packet, lw_rule rule, uint64_t operation) {
  lw_finding finding = {
      .rule = rule,
      .api = "GetQueuedCompletionStatus",
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
  if (packet->stamped != 0) report(packet, 4, 0);
}

void lw_packet_completed_(lw_packet *packet, lw_incarnation operation, uint64_t number) {
  lw_event(LW_EVENT_COMPLETED, packet->arena, packet->stamped, operation, 0, number, (int64_t)packet->serial);
  if (packet->stamped != 0 && packet->stamped != operation) report(packet, 5, number);
}

static void judge(lw_packet *packet) {
  if (packet->stamped == 0 || packet->stamped == packet->alive) return;
  lw_block now = lw_block_at(packet->overlapped);
  bool lent = packet->alive != 0 && now.incarnation == packet->alive && now.open_loans > 0;
  report(packet, lent ? 5 : 4, 0);
}

BOOL lw_get_judged_packet_(HANDLE port, DWORD *bytes, ULONG_PTR *key, LPOVERLAPPED *overlapped, DWORD ms) {
  if (!bytes || !key || !overlapped) {
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
  }
  lw_packet packet;
  *overlapped = NULL;
  if (!lw_get_packet(port, &packet, ms)) return FALSE;
  judge(&packet);
  *bytes = packet.bytes;
  *key = packet.key;
  *overlapped = packet.overlapped;
  if (packet.error == 0) return TRUE;
  SetLastError(packet.error);
  return FALSE;
}
