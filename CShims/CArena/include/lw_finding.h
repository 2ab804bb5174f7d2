// Findings: what a rule says when it is broken, where findings go, and the raw record that a report is made from.
//
// Rule 9: a report never depends on the memory, the locks or the allocator of the program it reports on. C writes one
// fixed line and one flat record (program counters, build ids, bytes) into a mapping; everything else is rendered
// later, elsewhere, always by the same path.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lw_schedule.h"
#include "lw_stack.h"

#pragma clang assume_nonnull begin

/// The rules. `X(number, name)`: LW001 ... LW018.
#define LW_RULES(X)                                                                                                    \
  X(1, "freed-while-lent")                                                                                             \
  X(2, "stale-write")                                                                                                  \
  X(3, "write-into-reused-block")                                                                                      \
  X(4, "unexpected-event")                                                                                             \
  X(5, "false-completion")                                                                                             \
  X(6, "false-alarm")                                                                                                  \
  X(7, "double-free")                                                                                                  \
  X(8, "double-unregister")                                                                                            \
  X(9, "stale-handle")                                                                                                 \
  X(10, "out-of-bounds-write")                                                                                         \
  X(11, "leak")                                                                                                        \
  X(12, "hang")                                                                                                        \
  X(13, "write-during-free")                                                                                           \
  X(14, "refused-kernel-write")                                                                                        \
  X(15, "reused-while-lent")                                                                                           \
  X(16, "lent-stack-unwound")                                                                                          \
  X(17, "waited-handle-closed")                                                                                        \
  X(18, "self-unregister")
enum { LW_RULE_COUNT = 19 }; ///< rules are 1 ... 18; arrays by rule have this many entries
typedef uint32_t lw_rule;
/// "stale-write"; "invalid-free" has its own name under rule 7 (see lw_record.name).
const char *lw_rule_name(lw_rule rule);

// ----------------------------------------------------------------------------------------------------------- record

/// Moments of a finding, in causal order.
typedef enum __attribute__((enum_extensibility(closed))) lw_moment {
  LW_MOMENT_ALLOCATED,
  LW_MOMENT_LENT,
  LW_MOMENT_CANCELLED,
  LW_MOMENT_FREED,
  LW_MOMENT_WRITTEN,         ///< the borrower's write began (checked API)
  LW_MOMENT_COMPLETED,       ///< the packet was posted
  LW_MOMENT_DETECTED,        ///< where the rule was found broken
  LW_MOMENT_OWNER_ALLOCATED, ///< the incarnation that has the address now
  LW_MOMENT_OWNER_LENT,
  LW_MOMENT_COUNT
} lw_moment;

enum {
  LW_RECORD_FRAMES = 24,
  LW_RECORD_BYTES = 128, ///< of the window around the damage
  LW_RECORD_FIELDS = 12,
  LW_RECORD_HISTORY = 24,
  LW_RECORD_IMAGES = 48,
  LW_RECORD_VERSION = 1
};

/// One stack. `frame_count` 0 and `thread` 0: this moment did not happen or was not captured.
typedef struct lw_record_stack {
  uint32_t thread;
  uint32_t frame_count;
  uint64_t stamp;      ///< lw_clock_stamp; 0 when unknown
  uint64_t time_ns;    ///< since the scope was created; filled by the recorder
  uint64_t step;       ///< of a controlled execution, else 0
  uint8_t first_exact; ///< frame 0 is an instruction, not a return address
  uint8_t lost;        ///< the depot was full
  uint8_t reserved[6];
  char thread_name[16];
  uint64_t frames[LW_RECORD_FRAMES];
} lw_record_stack;

typedef struct lw_record_field {
  char name[24];
  uint32_t offset;
  uint32_t bytes;
} lw_record_field;

