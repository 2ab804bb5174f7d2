// Singly linked lists that several threads push to and pop from (interlockedapi.h, winnt.h of the SDK).
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// First member of an entry; aligned to 16 bytes, as on Windows.
typedef struct _SLIST_ENTRY {
  _Alignas(16) struct _SLIST_ENTRY *_Nullable Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

typedef union _SLIST_HEADER {
  struct {
    ULONGLONG Alignment;
    ULONGLONG Region;
  };
  _Alignas(16) struct {
    SLIST_ENTRY *_Nullable first; ///< the layer's own
    ULONGLONG depth;
  } own;
} SLIST_HEADER, *PSLIST_HEADER;

void InitializeSListHead(SLIST_HEADER *list);
/// Both return the entry that was the first before; NULL when there was none. An entry that was popped is the caller's.
SLIST_ENTRY *_Nullable InterlockedPushEntrySList(SLIST_HEADER *list, SLIST_ENTRY *entry);
SLIST_ENTRY *_Nullable InterlockedPopEntrySList(SLIST_HEADER *list);
/// Takes all, newest first.
SLIST_ENTRY *_Nullable InterlockedFlushSList(SLIST_HEADER *list);
/// At most 65,535.
USHORT QueryDepthSList(SLIST_HEADER *list);

#pragma clang assume_nonnull end
