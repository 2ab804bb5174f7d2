// The one way in which the C layers end the program by themselves. It must work anywhere: in a signal handler, with any
// lock held, in the child of a fork, with the heap in ruins.
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "control.h"

enum { EXIT_INTERNAL = 70, SENTENCE_BYTES_MAX = 512 };

void lw_fatal(const char *sentence) {
  static const char prefix[] = "latewrite: ";
  char line[sizeof prefix + SENTENCE_BYTES_MAX];
  size_t length = strnlen(sentence, SENTENCE_BYTES_MAX);
  memcpy(line, prefix, sizeof prefix - 1);
  memcpy(line + sizeof prefix - 1, sentence, length);
  line[sizeof prefix - 1 + length] = '\n';
  // The program ends either way; there is nobody to tell that standard error is closed.
  ssize_t written = write(STDERR_FILENO, line, sizeof prefix + length);
  (void)written;
  lw_crash_tell_();
  _exit(EXIT_INTERNAL);
}