/// A finding, flat. Strings are terminated; unknown numbers are 0 and `known` says which optional parts are there.
typedef struct lw_record {
  uint32_t version;
  uint32_t state; ///< 0 empty, 1 being written, 2 whole (release-stored last)
  uint32_t rule;
  uint32_t arena;
  char name[32]; ///< the rule's name; "invalid-free" for that half of LW007
  char api[48];  ///< of the loan (or the call at fault); "" when there is none
  char arena_name[32];
  char layout[32];      ///< type of the block, "" unknown
  uint64_t serial;      ///< of the finding within its scope, from 1
  uint64_t cause;       ///< serial of the LW001 that this is the effect of; 0 none
  uint64_t occurrences; ///< how often the same key was found (atomic add while running)
  uint64_t seed;        ///< lw_scope_set_execution
  uint64_t execution;
  uint64_t operation; ///< of the loan
  uint64_t address;   ///< start of the block (or the address at fault)
  uint64_t slot;
  uint64_t slot_bytes;
  uint64_t requested;
  uint64_t generation;     ///< that was lent / freed
  uint64_t generation_now; ///< at the address when the finding was made
  uint32_t state_now;      ///< lw_block_state
  uint32_t open_loans;
  uint64_t writers;
  uint64_t access_offset;
  uint64_t access_bytes;  ///< 0: no access is part of the finding
  uint32_t landing;       ///< lw_landing
  uint32_t writer_known;  ///< 1: a checked write; 0: damage that verify found
  int64_t result;         ///< of the call at fault, where it has one
  uint64_t operation_now; ///< of the newest loan of the incarnation that has the address now; 0 none
  uint64_t delay_ns;      ///< from the free to the write or dequeue; 0 unknown
  uint32_t field_count;
  uint32_t history_count;
  uint32_t window_offset; ///< of before/after within the block
  uint32_t window_bytes;
  uint8_t before[LW_RECORD_BYTES]; ///< poison that was there (or the expected bytes)
  uint8_t after[LW_RECORD_BYTES];  ///< what is there now
  lw_record_field fields[LW_RECORD_FIELDS];
  lw_record_stack moments[LW_MOMENT_COUNT];
  lw_event_record history[LW_RECORD_HISTORY]; ///< last events of this slot, when tracing was on; oldest first
} lw_record;

/// The head of a raw file (or shared mapping). Layout: this header, then `record_capacity` records.
typedef struct lw_record_file {
  char magic[8];         ///< "LWRAW\0\0\1"
  uint32_t header_bytes; ///< sizeof(lw_record_file)
  uint32_t record_bytes; ///< sizeof(lw_record)
  uint32_t record_capacity;
  uint32_t record_count; ///< claimed so far (atomic); a record counts when its state is 2
  uint64_t records_lost; ///< findings of a new key that found no room
  uint64_t pid;
  uint64_t start_stamp;
  uint64_t start_unix_ns;
  uint64_t stamp_hz;              ///< frequency of stamps
  uint64_t counts[LW_RULE_COUNT]; ///< occurrences by rule (atomic)
  uint64_t serials;               ///< findings so far (atomic)
  uint32_t image_count;
  uint32_t degraded; ///< 1: `degradation` says what was not available
  char degradation[160];
  char program[256];
  lw_image images[LW_RECORD_IMAGES];
} lw_record_file;

// ----------------------------------------------------------------------------------------------------------- scopes

/// Where the findings of some arenas go: a run, a test, or the whole process.
typedef struct lw_scope lw_scope;

/// What a finding does to the program.
typedef enum __attribute__((enum_extensibility(closed))) lw_on_finding {
  LW_ON_FINDING_CONTINUE, ///< count, record, and at exit end with `exit_code`
  LW_ON_FINDING_EXIT,     ///< _exit(exit_code) after the record is whole
  LW_ON_FINDING_ABORT
} lw_on_finding;

typedef struct lw_scope_config {
  void *_Nullable mapping; ///< memory for an lw_record_file, owned by the caller and outliving the scope; NULL: own
                           ///< pages
  size_t mapping_bytes;
  uint32_t record_capacity; ///< used when `mapping` is NULL; default 64
  bool quiet;               ///< no line on standard error
  lw_on_finding on_finding;
  int exit_code;
} lw_scope_config;
/// How many bytes a mapping for `capacity` records needs.
size_t lw_record_file_bytes(uint32_t capacity);

