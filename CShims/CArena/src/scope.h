// What a scope is made of, for the files that record into it. A scope points to its recorder: a record file and the
// table of keys that belongs to it. Only the default scope ever changes its recorder, at its first finding and at the
// first finding after a fork; the change is one compare-and-swap, so that no finding waits for another.
#pragma once

#include <stdatomic.h>
#include <sys/types.h>

#include "lw_finding.h"
#include "options.h"
#include "recording.h"

#pragma clang assume_nonnull begin

/// One key of a recorder's table. Claimed by its fingerprint, then given a record.
typedef struct lw_key_slot {
  _Atomic uint64_t fingerprint; ///< 0: empty
  _Atomic uint64_t pending;     ///< occurrences not yet added to the record
  _Atomic uint32_t record;      ///< index + 1; 0 while it is being claimed or when there was no room
} lw_key_slot;

typedef struct lw_recorder {
  lw_record_file *file;
  size_t file_bytes;        ///< to release; 0 when the caller owns the mapping
  size_t bytes;             ///< of this structure with its table
  pid_t pid;                ///< the process that may write here
  bool is_final;            ///< false: the default scope's before its first finding, when no file exists
  _Atomic bool is_raw_file; ///< `file` is the raw file on disk
  _Atomic bool full_said;
  uint32_t slot_count; ///< a power of two
  lw_key_slot slots[];
} lw_recorder;

enum { LW_RECORDS_MAX = 1 << 20 }; ///< capacity of a record file

/// A recorder whose file lives in its own pages; NULL when there is no memory. End it with `lw_recorder_release_`.
lw_recorder *_Nullable lw_recorder_in_memory_(uint32_t capacity);
/// A recorder whose file lives in the caller's mapping; NULL when there is no memory or `bytes` hold no record. Records
/// of an earlier use are emptied. End it with `lw_recorder_release_`.
lw_recorder *_Nullable lw_recorder_in_mapping_(void *mapping, size_t bytes);
void lw_recorder_release_(lw_recorder *recorder);

typedef struct lw_observer {
  void (*consume)(void *_Nullable context, lw_rule rule, uint32_t arena, uint64_t incarnation);
  void *_Nullable context;
  struct lw_observer *_Nullable older; ///< kept until the scope ends: a finding on another thread may be reading it
} lw_observer;

struct lw_scope {
  _Atomic(lw_recorder *) recorder;
  _Atomic(lw_observer *) observer; ///< NULL: nobody observes
  lw_lock observers_lock;
  lw_observer *_Nullable observers LW_GUARDED_BY(&observers_lock);
  _Atomic uint32_t arenas; ///< open or abandoned
  _Atomic uint64_t seed;
  _Atomic uint64_t execution;
  _Atomic bool refreshing_images;
  bool is_default;
  bool quiet;
  lw_on_finding on_finding;
  int exit_code;
};

/// The recorder that takes a finding made now; makes the default scope's raw file when there is none yet.
/// Async-signal-safe.
lw_recorder *lw_scope_recorder_(lw_scope *scope);
/// The default scope, NULL while nobody has asked for it.
lw_scope *_Nullable lw_scope_default_if_any_(void);

enum { LW_RAW_PATH_BYTES = LW_LOG_PATH_BYTES + 40 };
/// The path of this process's raw file.
void lw_raw_file_path_(char path[_Nonnull LW_RAW_PATH_BYTES]);
/// Makes a file of `bytes` under a temporary name, starts it with a copy of `head` and maps it. NULL and errno when the
/// place is full or cannot be written. Async-signal-safe.
lw_record_file *_Nullable lw_raw_file_make_(const lw_record_file *head, size_t bytes);
/// Gives the file made by the calling thread its final name. False and errno when the directory refuses.
bool lw_raw_file_publish_(void);
/// Removes the temporary name again.
void lw_raw_file_discard_(void);
/// Says once why there is no raw file and what to do about it.
void lw_raw_file_refused_(int error, size_t bytes);

/// Says that a finding was made which decides how the program ends: with `exit_code`.
void lw_program_end_decide_(int exit_code);
/// Prints the closing line of the default scope, when this process had findings there.
void lw_program_end_line_(void);

#pragma clang assume_nonnull end
