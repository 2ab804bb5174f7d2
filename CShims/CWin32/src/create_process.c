// CreateProcess: from a command line, an environment block and handles to a child.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command_line.h"
#include "inherited_handles.h"
#include "lw_utf16.h"
#include "paths.h"

/// The strings of one call, in pages of their own because a program's allocator may be served by this project.
typedef struct call_memory {
  size_t bytes;
  char *text;
  char **arguments;
  char **_Nullable environment;
} call_memory;

static size_t count_variables(const char *_Nullable block) {
  size_t count = 0;
  for (; block && *block; block += strlen(block) + 1) count++;
  return count;
}

static bool take_memory(call_memory *memory, const char *line, const char *_Nullable block) {
  size_t line_bytes = strlen(line), variables = count_variables(block);
  size_t arguments_max = line_bytes / 2 + 3;
  memory->bytes = (arguments_max + variables + 1) * sizeof(char *) + line_bytes + 2;
  memory->arguments = lw_pages_reserve(memory->bytes);
  if (!memory->arguments) return false;
  memory->environment = block ? memory->arguments + arguments_max : NULL;
  memory->text = (char *)(memory->arguments + arguments_max + variables + 1);
  return true;
}

static void fill_environment(char **variables, char *block) {
  for (; *block; block += strlen(block) + 1) *variables++ = block;
  *variables = NULL;
}

/// A program's path; ERROR_SUCCESS, or why there is none.
static DWORD find_program(LPCSTR _Nullable application, const char *line, char path[LW_PATH_BYTES]) {
  struct stat status;
  if (!application) return lw_command_line_program_(line, path, LW_PATH_BYTES) ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND;
  DWORD error = lw_path_(application, path);
  if (error != ERROR_SUCCESS) return error;
  if (stat(path, &status) == 0) return S_ISDIR(status.st_mode) ? ERROR_ACCESS_DENIED : ERROR_SUCCESS;
  return lw_path_error_(ENOENT, path);
}

static DWORD find_directory(LPCSTR _Nullable directory, char path[LW_PATH_BYTES]) {
  struct stat status;
  if (!directory) return ERROR_SUCCESS;
  bool is_there = lw_path_(directory, path) == ERROR_SUCCESS && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
  return is_there ? ERROR_SUCCESS : ERROR_DIRECTORY;
}

// ----------------------------------------------------------------------------------------------------------- streams

/// The streams of the child: those of STARTUPINFO, or what SetStdHandle has made of the caller's. False and the last
/// error.
static bool find_streams(const STARTUPINFOA *startup, BOOL inherits, const lw_handle_choice *choice,
                         lw_child_streams *streams) {
  const HANDLE given[] = {startup->hStdInput, startup->hStdOutput, startup->hStdError};
  bool uses_given = startup->dwFlags & STARTF_USESTDHANDLES;
  *streams = lw_child_streams_own_();
  for (int i = 0; i < LW_CHILD_STREAMS; i++) {
    HANDLE handle = given[i];
    if (!uses_given && !lw_standard_replaced_(i, &handle)) continue;
    if (!lw_child_streams_set_(streams, i, inherits && lw_handle_choice_has_(choice, handle) ? handle : NULL)) {
      lw_child_streams_close_(streams);
      return false;
    }
  }
  return true;
}

// -------------------------------------------------------------------------------------------------------------- call

/// Starts what all has been found for.
static BOOL start(lw_child *child, LPCSTR _Nullable application, const char *line, char *_Nullable environment,
                  PROCESS_INFORMATION *information) {
  call_memory memory;
  if (!take_memory(&memory, line, environment)) return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  lw_command_line_split_(line, memory.text, memory.arguments);
  if (!*line && application) memory.arguments[0] = (char *)(uintptr_t)application; // only read
  if (memory.environment) fill_environment(memory.environment, environment);
  child->arguments = memory.arguments;
  child->command_line = *line ? line : NULL;
  child->environment = memory.environment;
  HANDLE process = NULL, thread = NULL;
  DWORD id = 0;
  BOOL done = lw_child_start_(child, &process, &thread, &id);
  lw_pages_release(memory.arguments, memory.bytes);
  if (!done) return FALSE;
  *information = (PROCESS_INFORMATION){.hProcess = process, .hThread = thread, .dwProcessId = id, .dwThreadId = id};
  return TRUE;
}

