// Named objects: a list, because programs have a handful of them. An object that is on its way out still stands in the
// list for a moment; nobody can get a reference to it any more, and it does not keep its name from others.
//
// A process that has a family has no such list: what has a name is a joint object (joint.h).
#include "names.h"

#include <string.h>

#include "family.h"
#include "joint.h"

typedef struct named_object {
  TAILQ_ENTRY(named_object) link;
  lw_object *object;
  char name[MAX_PATH];
} named_object;

static lw_lock names_lock;
static TAILQ_HEAD(, named_object) names LW_GUARDED_BY(names_lock) = TAILQ_HEAD_INITIALIZER(names);
static bool are_joint LW_GUARDED_BY(names_lock);
static lw_pool pool = LW_POOL(named_object);

static lw_object *_Nullable find(const char *name) LW_REQUIRES(names_lock) {
  named_object *entry;
  TAILQ_FOREACH(entry, &names, link) {
    if (strcmp(entry->name, name) == 0 && lw_object_retain_(entry->object)) return entry->object;
  }
  return NULL;
}

/// The caller's own namespace is the local one.
static const char *bare(const char *name) {
  static const char local[] = "Local\\";
  return strncmp(name, local, sizeof local - 1) == 0 ? name + sizeof local - 1 : name;
}

DWORD lw_name_refusal_(const char *name) {
  if (!name) return ERROR_SUCCESS;
  if (strlen(name) >= MAX_PATH) return ERROR_FILENAME_EXCED_RANGE;
  static const char global[] = "Global\\";
  const char *rest = bare(name);
  if (strncmp(rest, global, sizeof global - 1) == 0) rest += sizeof global - 1;
  return strchr(rest, '\\') ? ERROR_PATH_NOT_FOUND : ERROR_SUCCESS; // there are no directories of names
}

/// Makes the first of this process's own named objects a joint one, with a reference for the caller; NULL, and names
/// are the family's, when there is none left. One without a place there, or that is on its way out, keeps no name.
static lw_object *_Nullable share_first(bool *is_last) {
  lw_object *object = NULL;
  lw_lock_acquire(&names_lock);
  named_object *entry = TAILQ_FIRST(&names);
  *is_last = entry == NULL;
  if (entry) {
    TAILQ_REMOVE(&names, entry, link);
    if (lw_object_retain_(entry->object)) object = entry->object;
  }
  lw_dispatcher_enter_();
  if (object) lw_joint_publish_(object, entry->name);
  lw_lock_release_quietly(&lw_dispatcher_);
  if (*is_last) are_joint = true;
  lw_lock_release_quietly(&names_lock);
  if (entry) lw_pool_give(&pool, entry);
  return object;
}

bool lw_names_share_(void) {
  if (!lw_joint_open_()) return false;
  for (bool is_last = false; !is_last;) {
    lw_object *shared = share_first(&is_last);
    if (shared) lw_object_release_(shared);
  }
  return true;
}

/// Whether names are the family's. False and the last error when they are to be, and cannot.
static bool find_names(bool *are_the_familys) {
  if (lw_family_() != 0 && !lw_names_share_()) return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  lw_lock_acquire(&names_lock);
  *are_the_familys = are_joint;
  lw_lock_release_quietly(&names_lock);
  return true;
}

/// The object of a name of the family, with a reference; or `made`, which gets it. NULL: there is none, or no memory.
static lw_object *_Nullable find_joint(const char *name, lw_object *_Nullable made) {
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  lw_joint_begin_();
  uint32_t index = lw_joint_find_(name, &wakes);
  lw_object *object = index ? lw_joint_copy_(index) : NULL;
  if (!index && made && lw_joint_publish_(made, name)) object = made;
  lw_joint_end_();
  lw_dispatcher_leave_(&wakes);
  return object;
}

/// Gives a new object a name, unless another has it: then that one is returned, with a reference for the caller, and
/// the new one stays nameless. Returns `object` itself on success, NULL when there is no memory.
static lw_object *_Nullable claim(const char *name, lw_object *object) {
  bool are_the_familys = false;
  if (!find_names(&are_the_familys)) return NULL;
  if (are_the_familys) return find_joint(name, object);
  named_object *entry = lw_pool_take(&pool);
  if (!entry) return NULL;
  strncpy(entry->name, name, MAX_PATH - 1);
  entry->object = object;
  object->named = true; // before others can find it
  lw_lock_acquire(&names_lock);
  lw_object *found = find(name);
  if (!found) TAILQ_INSERT_TAIL(&names, entry, link);
  lw_lock_release_quietly(&names_lock);
  if (!found) return object;
  object->named = false;
  lw_pool_give(&pool, entry);
  return found;
}

HANDLE lw_name_create_(lw_object *made, const char *name, lw_rights rights) {
  const lw_object_type *type = made->type;
  lw_object *owner = name && *name ? claim(bare(name), made) : made;
  if (owner != made) lw_object_release_(made);
  if (owner && owner->type != type) {
    lw_object_release_(owner);
    lw_failed_(ERROR_INVALID_HANDLE);
    return NULL;
  }
  HANDLE handle = NULL;
  if (owner)
    handle = lw_handle_open_with_(owner, rights);
  else
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  if (handle) SetLastError(owner == made ? ERROR_SUCCESS : ERROR_ALREADY_EXISTS);
  return handle;
}

HANDLE lw_name_open_(const char *name, const lw_object_type *type, lw_rights rights) {
  DWORD error = name ? lw_name_refusal_(name) : ERROR_INVALID_PARAMETER;
  lw_object *object = NULL;
  bool are_the_familys = false;
  if (error == ERROR_SUCCESS && !find_names(&are_the_familys)) return NULL;
  if (error == ERROR_SUCCESS) {
    if (are_the_familys) object = find_joint(bare(name), NULL);
    lw_lock_acquire(&names_lock);
    if (!are_the_familys) object = find(bare(name));
    lw_lock_release_quietly(&names_lock);
    error = *name ? ERROR_FILE_NOT_FOUND : ERROR_INVALID_HANDLE; // the empty name is the directory's own
  }
  if (object && object->type == type) return lw_handle_open_with_(object, rights);
  if (object) lw_object_release_(object);
  lw_failed_(object ? ERROR_INVALID_HANDLE : error);
  return NULL;
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

bool lw_name_narrow_(const WCHAR *from, char to[MAX_PATH]) {
  size_t used = 0;
  while (*from) {
    uint32_t scalar = *from++;
    if (scalar >= 0xD800 && scalar < 0xDC00 && *from >= 0xDC00 && *from < 0xE000)
      scalar = 0x10000 + ((scalar - 0xD800) << 10) + (*from++ - 0xDC00u);
    uint32_t followers = scalar < 0x80 ? 0 : scalar < 0x800 ? 1 : scalar < 0x10000 ? 2 : 3;
    if (used + followers + 1 >= MAX_PATH) return lw_failed_(ERROR_FILENAME_EXCED_RANGE);
    static const uint8_t leads[] = {0x00, 0xC0, 0xE0, 0xF0};
    to[used++] = (char)(leads[followers] | (scalar >> (6 * followers)));
    while (followers > 0) to[used++] = (char)(0x80 | ((scalar >> (6 * --followers)) & 0x3F));
  }
  to[used] = 0;
  return true;
}
