// Gives `long` the 32 bits that it has on Windows. Reads preprocessed C on standard input and writes it to standard
// output; `tools/cc` puts it between the preprocessor and the compiler.
//
// Only text from the user's own files is touched: the line markers tell it from the text of system headers, whose
// `long` must keep the size that the libraries were built with. There, `long` becomes `int` (or goes, where `int`
// stands beside it), unless it is part of `long long` or `long double`, and an L that is no LL leaves the suffix of an
// integer. Every edit keeps its length and its line, so that warnings and debug information name the user's lines and
// columns.
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_INTERNAL = 70 };

/// The text and how far it has been read.
typedef struct source {
  char *text; ///< ends with a 0
  size_t bytes;
  size_t at;
  bool is_users; ///< false between the markers of a system header
} source;

/// The specifiers of one declaration: `long` may stand apart from its `long`, `int` or `double`.
typedef struct specifiers {
  size_t longs[2]; ///< where they stand
  int long_count;
  bool has_int;
  bool has_double;
} specifiers;

static _Noreturn void fail(const char *sentence) {
  fprintf(stderr, "tools/cc: %s\n", sentence);
  exit(EXIT_INTERNAL);
}

static source read_all(void) {
  source s = {.is_users = true};
  size_t capacity = 1 << 20;
  s.text = malloc(capacity + 1);
  for (;;) {
    if (!s.text) fail("no memory for the preprocessed source");
    size_t got = fread(s.text + s.bytes, 1, capacity - s.bytes, stdin);
    s.bytes += got;
    if (got == 0) break;
    if (s.bytes == capacity) s.text = realloc(s.text, (capacity *= 2) + 1);
  }
  if (ferror(stdin)) fail("the preprocessed source cannot be read");
  s.text[s.bytes] = 0;
  return s;
}

static bool starts_word(char c) { return isalpha((unsigned char)c) || c == '_'; }
static bool in_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/// A line that begins with #: a marker (`# 12 "file" 1 3`) says whose text follows, anything else is a pragma.
static void read_directive(source *s) {
  size_t end = s->at + strcspn(s->text + s->at, "\n");
  const char *after = s->text + s->at + 1;
  while (*after == ' ') after++;
  if (isdigit((unsigned char)*after)) {
    s->is_users = true;
    const char *flags = memrchr(after, '"', (size_t)(s->text + end - after));
    for (const char *flag = flags ? flags + 1 : s->text + end; flag < s->text + end; flag++)
      if (*flag == '3') s->is_users = false;
  }
  s->at = end;
}

static void skip_quoted(source *s) {
  char quote = s->text[s->at++];
  while (s->at < s->bytes && s->text[s->at] != quote) s->at += s->text[s->at] == '\\' ? 2 : 1;
  s->at++;
}

/// Replaces the L of an integer's suffix, not an LL.
static void read_number(source *s) {
  size_t start = s->at;
  bool is_hexadecimal = s->text[start] == '0' && (s->text[start + 1] | ' ') == 'x';
  bool is_floating = false;
  for (; in_word(s->text[s->at]) || s->text[s->at] == '.'; s->at++) {
    char c = s->text[s->at];
    char lower = (char)tolower((unsigned char)c);
    bool is_exponent = is_hexadecimal ? lower == 'p' : lower == 'e';
    is_floating |= c == '.' || is_exponent;
    if (is_exponent && (s->text[s->at + 1] == '+' || s->text[s->at + 1] == '-')) s->at++;
  }
  if (is_floating || !s->is_users) return;
  for (size_t i = s->at; i > start && strchr("uUlL", s->text[i - 1]); i--) {
    if (tolower((unsigned char)s->text[i - 1]) != 'l') continue;
    if (i - 1 > start && s->text[i - 2] == s->text[i - 1]) return;
    // The digits or the U behind it close up, so that the number stays one token.
    memmove(s->text + i - 1, s->text + i, s->at - i);
    s->text[s->at - 1] = ' ';
    return;
  }
}

/// Ends a run of specifiers: now it is known what its `long` means.
static void settle(source *s, specifiers *run) {
  if (run->long_count == 1 && !run->has_double)
    memcpy(s->text + run->longs[0], run->has_int ? "    " : "int ", strlen("long"));
  *run = (specifiers){0};
}

static bool is_one_of(const char *word, size_t length, const char *const *words) {
  for (; *words; words++)
    if (strlen(*words) == length && memcmp(*words, word, length) == 0) return true;
  return false;
}

static void read_word(source *s, specifiers *run) {
  static const char *const others[] = {"signed",   "unsigned", "__signed__", "__signed",  "const",    "volatile",
                                       "restrict", "static",   "extern",     "typedef",   "register", "inline",
                                       "auto",     "_Atomic",  "_Complex",   "short",     "char",     "_Thread_local",
                                       "__thread", "__inline", "__inline__", "_Noreturn", NULL};
  size_t start = s->at;
  while (in_word(s->text[s->at])) s->at++;
  const char *word = s->text + start;
  size_t length = s->at - start;
  if (is_one_of(word, length, (const char *const[]){"long", NULL})) {
    if (run->long_count < 2 && s->is_users) run->longs[run->long_count++] = start;
  } else if (is_one_of(word, length, (const char *const[]){"int", NULL})) {
    run->has_int = true;
  } else if (is_one_of(word, length, (const char *const[]){"double", NULL})) {
    run->has_double = true;
  } else if (!is_one_of(word, length, others)) {
    settle(s, run);
  }
}

static void rewrite(source *s) {
  specifiers run = {0};
  bool at_line_start = true;
  while (s->at < s->bytes) {
    char c = s->text[s->at];
    if (c == '#' && at_line_start) {
      read_directive(s);
    } else if (isspace((unsigned char)c)) {
      at_line_start = c == '\n' || (at_line_start && c != '\n');
      s->at++;
      continue;
    } else if (starts_word(c)) {
      read_word(s, &run);
    } else {
      settle(s, &run);
      if (c == '"' || c == '\'')
        skip_quoted(s);
      else if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)s->text[s->at + 1])))
        read_number(s);
      else
        s->at++;
    }
    at_line_start = false;
  }
  settle(s, &run);
}

int main(void) {
  source s = read_all();
  rewrite(&s);
  if (fwrite(s.text, 1, s.bytes, stdout) != s.bytes || fflush(stdout) != 0)
    fail("the rewritten source cannot be written: is the disk full?");
  return 0;
}
