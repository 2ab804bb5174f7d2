// CreateProcess: from a command line and an environment block to a child.
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command_line.h"
#include "paths.h"
#include "process.h"

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

static bool is_directory(const char *name) {
  char path[LW_PATH_BYTES];
  struct stat status;
  return lw_path_(name, path) == ERROR_SUCCESS && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/// Why the call cannot be served; 0 when it can.
static DWORD refusal(LPCSTR _Nullable application, LPCSTR _Nullable line, DWORD flags, LPCSTR _Nullable directory,
                     const STARTUPINFOA *_Nullable startup, const PROCESS_INFORMATION *_Nullable information) {
  if ((!application && !line) || !startup || !information) return ERROR_INVALID_PARAMETER;
  if (flags & (CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT)) return ERROR_NOT_SUPPORTED;
  if (startup->dwFlags & STARTF_USESTDHANDLES) return ERROR_NOT_SUPPORTED;
  if (directory && !is_directory(directory)) return ERROR_DIRECTORY;
  return ERROR_SUCCESS;
}

BOOL CreateProcessA(LPCSTR application, LPSTR command_line, LPSECURITY_ATTRIBUTES process_attributes,
                    LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit_handles, DWORD flags, LPVOID environment,
                    LPCSTR directory, LPSTARTUPINFOA startup, LPPROCESS_INFORMATION information) {
  (void)process_attributes, (void)thread_attributes, (void)inherit_handles;
  DWORD error = refusal(application, command_line, flags, directory, startup, information);
  if (error != ERROR_SUCCESS) return lw_failed_(error);
  char found[LW_PATH_BYTES], in[LW_PATH_BYTES];
  if (!application && !lw_command_line_program_(command_line, found, sizeof found))
    return lw_failed_(ERROR_FILE_NOT_FOUND);
  if (application) error = lw_path_(application, found);
  if (error == ERROR_SUCCESS && directory) error = lw_path_(directory, in);
  if (error != ERROR_SUCCESS) return lw_failed_(error);

  const char *line = command_line ? command_line : "";
  call_memory memory;
  if (!take_memory(&memory, line, environment)) return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  lw_command_line_split_(line, memory.text, memory.arguments);
  if (!command_line) memory.arguments[0] = (char *)(uintptr_t)application; // only read
  if (memory.environment) fill_environment(memory.environment, environment);
  lw_child child = {.path = found,
                    .arguments = memory.arguments,
                    .environment = memory.environment,
                    .directory = directory ? in : NULL,
                    .streams = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO},
                    .leaves_code = true};
  HANDLE process = NULL, thread = NULL;
  DWORD id = 0;
  BOOL done = lw_child_start_(&child, &process, &thread, &id);
  lw_pages_release(memory.arguments, memory.bytes);
  if (!done) return FALSE;
  *information = (PROCESS_INFORMATION){.hProcess = process, .hThread = thread, .dwProcessId = id, .dwThreadId = id};
  return TRUE;
}
