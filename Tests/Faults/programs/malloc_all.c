// No finding: every function of the malloc family, libraries that allocate, threads that come and go.
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "does not hold: %s\n", what);
  _Exit(2);
}

static void *work(void *context) {
  for (int i = 0; i < 2000; i++) {
    char *text = malloc(1 + i % 700);
    memset(text, i, 1 + i % 700);
    text = realloc(text, 1 + i % 900);
    free(text);
  }
  return strdup(context);
}

static void threads(void) {
  for (int round = 0; round < 4; round++) {
    pthread_t both[2];
    for (int i = 0; i < 2; i++) pthread_create(&both[i], NULL, work, "from a thread");
    for (int i = 0; i < 2; i++) {
      void *text;
      pthread_join(both[i], &text);
      expect(strcmp(text, "from a thread") == 0, "a thread's text");
      free(text);
    }
  }
}

static void alignments(void) {
  for (size_t alignment = sizeof(void *); alignment <= 1 << 16; alignment *= 2) {
    void *block = NULL;
    expect(posix_memalign(&block, alignment, 100) == 0, "posix_memalign");
    expect((uintptr_t)block % alignment == 0, "the alignment");
    expect(malloc_usable_size(block) >= 100, "the usable size");
    memset(block, 1, 100);
    block = realloc(block, 300);
    expect(((char *)block)[99] == 1, "an aligned block's contents after realloc");
    free(block);
    free(aligned_alloc(alignment, alignment));
    free(memalign(alignment, 3));
  }
  void *block;
  expect(posix_memalign(&block, 3, 8) == EINVAL, "a wrong alignment");
  free(valloc(10));
  free(pvalloc(10));
}

int main(void) {
  // volatile: the compiler leaves out an allocation whose result nobody uses.
  volatile size_t most = SIZE_MAX;
  void *volatile refused = calloc(most, 2);
  expect(refused == NULL && errno == ENOMEM, "calloc that overflows");
  errno = 0;
  refused = reallocarray(NULL, most, 2);
  expect(refused == NULL && errno == ENOMEM, "reallocarray that overflows");
  errno = 0;
  refused = malloc(most / 2);
  expect(refused == NULL && errno == ENOMEM, "malloc of half of everything");
  int *numbers = calloc(1000, sizeof *numbers);
  for (int i = 0; i < 1000; i++) expect(numbers[i] == 0, "calloc's zeros");
  numbers = reallocarray(numbers, 2000, sizeof *numbers);
  expect(malloc_usable_size(numbers) == 2000 * sizeof *numbers, "the usable size is what was asked for");
  free(realloc(numbers, 10));
  void *empty = malloc(0);
  expect(empty != NULL && realloc(empty, 0) == NULL, "malloc of nothing");
  free(NULL);
  char *large = malloc(300 << 20);
  large[(300 << 20) - 1] = 1;
  free(large);
  alignments();
  threads();
  FILE *stream = tmpfile();
  fprintf(stream, "a line\nanother\n");
  rewind(stream);
  char *line = NULL;
  size_t bytes = 0;
  while (getline(&line, &bytes, stream) > 0) {
  }
  expect(strcmp(line, "another\n") == 0, "getline");
  free(line);
  fclose(stream);
  puts("all served");
}
