// Translation of names, see paths.h.
#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "error_table.h"
#include "lw_utf16.h"
#include "name_case.h"
#include "winerror.h"

static bool is_separator(char c) { return c == '\\' || c == '/'; }

/// The part of a name behind what says where it starts; `path` gets that start.
static DWORD take_root(LPCSTR *name, char *path) {
  LPCSTR at = *name;
  path[0] = 0;
  if (is_separator(at[0]) && is_separator(at[1])) {
    if (at[2] != '?' && at[2] != '.') return at[2] && !is_separator(at[2]) ? ERROR_BAD_NETPATH : ERROR_INVALID_NAME;
    if (!is_separator(at[3])) return ERROR_INVALID_NAME;
    at += strlen("\\\\?\\");
  }
  char letter = at[0] | ' ';
  if (letter >= 'a' && letter <= 'z' && at[1] == ':') {
    if (letter != 'c' && letter != 'z') return ERROR_PATH_NOT_FOUND;
    at += 2;
  }
  if (is_separator(*at)) strcpy(path, "/");
  *name = at;
  return ERROR_SUCCESS;
}

static bool is_null_device(LPCSTR name) { return strcasecmp(name, "NUL") == 0 || strcasecmp(name, "NUL:") == 0; }

/// Appends the components of `name`, without the blanks and dots that Windows drops from their ends.
static DWORD add_components(LPCSTR name, char *path) {
  size_t used = strlen(path);
  while (*name) {
    while (is_separator(*name)) name++;
    size_t bytes = strcspn(name, "\\/"), kept = bytes;
    for (size_t i = 0; i < bytes; i++) {
      if ((unsigned char)name[i] < ' ' || strchr("<>:\"|?*", name[i])) return ERROR_INVALID_NAME;
    }
    bool is_dots = strspn(name, ".") == bytes;
    while (!is_dots && kept > 0 && (name[kept - 1] == ' ' || name[kept - 1] == '.')) kept--;
    if (used + kept + 2 > LW_PATH_BYTES) return ERROR_FILENAME_EXCED_RANGE;
    if (kept > 0 && used > 0 && path[used - 1] != '/') path[used++] = '/';
    memcpy(path + used, name, kept);
    used += kept;
    name += bytes;
  }
  path[used] = 0;
  return ERROR_SUCCESS;
}

// ------------------------------------------------------------------------------------------------------------- case

/// Gives the component at `component`, in the folder before it, the case that a file there has. False when there is
/// none.
static bool match_component(char *path, char *component) {
  char *end = component + strcspn(component, "/"), after = *end;
  *end = 0;
  struct stat status;
  bool found = lstat(path, &status) == 0;
  char first = *component;
  if (!found && component > path) *component = 0;
  DIR *folder = found ? NULL : opendir(component > path ? path : ".");
  *component = first;
  for (struct dirent *entry; folder && !found && (entry = readdir(folder));) {
    found = lw_same_but_for_case_(entry->d_name, component);
    if (found) memcpy(component, entry->d_name, strlen(component));
  }
  if (folder) closedir(folder);
  *end = after;
  return found;
}

/// Where the path does not exist as it is written, gives each component that exists in another case that case.
static void match_case(char *path) {
  struct stat status;
  if (lstat(path, &status) == 0 || errno != ENOENT) return;
  for (char *component = path + (*path == '/'); *component;) {
    if (!match_component(path, component)) return;
    component += strcspn(component, "/");
    if (*component) component++;
  }
}

// ------------------------------------------------------------------------------------------------------------ calls

DWORD lw_path_(LPCSTR name, char path[LW_PATH_BYTES]) {
  if (!name || !*name) return ERROR_PATH_NOT_FOUND;
  DWORD error = take_root(&name, path);
  if (error != ERROR_SUCCESS) return error;
  if (is_null_device(name)) {
    strcpy(path, "/dev/null");
    return ERROR_SUCCESS;
  }
  error = add_components(name, path);
  if (error != ERROR_SUCCESS) return error;
  if (!*path) strcpy(path, ".");
  match_case(path);
  return ERROR_SUCCESS;
}

DWORD lw_path_wide_(LPCWSTR name, char path[LW_PATH_BYTES]) {
  if (!name) return ERROR_PATH_NOT_FOUND;
  char narrow[LW_PATH_BYTES];
  return lw_narrow_(name, narrow, sizeof narrow) ? lw_path_(narrow, path) : ERROR_FILENAME_EXCED_RANGE;
}

bool lw_path_name_(const char *path, char *name, size_t capacity) {
  size_t drive = *path == '/' ? 2 : 0, bytes = strlen(path);
  if (drive + bytes + 1 > capacity) return false;
  memcpy(name, "C:", drive);
  for (size_t i = 0; i <= bytes; i++) name[drive + i] = path[i] == '/' ? '\\' : path[i];
  return true;
}

DWORD lw_path_error_(int number, const char *path) {
  if (number != ENOENT) return lw_error_of_errno_(number);
  char folder[LW_PATH_BYTES];
  strncpy(folder, path, sizeof folder - 1);
  folder[sizeof folder - 1] = 0;
  char *slash = strrchr(folder, '/');
  if (!slash || slash == folder) return ERROR_FILE_NOT_FOUND;
  *slash = 0;
  struct stat status;
  bool is_there = stat(folder, &status) == 0 && S_ISDIR(status.st_mode);
  return is_there ? ERROR_FILE_NOT_FOUND : ERROR_PATH_NOT_FOUND;
}

DWORD lw_hand_out_(const char *text, LPSTR to, DWORD size) {
  size_t bytes = strlen(text);
  if (!to || size <= bytes) return (DWORD)bytes + 1;
  memcpy(to, text, bytes + 1);
  return (DWORD)bytes;
}

DWORD lw_hand_out_wide_(const char *text, LPWSTR to, DWORD size) {
  size_t bytes = strlen(text), units = lw_utf8_to_utf16_(text, bytes, NULL, 0);
  if (!to || size <= units) return (DWORD)units + 1;
  lw_utf8_to_utf16_(text, bytes + 1, to, size);
  return (DWORD)units;
}
