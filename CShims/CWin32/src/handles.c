// The handle table. A handle is (slot index + 1) * 4; the pseudo handles -1 and -2 stand for the caller's own process
// and thread.
//
// Looking a handle up is the commonest thing a program does here, on several threads, so it takes no lock: an entry is
// one word of object address (48 bits) and *borrowed* (16), the references that lookups took through this entry. A
// lookup adds one to `borrowed`; whoever is done subtracts one from the object's own count. The two meet when the
// handle is closed: the object's count holds HANDLE_SHARE for an open handle, and closing replaces that by `borrowed`.
// So the count cannot reach zero while a handle is open, and an object cannot go between reading the entry and holding
// a reference.
#include "accounting.h"
#include "process.h"
#include "sent_handles.h"
#include "slots.h"
#include "stale_handles.h"
#include "synchapi.h"

#define HANDLE_SHARE ((int64_t)1 << 40)
enum { ADDRESS_BITS = 48, BORROWED_MAX = 1 << 14 };
#define BORROWED_ONE ((uint64_t)1 << ADDRESS_BITS)

typedef struct handle_entry {
  lw_slot slot;
  _Atomic uint64_t word;
  _Atomic lw_rights rights;
  lw_handle_past past; ///< under `table_lock`
} handle_entry;

static lw_lock table_lock; // guards `table` but for the entries' words
static lw_slots table = {.slot_bytes = sizeof(handle_entry)};

static lw_object *_Nullable object_of(uint64_t word) { return (lw_object *)(uintptr_t)(word & (BORROWED_ONE - 1)); }
static int64_t borrowed_of(uint64_t word) { return (int64_t)(word >> ADDRESS_BITS); }

static handle_entry *_Nullable entry_of(HANDLE _Nullable handle) {
  uint64_t number = (uint64_t)(uintptr_t)handle >> 2;
  return number == 0 ? NULL : lw_slot_at_(&table, number - 1);
}

HANDLE lw_handle_open_(lw_object *object) { return lw_handle_open_with_(object, LW_RIGHTS_ALL); }

HANDLE lw_handle_open_with_(lw_object *object, lw_rights rights) { return lw_handle_open_at_(object, rights, NULL); }

