// CreateFile: which kind of file a name is of.
#include "fileapi.h"
#include "pipe.h"

HANDLE CreateFileA(LPCSTR name, DWORD access, DWORD sharing, LPSECURITY_ATTRIBUTES attributes, DWORD disposition,
                   DWORD flags, HANDLE template_file) {
  (void)sharing, (void)attributes, (void)template_file, (void)disposition;
  const char *pipe = name ? lw_pipe_name_(name) : NULL;
  if (pipe) return lw_pipe_open_(pipe, access, flags);
  lw_failed_(name ? ERROR_FILE_NOT_FOUND : ERROR_PATH_NOT_FOUND);
  return INVALID_HANDLE_VALUE;
}
