// From facts to findings: every rule that the arena itself can find broken, and the findings of the layers above.
#pragma once

#include "recording.h"
#include "subject.h"

#pragma clang assume_nonnull begin

/// Bytes that are not what they should be.
typedef struct lw_damage {
  uint64_t offset;
  uint64_t bytes;   ///< from the first changed one to the last
  uint64_t changed; ///< of these
} lw_damage;

/// A finding in the making, before it is flat.
typedef struct lw_incident {
  lw_rule rule;
  const char *_Nullable name;    ///< NULL: the rule's
  const char *_Nullable api;     ///< NULL: the loan's
  const char *_Nullable phrase;  ///< of a layer above, in place of the rule's
  const void *_Nullable address; ///< NULL: the subject's start
  lw_subject subject;
  uint64_t access_offset;
  uint64_t access_bytes;
  lw_landing landing;
  bool writer_known;
  int64_t result;
  uint64_t operation; ///< 0: the loan's
  uint64_t delay_ns;
  lw_deed detected;
  lw_deed written;
  lw_deed completed;
  lw_deed cancelled;
  lw_deed owner;       ///< of what is no block
  uint64_t poison_key; ///< of what was expected in the window around `damage`
  const lw_damage *_Nullable damage;
} lw_incident;

enum { LW_TEXT_BYTES = 256 };
/// Writes the line of a finding. Most findings repeat one that was recorded before and have none.
typedef void lw_incident_line(char line[_Nonnull LW_TEXT_BYTES], const lw_arena *_Nullable arena,
                              const lw_incident *incident);

/// Counts, records and prints a finding. `cause`, where given, gets the serial and whether there is a record, as in
/// lw_slot, before the record is made: a late write may ask for it at any moment. Returns the record, NULL for a key
/// that was recorded before.
lw_record *_Nullable lw_incident_make_(lw_arena *_Nullable arena, const lw_incident *incident,
                                       lw_incident_line *describe, _Atomic uint32_t *_Nullable cause);

/// The bytes that a late write is about to change and, once it has ended, what became of them. A reader sees the window
/// when both are there.
void lw_window_before_write_(lw_record *record, const char *start, uint64_t slot_bytes);
void lw_window_after_write_(lw_record *record, const char *start, uint64_t slot_bytes);

/// "OVERLAPPED", "stack memory" or "block".
const char *lw_incident_noun_(const lw_subject *subject);

/// LW001 (LW016 for announced stack memory) and LW013: the block of `before` (its word before the free) was freed with
/// loans or writers.
void lw_report_free_(lw_arena *arena, uint32_t number, uint64_t before, lw_deed freed);
/// LW007: `address` was freed and is no live block. Says which status the caller gets.
lw_status lw_report_bad_free_(lw_arena *arena, const void *address, lw_deed detected);
/// LW002 and LW003: a write through the checked API came late. `landing` FREED or REUSED is where it would land.
/// Returns the record, NULL for a key that was recorded before.
lw_record *_Nullable lw_report_late_write_(lw_arena *arena, lw_incarnation incarnation, lw_loan_record *loan,
                                           lw_landing landing, lw_landing done, uint64_t offset, uint64_t bytes,
                                           lw_deed written);
/// LW002: the program itself is about to store into a freed block.
void lw_report_own_store_(lw_arena *arena, lw_incarnation incarnation, uint64_t offset, uint64_t bytes,
                          lw_deed written);
/// LW010: a checked write reaches beyond the requested size.
void lw_report_beyond_(lw_arena *arena, lw_incarnation incarnation, lw_loan_record *loan, uint64_t offset,
                       uint64_t bytes, lw_deed written);
/// LW002 (a freed block) or LW010 (the slack of a live one): verify found damage.
void lw_report_damage_(lw_arena *arena, lw_rule rule, lw_incarnation incarnation, uint64_t poison_key,
                       const lw_damage *damage, lw_deed detected);
/// LW011: the arena closes. `loan` NULL: the block was never freed.
void lw_report_leak_(lw_arena *arena, lw_incarnation incarnation, lw_loan_record *_Nullable loan, lw_deed detected);

#pragma clang assume_nonnull end
