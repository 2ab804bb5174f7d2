// CreateFile: which kind of file a name is of.
#include "fileapi.h"

#include <string.h>

#include "disk_file.h"
#include "lw_utf16.h"
#include "paths.h"
#include "pipe.h"

HANDLE CreateFileA(LPCSTR name, DWORD access, DWORD sharing, LPSECURITY_ATTRIBUTES attributes, DWORD disposition,
                   DWORD flags, HANDLE template_file) {
  (void)template_file;
  const char *pipe = name ? lw_pipe_name_(name) : NULL;
  if (pipe) {
    HANDLE end = lw_pipe_open_(pipe, access, flags);
    if (end != INVALID_HANDLE_VALUE) SetLastError(ERROR_SUCCESS);
    return lw_handle_inheritable_(end, attributes);
  }
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_(name, path);
  // What ends in a separator is a folder.
  bool names_folder = name && error == ERROR_SUCCESS && strchr("\\/", name[strlen(name) - 1]);
  if (names_folder && !(flags & FILE_FLAG_BACKUP_SEMANTICS)) error = ERROR_INVALID_NAME;
  if (error == ERROR_SUCCESS) {
    HANDLE handle = lw_disk_open_(path, lw_file_access_(access), sharing, disposition, flags);
    return lw_handle_inheritable_(handle, attributes);
  }
  lw_failed_(error);
  return INVALID_HANDLE_VALUE;
}

HANDLE CreateFileW(LPCWSTR name, DWORD access, DWORD sharing, LPSECURITY_ATTRIBUTES attributes, DWORD disposition,
                   DWORD flags, HANDLE template_file) {
  char narrow[LW_PATH_BYTES];
  if (name && !lw_narrow_(name, narrow, sizeof narrow)) {
    lw_failed_(ERROR_FILENAME_EXCED_RANGE);
    return INVALID_HANDLE_VALUE;
  }
  return CreateFileA(name ? narrow : NULL, access, sharing, attributes, disposition, flags, template_file);
}