/// CreateProcess with a narrow environment block.
static BOOL create(LPCSTR _Nullable application, LPCSTR _Nullable line, BOOL inherits, DWORD flags,
                   char *_Nullable environment, LPCSTR _Nullable directory, const STARTUPINFOA *_Nullable startup,
                   PROCESS_INFORMATION *_Nullable information) {
  if ((!application && (!line || !*line)) || !startup || !information) return lw_failed_(ERROR_INVALID_PARAMETER);
  char path[LW_PATH_BYTES], in[LW_PATH_BYTES];
  DWORD error = find_program(application, line ? line : "", path);
  if (error == ERROR_SUCCESS) error = find_directory(directory, in);
  if (error != ERROR_SUCCESS) return lw_failed_(error);
  lw_child child = {
      .path = path, .directory = directory ? in : NULL, .suspended = flags & CREATE_SUSPENDED, .is_family = true};
  lw_child_streams streams;
  lw_inheritance inheritance = {.bequests = NULL};
  lw_handle_choice choice;
  if (flags & EXTENDED_STARTUPINFO_PRESENT && startup->cb < sizeof(STARTUPINFOEXA))
    return lw_failed_(ERROR_INVALID_PARAMETER);
  const STARTUPINFOEXA *extended = flags & EXTENDED_STARTUPINFO_PRESENT ? (const STARTUPINFOEXA *)startup : NULL;
  if (!lw_handle_choice_(extended ? extended->lpAttributeList : NULL, &choice)) return FALSE;
  if (!find_streams(startup, inherits, &choice, &streams)) return FALSE;
  memcpy(child.streams, streams.fds, sizeof child.streams);
  child.bridges = streams.bridges;
  child.inheritance = &inheritance;
  BOOL done = (!inherits || lw_inheritance_collect_(&inheritance, &choice)) &&
              start(&child, application, line ? line : "", environment, information);
  lw_inheritance_end_(&inheritance);
  lw_child_streams_close_(&streams);
  return done;
}

/// A wide block of strings as a narrow one, in pages; NULL and the last error when there is no memory.
static char *_Nullable narrow_block(const WCHAR *block, size_t *bytes) {
  size_t units = 0;
  while (block[units]) units += lw_utf16_length_(block + units) + 1;
  *bytes = units * LW_UTF8_BYTES_OF_UNIT + 1;
  char *narrow = lw_pages_reserve(*bytes);
  if (narrow)
    narrow[lw_utf16_to_utf8_(block, units, narrow)] = 0;
  else
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  return narrow;
}

BOOL CreateProcessA(LPCSTR application, LPSTR command_line, LPSECURITY_ATTRIBUTES process_attributes,
                    LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit_handles, DWORD flags, LPVOID environment,
                    LPCSTR directory, LPSTARTUPINFOA startup, LPPROCESS_INFORMATION information) {
  (void)process_attributes, (void)thread_attributes;
  if (!environment || !(flags & CREATE_UNICODE_ENVIRONMENT))
    return create(application, command_line, inherit_handles, flags, environment, directory, startup, information);
  size_t bytes = 0;
  char *narrow = narrow_block(environment, &bytes);
  if (!narrow) return FALSE;
  BOOL done = create(application, command_line, inherit_handles, flags, narrow, directory, startup, information);
  lw_pages_release(narrow, bytes);
  return done;
}

BOOL CreateProcessW(LPCWSTR application, LPWSTR command_line, LPSECURITY_ATTRIBUTES process_attributes,
                    LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit_handles, DWORD flags, LPVOID environment,
                    LPCWSTR directory, LPSTARTUPINFOW startup, LPPROCESS_INFORMATION information) {
  char program[LW_PATH_BYTES], in[LW_PATH_BYTES];
  bool fits = (!application || lw_narrow_(application, program, sizeof program)) &&
              (!directory || lw_narrow_(directory, in, sizeof in));
  if (!fits) return lw_failed_(ERROR_FILENAME_EXCED_RANGE);
  if (!startup) return lw_failed_(ERROR_INVALID_PARAMETER);
  bool is_extended = flags & EXTENDED_STARTUPINFO_PRESENT;
  if (is_extended && startup->cb < sizeof(STARTUPINFOEXW)) return lw_failed_(ERROR_INVALID_PARAMETER);
  STARTUPINFOEXA narrow = {.StartupInfo = {.cb = sizeof narrow,
                                           .dwFlags = startup->dwFlags,
                                           .hStdInput = startup->hStdInput,
                                           .hStdOutput = startup->hStdOutput,
                                           .hStdError = startup->hStdError},
                           .lpAttributeList = is_extended ? ((STARTUPINFOEXW *)startup)->lpAttributeList : NULL};
  size_t units = command_line ? lw_utf16_length_(command_line) : 0, bytes = units * LW_UTF8_BYTES_OF_UNIT + 1;
  char *line = lw_pages_reserve(bytes);
  if (!line) return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  if (command_line) line[lw_utf16_to_utf8_(command_line, units, line)] = 0;
  BOOL done =
      CreateProcessA(application ? program : NULL, command_line ? line : NULL, process_attributes, thread_attributes,
                     inherit_handles, flags, environment, directory ? in : NULL, &narrow.StartupInfo, information);
  lw_pages_release(line, bytes);
  return done;
}

void GetStartupInfoA(STARTUPINFOA *startup) {
  if (startup) *startup = (STARTUPINFOA){.cb = sizeof *startup};
}

void GetStartupInfoW(STARTUPINFOW *startup) {
  if (startup) *startup = (STARTUPINFOW){.cb = sizeof *startup};
}
