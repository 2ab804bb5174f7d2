// The seam between the arena, which knows the facts of a finding, and the scope, which counts, deduplicates, records
// and prints it. Lock-free and async-signal-safe; nothing here allocates.
#pragma once

#include "lw_finding.h"

#pragma clang assume_nonnull begin

/// An arena that was opened reports into `scope`; an arena that was closed and unmapped does not any more. An abandoned
/// arena keeps its scope: `lw_scope_destroy` then leaves it alive.
void lw_scope_arena_opened_(lw_scope *scope);
void lw_scope_arena_closed_(lw_scope *scope);

/// What makes two findings the same for the purpose of recording: the rule and the stacks that name its cause. Counting
/// goes by rule only; the signature proper is made later from symbols.
typedef struct lw_recording_key {
  lw_rule rule;
  lw_stack_id freed;
  lw_stack_id lent;
  lw_stack_id detected; ///< only for rules that have no free (LW008 ...), else LW_STACK_NONE
  const char *_Nullable api;
} lw_recording_key;

/// A finding in the making. `record` is NULL when this key was recorded before (its occurrences have been counted up)
/// or when there is no room; the finding is counted all the same.
typedef struct lw_recording {
  lw_scope *scope;
  lw_record *_Nullable record;
  uint64_t serial;
} lw_recording;

/// Counts the finding and claims a record for a new key. Fills version, rule, name, serial, seed, execution,
/// occurrences.
lw_recording lw_recording_begin_(lw_scope *scope, const lw_recording_key *key, const char *_Nullable name);
/// Copies a stack into a moment: frames from the depot, the thread's name, time since the scope's start.
void lw_recording_moment_(lw_recording *recording, lw_moment moment, lw_stack_id stack, uint32_t thread,
                          uint64_t stamp);
/// Whether its end prints a line: new keys only, and nothing of a quiet scope.
bool lw_recording_prints_(const lw_recording *recording);
/// Ends it: publishes the record, tells the observer, prints the line, then continues, exits or aborts as configured.
/// `line` is the part after "Latewrite LW002 stale-write: ", without a newline; NULL where none is printed.
void lw_recording_end_(lw_recording *recording, lw_rule rule, uint32_t arena, uint64_t incarnation,
                       const char *_Nullable line);

#pragma clang assume_nonnull end