HANDLE lw_handle_open_at_(lw_object *object, lw_rights rights, HANDLE value) {
  lw_handle_deed opened = lw_handle_deed_now_();
  lw_lock_acquire(&table_lock);
  handle_entry *entry =
      (handle_entry *)(value ? lw_slot_take_at_(&table, (uint32_t)((uintptr_t)value >> 2) - 1) : lw_slot_take_(&table));
  if (entry) entry->past.opened = opened;
  lw_lock_release_quietly(&table_lock);
  if (!entry) {
    lw_object_release_(object);
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_touch(entry, LW_ACCESS_WRITE);
  HANDLE handle = (HANDLE)(((uintptr_t)entry->slot.index + 1) << 2);
  uint64_t none = 0;
  // relaxed, here and twice below: a number for the trace, whichever handle was first; and the word publishes the rest.
  atomic_compare_exchange_strong_explicit(&object->handle, &none, (uint64_t)(uintptr_t)handle, memory_order_relaxed,
                                          memory_order_relaxed);
  atomic_fetch_add_explicit(&object->handles, 1, memory_order_relaxed);
  atomic_store_explicit(&entry->rights, rights, memory_order_relaxed);
  lw_object_give_(object, 1 - HANDLE_SHARE);
  // release: whoever finds the object through this word sees it whole.
  atomic_store_explicit(&entry->word, (uint64_t)(uintptr_t)object, memory_order_release);
  return handle;
}

/// Moves what the entry lent out to the object's own count, long before 16 bits overflow. The caller holds a reference,
/// so the count is not zero at any moment of this.
static __attribute__((noinline)) void fold_borrowed(handle_entry *entry, uint64_t word) {
  lw_object *object = object_of(word);
  uint64_t expected = word;
  lw_object_give_(object, -borrowed_of(word));
  // relaxed: no reader learns anything about the object from this word that it did not know; on failure another lookup
  // came between, and the next one tries again.
  if (!atomic_compare_exchange_strong_explicit(&entry->word, &expected, word & (BORROWED_ONE - 1), memory_order_relaxed,
                                               memory_order_relaxed))
    lw_object_give_(object, borrowed_of(word));
}

/// The object of an open entry, with a reference; NULL when the entry is not open.
static inline lw_object *_Nullable borrow(handle_entry *entry) {
  lw_touch(entry, LW_ACCESS_READ);
  // relaxed: only the exchange below decides.
  uint64_t word = atomic_load_explicit(&entry->word, memory_order_relaxed);
  while (word != 0) {
    // acquire: pairs with the release of `lw_handle_open_with_`.
    if (!atomic_compare_exchange_weak_explicit(&entry->word, &word, word + BORROWED_ONE, memory_order_acquire,
                                               memory_order_relaxed))
      continue;
    word += BORROWED_ONE;
    if (__builtin_expect(borrowed_of(word) >= BORROWED_MAX, 0)) fold_borrowed(entry, word);
    return object_of(word);
  }
  return NULL;
}

/// The entry of a handle that is not open, after what others have sent has been opened.
static handle_entry *_Nullable arrived(HANDLE _Nullable handle) {
  return lw_handles_arrive_() ? entry_of(handle) : NULL;
}

/// The caller's own process or thread, with a reference, for its pseudo handle.
static lw_object *_Nullable pseudo_object(HANDLE _Nullable handle) {
  lw_object *object = NULL;
  if (handle == GetCurrentProcess()) object = (lw_object *)lw_process_current_();
  if (handle == GetCurrentThread()) object = (lw_object *)lw_thread_current_();
  return object && lw_object_retain_(object) ? object : NULL;
}

/// Refuses a handle whose entry is closed (`object` NULL) or that has another type than `type` (NULL: any that can be
/// waited for), and reports it when it was right once.
static lw_object *_Nullable refuse(HANDLE _Nullable handle, lw_object *_Nullable object,
                                   const lw_object_type *_Nullable type, const char *api) {
  handle_entry *entry = entry_of(handle);
  if (entry) {
    lw_lock_acquire(&table_lock);
    lw_handle_past past = entry->past;
    lw_lock_release_quietly(&table_lock);
    bool was_right = past.type && (!object || (!type || past.type == type));
    if (was_right) lw_report_stale_handle_(handle, &past, object ? object->type : NULL, api);
  }
  if (object) lw_object_release_(object);
  lw_failed_(ERROR_INVALID_HANDLE);
  return NULL;
}

void lw_handle_check_(HANDLE handle, lw_object *object, const char *api) {
  handle_entry *entry = entry_of(handle);
  uint64_t whole = (uint64_t)(uintptr_t)handle & ~(uint64_t)3;
  // relaxed: set when the object got its first handle, long before this.
  if (!entry || atomic_load_explicit(&object->handle, memory_order_relaxed) != whole) return;
  lw_object *now = borrow(entry);
  if (!now) return;
  if (now != object) {
    lw_lock_acquire(&table_lock);
    lw_handle_past past = entry->past;
    lw_lock_release_quietly(&table_lock);
    past.type = object->type;
    lw_report_stale_handle_(handle, &past, now->type, api);
  }
  lw_object_release_(now);
}

/// The object of an open entry, with a reference, and its rights; NULL when the entry is not open.
static inline lw_object *_Nullable borrow_with_rights(handle_entry *entry, lw_rights *rights) {
  lw_object *object = borrow(entry);
  // relaxed: the word, which was read with acquire order, published it. A lookup that races with a close and a new open
  // of the same value is judged by one of the two.
  if (object) *rights = atomic_load_explicit(&entry->rights, memory_order_relaxed);
  return object;
}

/// What a lookup comes to that has found no open entry.
static __attribute__((noinline))
lw_object *_Nullable find_rarely(HANDLE _Nullable handle, lw_rights *rights, const char *api) {
  handle_entry *entry = entry_of(handle);
  lw_object *object = entry ? NULL : pseudo_object(handle);
  *rights = LW_RIGHTS_ALL;
  if (!object && (entry = arrived(handle))) object = borrow_with_rights(entry, rights);
  return object ? object : refuse(handle, NULL, NULL, api);
}

lw_object *lw_handle_any_object_(HANDLE handle, lw_rights *rights, const char *api) {
  handle_entry *entry = entry_of(handle);
  lw_object *object = entry ? borrow_with_rights(entry, rights) : NULL;
  return object ? object : find_rarely(handle, rights, api);
}

/// What a lookup comes to that has not simply found what it wants.
static __attribute__((noinline))
lw_object *_Nullable judge(HANDLE _Nullable handle, lw_object *_Nullable object, lw_rights rights,
                           const lw_object_type *_Nullable type, DWORD access, const char *api) {
  if (!object) object = find_rarely(handle, &rights, api);
  if (!object) return NULL;
  if (type && object->type != type) return refuse(handle, object, type, api);
  if (!type) access |= SYNCHRONIZE;
  if ((access & ~rights) == 0) return object;
  lw_object_release_(object);
  lw_failed_(ERROR_ACCESS_DENIED);
  return NULL;
}

lw_object *lw_handle_object_for_(HANDLE handle, const lw_object_type *type, DWORD access, const char *api) {
  lw_rights rights = 0;
  handle_entry *entry = entry_of(handle);
  lw_object *object = entry ? borrow_with_rights(entry, &rights) : NULL;
  bool fits = object && object->type == type && (access & ~rights) == 0;
  return __builtin_expect(fits, 1) ? object : judge(handle, object, rights, type, access, api);
}

bool lw_handle_is_of_(HANDLE handle, const lw_object *object, DWORD access) {
  handle_entry *entry = entry_of(handle);
  if (!entry) return false;
  lw_touch(entry, LW_ACCESS_READ);
  // acquire: as in borrow. relaxed: as in borrow_with_rights.
  uint64_t word = atomic_load_explicit(&entry->word, memory_order_acquire);
  return object_of(word) == object && (access & ~atomic_load_explicit(&entry->rights, memory_order_relaxed)) == 0;
}

lw_rights lw_handle_rights_(HANDLE handle) {
  handle_entry *entry = entry_of(handle);
  // relaxed: as above.
  return entry ? atomic_load_explicit(&entry->rights, memory_order_relaxed) : 0;
}

bool lw_handle_set_flags_(HANDLE handle, lw_rights mask, lw_rights flags, const char *api) {
  handle_entry *entry = entry_of(handle);
  lw_object *object = entry ? borrow(entry) : NULL;
  if (!object && (entry = arrived(handle))) object = borrow(entry);
  if (!object) return refuse(handle, NULL, NULL, api) != NULL;
  // relaxed: two calls that change one handle at the same time have no order anyway.
  lw_rights before = atomic_load_explicit(&entry->rights, memory_order_relaxed);
  atomic_store_explicit(&entry->rights, (before & ~mask) | (flags & mask), memory_order_relaxed);
  lw_object_release_(object);
  return true;
}

/// Gives a closed entry back.
static void give_entry(handle_entry *entry, const lw_object_type *type) {
  lw_handle_deed closed = lw_handle_deed_now_();
  lw_lock_acquire(&table_lock);
  entry->past.type = type;
  entry->past.closed = closed;
  lw_slot_give_(&table, &entry->slot);
  lw_lock_release_quietly(&table_lock);
}

lw_closing lw_handle_remove_(HANDLE handle, const char *api) {
  lw_closing closing = {.object = NULL};
  handle_entry *entry = entry_of(handle);
  // relaxed: only the exchange below decides.
  bool is_open = entry && atomic_load_explicit(&entry->word, memory_order_relaxed) != 0;
  if (!is_open && lw_handles_arrive_()) entry = entry_of(handle);
  // relaxed: a handle that is protected at the same time is closed before or after.
  if (entry && atomic_load_explicit(&entry->rights, memory_order_relaxed) & LW_RIGHTS_PROTECT) {
    lw_failed_(ERROR_INVALID_HANDLE);
    return closing;
  }
  if (entry) lw_touch(entry, LW_ACCESS_WRITE);
  // acquire: the closing thread goes on to use the object.
  uint64_t word = entry ? atomic_exchange_explicit(&entry->word, 0, memory_order_acquire) : 0;
  if (word == 0) {
    refuse(handle, NULL, NULL, api);
    return closing;
  }
  closing.object = object_of(word);
  closing.references = HANDLE_SHARE - borrowed_of(word);
  give_entry(entry, closing.object->type);
  // acquire and release: what was done through any handle happens before the farewell of the last.
  closing.last = atomic_fetch_sub_explicit(&closing.object->handles, 1, memory_order_acq_rel) == 1;
  return closing;
}

lw_object *lw_handle_next_inherited_(HANDLE *handle, lw_rights *rights) {
  lw_lock_acquire(&table_lock);
  uint32_t used = table.used;
  lw_lock_release_quietly(&table_lock);
  for (uint32_t index = (uint32_t)((uintptr_t)*handle >> 2); index < LW_SLOTS_APART + LW_SLOTS_PER_CHUNK; index++) {
    if (index >= used && index < LW_SLOTS_APART) index = LW_SLOTS_APART;
    handle_entry *entry = lw_slot_at_(&table, index);
    lw_object *object = entry ? borrow(entry) : NULL;
    if (!object) continue;
    // relaxed: as in borrow_with_rights.
    *rights = atomic_load_explicit(&entry->rights, memory_order_relaxed);
    *handle = (HANDLE)(((uintptr_t)index + 1) << 2);
    if (*rights & LW_RIGHTS_INHERIT) return object;
    lw_object_release_(object);
  }
  return NULL;
}

uint64_t lw_handle_count_(void) {
  lw_lock_acquire(&table_lock);
  uint64_t count = table.taken;
  lw_lock_release_quietly(&table_lock);
  return count;
}
