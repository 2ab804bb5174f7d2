// FindFirstFile: the names of a folder that match a pattern, in the order of their names, "." and ".." first.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "disk_file.h"
#include "error_table.h"
#include "file_times.h"
#include "lw_utf16.h"
#include "paths.h"

typedef struct search {
  lw_object object;
  lw_lock lock;
  int next LW_GUARDED_BY(&lock);
  int count;
  const char **_Nullable names; ///< in their order; pages of their own, with the names behind them
  size_t bytes;                 ///< of these
  char folder[LW_PATH_BYTES];
  char pattern[MAX_PATH];
} search;

typedef struct match {
  const char *name;
  struct stat status;
  DWORD attributes;
} match;

static lw_pool pool = LW_POOL(search);

static void destroy(lw_object *object) {
  search *self = (search *)object;
  if (self->names) lw_pages_release(self->names, self->bytes);
  lw_pool_give(&pool, self);
}

static const lw_object_type search_type = {.name = "search", .destroy = destroy};

// ------------------------------------------------------------------------------------------------------------ order

static bool is_dots(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

static int in_order(const void *left, const void *right) {
  const char *one = *(const char *const *)left, *other = *(const char *const *)right;
  bool first = is_dots(one), second = is_dots(other);
  if (first != second) return first ? -1 : 1;
  int order = strcasecmp(one, other);
  return order ? order : strcmp(one, other);
}

/// Reads the names of the folder. 0, or an error number. Names that are made between the two looks may be left out.
static int read_names(search *self) {
  DIR *folder = opendir(self->folder);
  if (!folder) return errno;
  size_t count = 0, text_bytes = 0;
  for (struct dirent *entry; (entry = readdir(folder)); count++) text_bytes += strlen(entry->d_name) + 1;
  self->bytes = count * sizeof *self->names + text_bytes;
  self->names = lw_pages_reserve(self->bytes);
  char *text = self->names ? (char *)(self->names + count) : NULL, *end = text ? text + text_bytes : NULL;
  rewinddir(folder);
  for (struct dirent *entry; text && (size_t)self->count < count && (entry = readdir(folder));) {
    size_t bytes = strlen(entry->d_name) + 1;
    if (bytes > (size_t)(end - text)) break;
    memcpy(text, entry->d_name, bytes);
    self->names[self->count++] = text;
    text += bytes;
  }
  closedir(folder);
  if (!self->names) return ENOMEM;
  qsort(self->names, (size_t)self->count, sizeof *self->names, in_order);
  return 0;
}

// --------------------------------------------------------------------------------------------------------- searching

/// Splits a name with a pattern at its end into a path and the pattern. ERROR_SUCCESS, or why not.
static DWORD split(LPCSTR name, search *self) {
  if (!name || !*name) return ERROR_PATH_NOT_FOUND;
  size_t bytes = strlen(name), at = bytes;
  while (at > 0 && !strchr("\\/:", name[at - 1])) at--;
  if (at == bytes) return ERROR_FILE_NOT_FOUND;
  if (bytes - at >= sizeof self->pattern || at >= LW_PATH_BYTES) return ERROR_FILENAME_EXCED_RANGE;
  if (strpbrk(name + at, "<>\"|")) return ERROR_INVALID_NAME;
  strcpy(self->pattern, name + at);
  char folder[LW_PATH_BYTES];
  memcpy(folder, name, at);
  folder[at] = 0;
  return lw_path_(at > 0 ? folder : ".", self->folder);
}

/// The next match; false at the end.
static bool advance(search *self, match *next) {
  lw_lock_acquire(&self->lock);
  bool found = false;
  while (!found && self->next < self->count) {
    next->name = self->names[self->next++];
    char path[LW_PATH_BYTES + MAX_PATH];
    snprintf(path, sizeof path, "%s/%s", self->folder, next->name);
    struct stat *status = &next->status;
    found = lw_name_matches_(next->name, self->pattern) && (stat(path, status) == 0 || lstat(path, status) == 0);
    if (found) next->attributes = lw_attributes_at_(path, status);
  }
  lw_lock_release_quietly(&self->lock);
  return found;
}

/// Begins a search; NULL and the last error.
static search *_Nullable begin(LPCSTR name) {
  search *self = lw_pool_take(&pool);
  if (!self) {
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_object_prepare_(&self->object, &search_type);
  DWORD error = split(name, self);
  struct stat status;
  if (error == ERROR_SUCCESS && (stat(self->folder, &status) != 0 || !S_ISDIR(status.st_mode)))
    error = ERROR_PATH_NOT_FOUND;
  if (error == ERROR_SUCCESS) {
    int number = read_names(self);
    if (number != 0) error = lw_error_of_errno_(number);
  }
  if (error == ERROR_SUCCESS) return self;
  lw_object_release_(&self->object);
  lw_failed_(error);
  return NULL;
}

#define DESCRIBE(data, found)                                                                                          \
  ((data)->dwFileAttributes = (found)->attributes, (data)->ftCreationTime = lw_filetime_of_(&(found)->status.st_ctim), \
   (data)->ftLastAccessTime = lw_filetime_of_(&(found)->status.st_atim),                                               \
   (data)->ftLastWriteTime = lw_filetime_of_(&(found)->status.st_mtim), (data)->nFileSizeHigh = size_of(found) >> 32,  \
   (data)->nFileSizeLow = (DWORD)size_of(found))

static uint64_t size_of(const match *found) {
  return S_ISDIR(found->status.st_mode) ? 0 : (uint64_t)found->status.st_size;
}

static void describe(const match *found, WIN32_FIND_DATAA *_Nullable narrow, WIN32_FIND_DATAW *_Nullable wide) {
  if (narrow) {
    *narrow = (WIN32_FIND_DATAA){0};
    DESCRIBE(narrow, found);
    strncpy(narrow->cFileName, found->name, MAX_PATH - 1);
  }
  if (wide) {
    *wide = (WIN32_FIND_DATAW){0};
    DESCRIBE(wide, found);
    lw_utf8_to_utf16_(found->name, strlen(found->name), wide->cFileName, MAX_PATH - 1);
  }
}

/// The first match of a name, or INVALID_HANDLE_VALUE.
static HANDLE first(LPCSTR _Nullable name, WIN32_FIND_DATAA *_Nullable narrow, WIN32_FIND_DATAW *_Nullable wide) {
  match found = {.name = ""};
  search *self = narrow || wide ? begin(name) : NULL;
  if (!self) {
    if (!narrow && !wide) lw_failed_(ERROR_INVALID_PARAMETER);
    return INVALID_HANDLE_VALUE;
  }
  if (!advance(self, &found)) {
    lw_object_release_(&self->object);
    lw_failed_(ERROR_FILE_NOT_FOUND);
    return INVALID_HANDLE_VALUE;
  }
  describe(&found, narrow, wide);
  HANDLE handle = lw_handle_open_(&self->object);
  return handle ? handle : INVALID_HANDLE_VALUE;
}

static BOOL next(HANDLE handle, WIN32_FIND_DATAA *_Nullable narrow, WIN32_FIND_DATAW *_Nullable wide) {
  match found = {.name = ""};
  search *self = (search *)lw_handle_object_for_(handle, &search_type, 0, "FindNextFile");
  if (!self) return FALSE;
  DWORD error = !narrow && !wide         ? ERROR_INVALID_PARAMETER
                : !advance(self, &found) ? ERROR_NO_MORE_FILES
                                         : ERROR_SUCCESS;
  if (error == ERROR_SUCCESS) describe(&found, narrow, wide);
  lw_object_release_(&self->object);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

HANDLE FindFirstFileA(LPCSTR name, WIN32_FIND_DATAA *data) { return first(name, data, NULL); }

HANDLE FindFirstFileW(LPCWSTR name, WIN32_FIND_DATAW *data) {
  char narrow[LW_PATH_BYTES];
  if (!name || lw_narrow_(name, narrow, sizeof narrow)) return first(name ? narrow : NULL, NULL, data);
  lw_failed_(ERROR_FILENAME_EXCED_RANGE);
  return INVALID_HANDLE_VALUE;
}

BOOL FindNextFileA(HANDLE handle, WIN32_FIND_DATAA *data) { return next(handle, data, NULL); }
BOOL FindNextFileW(HANDLE handle, WIN32_FIND_DATAW *data) { return next(handle, NULL, data); }

BOOL FindClose(HANDLE handle) {
  lw_object *object = lw_handle_object_(handle, &search_type);
  if (!object) return FALSE;
  lw_object_release_(object);
  return lw_close_handle_(handle);
}
