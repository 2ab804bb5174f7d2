// CreateFile: which kind of file a name is of.
#include "fileapi.h"
#include "lw_utf16.h"
#include "pipe.h"

HANDLE CreateFileA(LPCSTR name, DWORD access, DWORD sharing, LPSECURITY_ATTRIBUTES attributes, DWORD disposition,
                   DWORD flags, HANDLE template_file) {
  (void)sharing, (void)attributes, (void)template_file, (void)disposition;
  const char *pipe = name ? lw_pipe_name_(name) : NULL;
  if (pipe) return lw_pipe_open_(pipe, access, flags);
  lw_failed_(name ? ERROR_FILE_NOT_FOUND : ERROR_PATH_NOT_FOUND);
  return INVALID_HANDLE_VALUE;
}

HANDLE CreateFileW(LPCWSTR name, DWORD access, DWORD sharing, LPSECURITY_ATTRIBUTES attributes, DWORD disposition,
                   DWORD flags, HANDLE template_file) {
  enum { PATH_BYTES = 4096 };
  char narrow[PATH_BYTES];
  if (name && !lw_narrow_(name, narrow, sizeof narrow)) {
    lw_failed_(ERROR_FILENAME_EXCED_RANGE);
    return INVALID_HANDLE_VALUE;
  }
  return CreateFileA(name ? narrow : NULL, access, sharing, attributes, disposition, flags, template_file);
}
