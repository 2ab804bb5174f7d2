// The handle table. A handle is (slot index + 1) * 4.
//
// Looking a handle up is the commonest thing a program does here, on several threads, so it takes no lock: an entry is
// one word of object address (48 bits) and *borrowed* (16), the references that lookups took through this entry. A
// lookup adds one to `borrowed`; whoever is done subtracts one from the object's own count. The two meet when the
// handle is closed: the object's count holds HANDLE_SHARE for an open handle, and closing replaces that by `borrowed`.
// So the count cannot reach zero while a handle is open, and an object cannot go between reading the entry and holding
// a reference.
#include "accounting.h"
#include "object.h"
#include "slots.h"

#define HANDLE_SHARE ((int64_t)1 << 40)
enum { ADDRESS_BITS = 48, BORROWED_MAX = 1 << 14 };
#define BORROWED_ONE ((uint64_t)1 << ADDRESS_BITS)

typedef struct handle_entry {
  lw_slot slot;
  _Atomic uint64_t word;
} handle_entry;

static lw_lock table_lock; // guards `table` but for the entries' words
static lw_slots table = {.slot_bytes = sizeof(handle_entry)};

static lw_object *_Nullable object_of(uint64_t word) { return (lw_object *)(uintptr_t)(word & (BORROWED_ONE - 1)); }
static int64_t borrowed_of(uint64_t word) { return (int64_t)(word >> ADDRESS_BITS); }

static handle_entry *_Nullable entry_of(HANDLE _Nullable handle) {
  uint64_t number = (uint64_t)(uintptr_t)handle >> 2;
  return number == 0 ? NULL : lw_slot_at_(&table, number - 1);
}

HANDLE lw_handle_open_(lw_object *object) {
  lw_lock_acquire(&table_lock);
  handle_entry *entry = (handle_entry *)lw_slot_take_(&table);
  lw_lock_release_quietly(&table_lock);
  if (!entry) {
    lw_object_release_(object);
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_touch(entry, LW_ACCESS_WRITE);
  HANDLE handle = (HANDLE)(((uintptr_t)entry->slot.index + 1) << 2);
  uint64_t none = 0;
  // relaxed: a number for the trace, whichever handle was first.
  atomic_compare_exchange_strong_explicit(&object->handle, &none, (uint64_t)(uintptr_t)handle, memory_order_relaxed,
                                          memory_order_relaxed);
  lw_object_give_(object, 1 - HANDLE_SHARE);
  // release: whoever finds the object through this word sees it whole.
  atomic_store_explicit(&entry->word, (uint64_t)(uintptr_t)object, memory_order_release);
  return handle;
}

/// Moves what the entry lent out to the object's own count, long before 16 bits overflow. The caller holds a reference,
/// so the count is not zero at any moment of this.
static void fold_borrowed(handle_entry *entry, uint64_t word) {
  lw_object *object = object_of(word);
  uint64_t expected = word;
  lw_object_give_(object, -borrowed_of(word));
  // relaxed: no reader learns anything about the object from this word that it did not know; on failure another lookup
  // came between, and the next one tries again.
  if (!atomic_compare_exchange_strong_explicit(&entry->word, &expected, word & (BORROWED_ONE - 1), memory_order_relaxed,
                                               memory_order_relaxed))
    lw_object_give_(object, borrowed_of(word));
}

lw_object *lw_handle_object_(HANDLE handle, const lw_object_type *type) {
  handle_entry *entry = entry_of(handle);
  if (entry) lw_touch(entry, LW_ACCESS_READ);
  // relaxed: only the exchange below decides.
  uint64_t word = entry ? atomic_load_explicit(&entry->word, memory_order_relaxed) : 0;
  while (word != 0) {
    // acquire: pairs with the release of `lw_handle_open_`.
    if (!atomic_compare_exchange_weak_explicit(&entry->word, &word, word + BORROWED_ONE, memory_order_acquire,
                                               memory_order_relaxed))
      continue;
    lw_object *object = object_of(word);
    word += BORROWED_ONE;
    if (borrowed_of(word) >= BORROWED_MAX) fold_borrowed(entry, word);
    if (type ? object->type == type : object->type->waitable) return object;
    lw_object_release_(object);
    break;
  }
  lw_failed_(ERROR_INVALID_HANDLE);
  return NULL;
}

lw_object *lw_handle_remove_(HANDLE handle, int64_t *references) {
  handle_entry *entry = entry_of(handle);
  if (!entry) return NULL;
  lw_touch(entry, LW_ACCESS_WRITE);
  // acquire: the closing thread goes on to use the object.
  uint64_t word = atomic_exchange_explicit(&entry->word, 0, memory_order_acquire);
  if (word == 0) return NULL;
  lw_lock_acquire(&table_lock);
  lw_slot_give_(&table, &entry->slot);
  lw_lock_release_quietly(&table_lock);
  *references = HANDLE_SHARE - borrowed_of(word);
  return object_of(word);
}

uint64_t lw_handle_count_(void) {
  lw_lock_acquire(&table_lock);
  uint64_t count = table.taken;
  lw_lock_release_quietly(&table_lock);
  return count;
}
