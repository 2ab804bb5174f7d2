// Named objects: a list, because programs have a handful of them. An object that is on its way out still stands in the
// list for a moment; nobody can get a reference to it any more, and it does not keep its name from others.
#include "names.h"

#include <string.h>

typedef struct named_object {
  TAILQ_ENTRY(named_object) link;
  lw_object *object;
  char name[MAX_PATH];
} named_object;

static lw_lock names_lock;
static TAILQ_HEAD(, named_object) names LW_GUARDED_BY(names_lock) = TAILQ_HEAD_INITIALIZER(names);
static lw_pool pool = LW_POOL(named_object);

static lw_object *_Nullable find(const char *name) LW_REQUIRES(names_lock) {
  named_object *entry;
  TAILQ_FOREACH(entry, &names, link) {
    if (strcmp(entry->name, name) == 0 && lw_object_retain_(entry->object)) return entry->object;
  }
  return NULL;
}

lw_object *lw_name_find_(const char *name) {
  lw_lock_acquire(&names_lock);
  lw_object *found = find(name);
  lw_lock_release_quietly(&names_lock);
  return found;
}

lw_object *lw_name_claim_(const char *name, lw_object *object) {
  named_object *entry = lw_pool_take(&pool);
  if (!entry) return NULL;
  strncpy(entry->name, name, MAX_PATH - 1);
  entry->object = object;
  lw_lock_acquire(&names_lock);
  lw_object *found = find(name);
  if (!found) TAILQ_INSERT_TAIL(&names, entry, link);
  lw_lock_release_quietly(&names_lock);
  if (!found) return object;
  lw_pool_give(&pool, entry);
  return found;
}

void lw_name_drop_(const lw_object *object) {
  lw_lock_acquire(&names_lock);
  named_object *entry;
  TAILQ_FOREACH(entry, &names, link) {
    if (entry->object == object) break;
  }
  if (entry) TAILQ_REMOVE(&names, entry, link);
  lw_lock_release_quietly(&names_lock);
  if (entry) lw_pool_give(&pool, entry);
}