/// NULL when there is no memory or the mapping is too small. Destroy with `lw_scope_destroy` after its arenas are
/// closed (arenas abandoned with open loans keep their scope alive: then it is abandoned too).
lw_scope *_Nullable lw_scope_create(const lw_scope_config *config);
void lw_scope_destroy(lw_scope *scope);
/// The process's own: one line on standard error per new key, raw records in `latewrite.<pid>.raw` under the option
/// `log_path` (default: the working directory), created at the first finding, behaviour by LATEWRITE_OPTIONS.
lw_scope *lw_scope_default(void);
/// Has `scope`, which must live as long as the process, take what belongs to no arena, instead of the default scope:
/// for a process that runs nothing but what the scope is for. False when the default scope is in use already.
bool lw_scope_take_rest(lw_scope *scope);
/// Has `other`, which must live as long as the process, take it from `scope`, which has it. False when that has not.
bool lw_scope_pass_rest(lw_scope *scope, lw_scope *other);
/// Stamps the records that follow.
void lw_scope_set_execution(lw_scope *scope, uint64_t seed, uint64_t execution);
/// The mapping of a scope: header and records, readable at any time. Owned by the scope or its creator.
const lw_record_file *lw_scope_file(const lw_scope *scope);
/// Record number `index` below `record_count`, NULL while it is not whole.
const lw_record *_Nullable lw_record_at(const lw_record_file *file, uint32_t index);
/// Occurrences of a rule so far, duplicates included.
uint64_t lw_scope_count(const lw_scope *scope, lw_rule rule);
/// Calls `consume` for every finding made in `scope` from now on, duplicates too, on the thread that made it, with no
/// lock held: (context, rule, arena, incarnation). NULL ends it. For checkers that compare findings with events.
void lw_scope_observe(lw_scope *scope,
                      void (*_Nullable consume)(void *_Nullable context, lw_rule rule, uint32_t arena,
                                                uint64_t incarnation),
                      void *_Nullable context);

// ------------------------------------------------------------------------------------------ for the layers above
// CArena

/// A finding that a layer above makes about a block, a handle or a packet. Zero fields are unknown.
typedef struct lw_finding {
  lw_rule rule;
  const char *_Nullable name;   ///< NULL: the rule's
  const char *_Nullable phrase; ///< of the line; NULL: the rule's
  const char *_Nullable api;
  const void *_Nullable address;
  uint64_t incarnation; ///< the one at fault; its stacks are looked up in the arena
  uint64_t operation;
  int64_t result;
  lw_stack_id completed; ///< stack of the post
  uint64_t completed_stamp;
  uint32_t completed_thread;
  lw_stack_id cancelled; ///< e.g. the stack of a CloseHandle
  uint64_t cancelled_stamp;
  uint32_t cancelled_thread;
  lw_stack_id owner; ///< who has what is at fault now, e.g. the stack that opened a handle whose value was recycled
  uint64_t owner_stamp;
  uint32_t owner_thread;
} lw_finding;
struct lw_arena;
void lw_report_(struct lw_arena *_Nullable arena, const lw_finding *finding);
/// Reports in the scope of `arena`, or in the default scope without one.
static inline void lw_report(struct lw_arena *_Nullable arena, const lw_finding *finding) {
  lw_report_(arena, finding);
  LW_KEEP_CALLER_FRAME();
}

// ---------------------------------------------------------------------------------------------------------- options

/// LATEWRITE_OPTIONS=key=value:key=value. `X(key, type, default, help)`; parser, `help=1` and documentation come from
/// here.
#define LW_OPTIONS(X)                                                                                                  \
  X(help, "0|1", "0", "print these options on standard error and go on")                                               \
  X(on_finding, "continue|exit|abort", "continue", "what a finding does; continue still ends with exitcode at exit")   \
  X(exitcode, "0...255", "1", "exit code of a program that had a finding")                                             \
  X(log_path, "DIR", ".", "directory of the raw record latewrite.<pid>.raw")                                           \
  X(quiet, "0|1", "0", "no line on standard error for a finding")                                                      \
  X(records, "1...65536", "256", "findings of different keys that are recorded")                                       \
  X(reuse, "immediate|quarantine|random|never", "quarantine", "which freed block an allocation takes")                 \
  X(late_write, "lands|refused|stops", "lands", "what a late checked write does after it was reported")                \
  X(stacks, "off|fp|unwind", "fp", "how stacks are captured")                                                          \
  X(reserve, "BYTES[k|m|g]", "256m", "address range of an arena")                                                      \
  X(quarantine, "BYTES[k|m|g]", "16m", "bound of an arena's quarantine in bytes")                                      \
  X(quarantine_blocks, "N", "4096", "the same as a count of blocks")                                                   \
  X(loans, "N", "65536", "loan records of an arena")                                                                   \
  X(leaks, "0|1", "1", "report what was never freed or settled when an arena closes")                                  \
  X(trace, "0|1", "0", "record events, so that a report shows the last ones of its block")

#pragma clang assume_nonnull end
