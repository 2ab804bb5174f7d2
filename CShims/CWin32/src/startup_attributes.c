// Lists of attributes of a process to be, in the program's memory; see startup_attributes.h.
#include "startup_attributes.h"

#include "handleapi.h"
#include "object.h"

typedef struct attribute {
  DWORD_PTR name;
  SIZE_T bytes;
  const void *value; ///< the program's
} attribute;

struct _PROC_THREAD_ATTRIBUTE_LIST {
  DWORD present; ///< a bit for each that is set
  DWORD capacity;
  DWORD count;
  ULONG_PTR reserved;
  attribute attributes[];
};

BOOL InitializeProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD count, DWORD flags, SIZE_T *bytes) {
  (void)flags;
  if (!bytes) return lw_failed_(ERROR_NOACCESS);
  SIZE_T needed = sizeof *list + count * sizeof *list->attributes;
  bool fits = list && *bytes >= needed;
  *bytes = needed;
  if (!fits) return lw_failed_(ERROR_INSUFFICIENT_BUFFER);
  *list = (struct _PROC_THREAD_ATTRIBUTE_LIST){.capacity = count};
  return TRUE;
}

BOOL UpdateProcThreadAttribute(LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD flags, DWORD_PTR name, PVOID value,
                               SIZE_T bytes, PVOID before, SIZE_T *returned) {
  (void)flags, (void)before, (void)returned;
  if (!list) return lw_failed_(ERROR_NOACCESS);
  if (list->count >= list->capacity) return lw_failed_(ERROR_GEN_FAILURE);
  if (name != PROC_THREAD_ATTRIBUTE_HANDLE_LIST) return lw_failed_(ERROR_NOT_SUPPORTED);
  if (!value || bytes == 0 || bytes % sizeof(HANDLE) != 0) return lw_failed_(ERROR_BAD_LENGTH);
  DWORD bit = 1u << (name & PROC_THREAD_ATTRIBUTE_NUMBER);
  if (list->present & bit) return lw_failed_(ERROR_OBJECT_NAME_EXISTS);
  list->present |= bit;
  list->attributes[list->count++] = (attribute){.name = name, .bytes = bytes, .value = value};
  return TRUE;
}

void DeleteProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST list) { (void)list; }

bool lw_handle_choice_(const struct _PROC_THREAD_ATTRIBUTE_LIST *list, lw_handle_choice *choice) {
  *choice = (lw_handle_choice){.handles = NULL};
  for (DWORD i = 0; list && i < list->count; i++) {
    choice->handles = list->attributes[i].value; // there is one kind
    choice->count = list->attributes[i].bytes / sizeof(HANDLE);
  }
  for (SIZE_T i = 0; i < choice->count; i++) {
    DWORD flags = 0;
    bool is_handle = GetHandleInformation(choice->handles[i], &flags);
    if (!is_handle || !(flags & HANDLE_FLAG_INHERIT)) return lw_failed_(ERROR_INVALID_PARAMETER);
  }
  return true;
}

bool lw_handle_choice_has_(const lw_handle_choice *choice, HANDLE handle) {
  bool has = !choice->handles;
  for (SIZE_T i = 0; i < choice->count && !has; i++) has = choice->handles[i] == handle;
  return has;
}
