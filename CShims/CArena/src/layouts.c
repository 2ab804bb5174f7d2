// The table of registered types. Entries are written once, under a lock, and never change, so reports read them
// without.
#include "layouts.h"

#include <string.h>

static lw_lock layouts_lock;
static lw_layout_entry entries[LW_LAYOUTS_MAX];
static _Atomic uint32_t entry_count;

static lw_layout find(const char *name, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (strncmp(entries[i].name, name, sizeof entries[i].name - 1) == 0) return i + 1;
  return 0;
}

lw_layout lw_layout_register(const char *name, const lw_field *fields, size_t count) {
  if (count > LW_LAYOUT_FIELDS_MAX) return 0;
  lw_lock_acquire(&layouts_lock);
  uint32_t used = atomic_load(&entry_count);
  lw_layout layout = find(name, used);
  if (layout == 0 && used < LW_LAYOUTS_MAX) {
    lw_layout_entry *entry = &entries[used];
    strncpy(entry->name, name, sizeof entry->name - 1);
    entry->field_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
      entry->fields[i] = fields[i];
      entry->fields[i].name[sizeof fields[i].name - 1] = 0;
    }
    atomic_store(&entry_count, used + 1);
    layout = used + 1;
  }
  lw_lock_release_quietly(&layouts_lock);
  return layout;
}

const lw_layout_entry *lw_layout_entry_(lw_layout layout) {
  return layout != 0 && layout <= atomic_load(&entry_count) ? &entries[layout - 1] : NULL;
}
