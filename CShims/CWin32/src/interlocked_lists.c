// Interlocked singly linked lists. One lock for all of them: a pop has to read the entry that it takes, which another
// thread may have popped and given back meanwhile.
#include "interlockedlists.h"

#include "object.h"

static lw_lock lists_lock;

void InitializeSListHead(SLIST_HEADER *list) { *list = (SLIST_HEADER){.Alignment = 0}; }

SLIST_ENTRY *InterlockedPushEntrySList(SLIST_HEADER *list, SLIST_ENTRY *entry) {
  lw_point(LW_POINT_POST, list, LW_ACCESS_WRITE);
  lw_lock_acquire(&lists_lock);
  SLIST_ENTRY *before = list->own.first;
  entry->Next = before;
  list->own.first = entry;
  list->own.depth++;
  lw_lock_release(&lists_lock);
  return before;
}

SLIST_ENTRY *InterlockedPopEntrySList(SLIST_HEADER *list) {
  lw_point(LW_POINT_DEQUEUE, list, LW_ACCESS_WRITE);
  lw_lock_acquire(&lists_lock);
  SLIST_ENTRY *first = list->own.first;
  if (first) list->own.first = first->Next;
  if (first) list->own.depth--;
  lw_lock_release(&lists_lock);
  return first;
}

SLIST_ENTRY *InterlockedFlushSList(SLIST_HEADER *list) {
  lw_point(LW_POINT_DEQUEUE, list, LW_ACCESS_WRITE);
  lw_lock_acquire(&lists_lock);
  SLIST_ENTRY *first = list->own.first;
  list->own.first = NULL;
  list->own.depth = 0;
  lw_lock_release(&lists_lock);
  return first;
}

USHORT QueryDepthSList(SLIST_HEADER *list) {
  lw_lock_acquire(&lists_lock);
  USHORT depth = (USHORT)list->own.depth;
  lw_lock_release(&lists_lock);
  return depth;
}
