// GetFullPathName: names made absolute as text, whether or not anything is there.
#include <string.h>
#include <strings.h>

#include "fileapi.h"
#include "lw_utf16.h"
#include "object.h"
#include "paths.h"

static bool is_separator(char c) { return c == '\\' || c == '/'; }
static bool is_drive(LPCSTR name) { return (name[0] | ' ') >= 'a' && (name[0] | ' ') <= 'z' && name[1] == ':'; }

/// A name that is being made absolute.
typedef struct full_name {
  char *text; ///< LW_PATH_BYTES
  size_t length;
  size_t root; ///< of it, which ".." does not leave
} full_name;

static bool add_text(full_name *full, LPCSTR text, size_t bytes) {
  if (full->length + bytes + 1 > LW_PATH_BYTES) return false;
  memcpy(full->text + full->length, text, bytes);
  full->length += bytes;
  return true;
}

static bool add_separator(full_name *full) {
  return (full->length > 0 && full->text[full->length - 1] == '\\') || add_text(full, "\\", 1);
}

static void go_up(full_name *full) {
  while (full->length > full->root && full->text[--full->length] != '\\') continue;
}

/// Appends the components of a name, without "." and ".." and the dot at the end of one.
static bool add_components(full_name *full, LPCSTR name) {
  bool fits = true;
  while (*name && fits) {
    size_t bytes = strcspn(name, "\\/");
    bool is_last = name[bytes] == 0, is_up = bytes == 2 && memcmp(name, "..", 2) == 0;
    if (is_up) {
      go_up(full);
      if (full->length == full->root) fits = add_separator(full);
    } else if (bytes > 0 && !(bytes == 1 && *name == '.')) {
      size_t kept = !is_last && name[bytes - 1] == '.' ? bytes - 1 : bytes;
      fits = add_separator(full) && add_text(full, name, kept);
    }
    name += bytes + !is_last;
    if (!is_last && !*name) fits = fits && add_separator(full);
  }
  while (full->length > full->root && strchr(". ", full->text[full->length - 1])) full->length--;
  return fits;
}

/// Whether the last component names a device of DOS.
static bool is_device(LPCSTR name, LPCSTR *device, size_t *bytes) {
  static const char *const devices[] = {"NUL", "CON", "AUX", "PRN"};
  LPCSTR last = name + strlen(name);
  while (last > name && !is_separator(last[-1]) && !(last - name == 2 && is_drive(name))) last--;
  *device = last;
  *bytes = strlen(last);
  while (*bytes > 0 && strchr(" :", last[*bytes - 1])) (*bytes)--;
  bool is_port = *bytes == 4 && last[3] >= '1' && last[3] <= '9';
  if (is_port) return strncasecmp(last, "COM", 3) == 0 || strncasecmp(last, "LPT", 3) == 0;
  bool found = false;
  for (size_t i = 0; i < sizeof devices / sizeof *devices && *bytes == 3; i++)
    found = found || strncasecmp(last, devices[i], 3) == 0;
  return found;
}

/// Writes where a name starts, and takes that off it.
static bool begin(full_name *full, LPCSTR *name) {
  LPCSTR at = *name;
  bool fits = true;
  if (is_separator(at[0]) && is_separator(at[1])) {
    bool is_of_device = (at[2] == '.' || at[2] == '?') && is_separator(at[3]);
    fits = add_text(full, "\\\\", 2);
    at += 2;
    // "server", "share" or ".": what stays.
    for (int part = 0; part < (is_of_device ? 1 : 2) && *at; part++) {
      size_t bytes = strcspn(at, "\\/");
      fits = fits && add_separator(full) && add_text(full, at, bytes);
      at += bytes + (at[bytes] != 0);
    }
    if (is_of_device) fits = fits && add_separator(full);
    full->root = full->length;
  } else {
    char own[LW_PATH_BYTES];
    if (!lw_own_directory_(own)) return false;
    bool has_drive = is_drive(at), is_elsewhere = has_drive && (at[0] | ' ') != (own[0] | ' ');
    if (has_drive) own[0] = at[0];
    if (has_drive) at += 2;
    bool is_whole = is_separator(*at) || is_elsewhere;
    full->root = strlen("C:\\");
    fits = add_text(full, is_elsewhere ? "C:\\" : own, is_whole ? full->root : strlen(own));
    if (has_drive) full->text[0] = own[0];
  }
  *name = at;
  return fits;
}

bool lw_full_name_(LPCSTR name, char to[LW_PATH_BYTES]) {
  full_name full = {.text = to};
  LPCSTR device;
  size_t bytes;
  bool fits = !is_separator(name[0]) || !is_separator(name[1]);
  if (fits && is_device(name, &device, &bytes)) {
    fits = add_text(&full, "\\\\.\\", 4) && add_text(&full, device, bytes);
  } else {
    fits = begin(&full, &name) && add_components(&full, name);
  }
  to[fits ? full.length : 0] = 0;
  return fits;
}

/// The full name, or why there is none.
static DWORD find(LPCSTR name, char to[LW_PATH_BYTES]) {
  if (!name || !*name) return ERROR_INVALID_NAME;
  return lw_full_name_(name, to) ? ERROR_SUCCESS : ERROR_FILENAME_EXCED_RANGE;
}

/// Where the last component begins; 0: there is none.
static size_t last_component(LPCSTR full) {
  LPCSTR last = strrchr(full, '\\');
  bool is_device_name = strncmp(full, "\\\\.\\", 4) == 0 && last == full + 3;
  return last && last >= full + 2 && last[1] && !is_device_name ? (size_t)(last + 1 - full) : 0;
}

DWORD GetFullPathNameA(LPCSTR name, DWORD size, LPSTR to, LPSTR *file) {
  char full[LW_PATH_BYTES];
  DWORD error = find(name, full);
  if (error != ERROR_SUCCESS) return (DWORD)lw_failed_(error);
  DWORD length = lw_hand_out_(full, to, size);
  size_t last = last_component(full);
  if (file) *file = to && length < size && last ? to + last : NULL;
  return length;
}

DWORD GetFullPathNameW(LPCWSTR name, DWORD size, LPWSTR to, LPWSTR *file) {
  char narrow[LW_PATH_BYTES], full[LW_PATH_BYTES];
  bool fits = !name || lw_narrow_(name, narrow, sizeof narrow);
  DWORD error = fits ? find(name ? narrow : NULL, full) : ERROR_FILENAME_EXCED_RANGE;
  if (error != ERROR_SUCCESS) return (DWORD)lw_failed_(error);
  DWORD length = lw_hand_out_wide_(full, to, size);
  size_t last = last_component(full);
  if (file) *file = to && length < size && last ? to + lw_utf8_to_utf16_(full, last, NULL, 0) : NULL;
  return length;
}
