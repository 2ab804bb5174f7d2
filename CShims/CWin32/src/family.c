// A family of processes, see family.h. A process is alone until it starts a child, or was started by such a parent, or
// the environment variable LATEWRITE_NAMES names a family to join: then programs that were started one by one know each
// other's names.
#include "family.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "child_streams.h"
#include "inherited_handles.h"
#include "joint_meeting.h"
#include "names.h"
#include "pipe.h"
#include "sent_handles.h"

#define MEMORY_NAME "lw-family"

static int parents_memory = -1;
static _Atomic uint64_t family;
static bool has_word; // set before the program begins

static off_t place_of_line(const lw_family_letter *letter) {
  return (off_t)(sizeof *letter + letter->inherited_count * sizeof(lw_inherited));
}

int lw_family_memory_(const lw_inherited *inherited, const lw_family_letter *says, const char *line) {
  int fd = memfd_create(MEMORY_NAME, MFD_CLOEXEC);
  lw_family_letter letter = *says;
  letter.family = lw_family_();
  letter.has_word = has_word;
  letter.line_bytes = line ? (uint32_t)strlen(line) : 0;
  size_t bytes = letter.inherited_count * sizeof *inherited;
  bool done = fd >= 0 && pwrite(fd, &letter, sizeof letter, 0) == sizeof letter;
  if (done && inherited) done = pwrite(fd, inherited, bytes, sizeof letter) == (ssize_t)bytes;
  if (done && line) done = pwrite(fd, line, letter.line_bytes, place_of_line(&letter)) == (ssize_t)letter.line_bytes;
  if (done || fd < 0) return fd;
  close(fd);
  return -1;
}

bool lw_family_command_line_(char *line, size_t capacity) {
  lw_family_letter letter;
  if (parents_memory < 0 || pread(parents_memory, &letter, sizeof letter, 0) != sizeof letter) return false;
  size_t bytes = letter.line_bytes < capacity ? letter.line_bytes : capacity - 1;
  if (bytes == 0 || pread(parents_memory, line, bytes, place_of_line(&letter)) != (ssize_t)bytes) return false;
  line[bytes] = 0;
  return true;
}

int lw_family_parents_memory_(void) { return parents_memory; }

uint64_t lw_family_(void) { return atomic_load(&family); }
bool lw_family_has_word_(void) { return has_word; }

bool lw_family_begin_(void) {
  uint64_t number = 0, none = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number || number == 0) number = (uint64_t)getpid();
  if (lw_family_() == 0) atomic_compare_exchange_strong(&family, &none, number);
  if (!lw_names_share_()) return false;
  lw_pipes_share_();
  return true;
}

/// FNV-1a, never 0.
static uint64_t number_of(const char *text) {
  uint64_t hash = 14695981039346656037u;
  while (*text) hash = (hash ^ (uint8_t)*text++) * 1099511628211u;
  return hash ? hash : 1;
}

/// Moves a descriptor away from where the program may look.
static int move(int fd) {
  enum { OUT_OF_THE_WAY = 64 };
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
  close(fd);
  return moved;
}

/// The memory of the parent; -1 when there is none.
static int take_memory(void) {
  static const char expected[] = "/memfd:" MEMORY_NAME " (deleted)";
  char target[sizeof expected] = "";
  if (readlink("/proc/self/fd/3", target, sizeof target) != sizeof expected - 1) return -1;
  if (memcmp(target, expected, sizeof expected - 1) != 0) return -1;
  return move(LW_FAMILY_FD);
}

/// Before the program begins.
__attribute__((constructor)) static void find_family(void) {
  const char *named = getenv("LATEWRITE_NAMES");
  has_word = named && *named;
  if (has_word) atomic_store(&family, number_of(named));
  parents_memory = take_memory();
  lw_family_letter letter;
  if (parents_memory < 0 || pread(parents_memory, &letter, sizeof letter, 0) != sizeof letter) return;
  if (letter.family) atomic_store(&family, letter.family);
  if (letter.family) has_word = letter.has_word;
  if (letter.place) lw_joint_inherit_(move(LW_FAMILY_JOINT_FD), letter.place);
  if (letter.place && has_word) lw_joint_meeting_inherit_(move(LW_FAMILY_MEETING_FD));
  lw_handles_arrive_at_(move(LW_SENT_HANDLES_FD));
  lw_standard_streams_absent_(letter.absent_streams);
  lw_inherited_take_(parents_memory, letter.inherited_count);
}
