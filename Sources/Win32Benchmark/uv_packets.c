// The same between two of libuv's loops, each of which has a uv_async_t. The library is looked for at run time and its
// few functions are declared here, so that building needs none of it (https://docs.libuv.org/en/v1.x/async.html).
#include "benchmark.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

enum { UV_ASYNC = 1, UV_RUN_DEFAULT = 0 }; // uv_handle_type, uv_run_mode

typedef void (*uv_async_cb)(void *async);
static struct {
  size_t (*loop_size)(void);
  size_t (*handle_size)(int type);
  int (*loop_init)(void *loop);
  int (*loop_close)(void *loop);
  int (*run)(void *loop, int mode);
  int (*async_init)(void *loop, void *async, uv_async_cb callback);
  int (*async_send)(void *async);
  void (*close)(void *handle, void (*closed)(void *handle));
} uv;

static bool find_uv(void) {
  void *library = dlopen("libuv.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return false;
  const struct {
    const char *name;
    void *function;
  } wanted[] = {
      {"uv_loop_size", &uv.loop_size},
      {"uv_handle_size", &uv.handle_size},
      {"uv_loop_init", &uv.loop_init},
      {"uv_loop_close", &uv.loop_close},
      {"uv_run", &uv.run},
      {"uv_async_init", &uv.async_init},
      {"uv_async_send", &uv.async_send},
      {"uv_close", &uv.close},
  };
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    void *symbol = dlsym(library, wanted[i].name);
    if (!symbol) return false;
    *(void **)wanted[i].function = symbol;
  }
  return true;
}

/// A loop with its one handle.
typedef struct side {
  void *loop, *async;
  long left; ///< messages still to be answered
} side;
static side near, far;
static double started;
static pthread_barrier_t both_there;

static void open_side(side *side, uv_async_cb callback, long messages) {
  side->loop = malloc(uv.loop_size());
  side->async = malloc(uv.handle_size(UV_ASYNC));
  side->left = messages;
  need(side->loop && side->async && uv.loop_init(side->loop) == 0, "uv_loop_init");
  need(uv.async_init(side->loop, side->async, callback) == 0, "uv_async_init");
}

static void close_side(side *side) {
  need(uv.loop_close(side->loop) == 0, "uv_loop_close");
  free(side->loop);
  free(side->async);
}

static void answer(void *async) {
  uv.async_send(near.async);
  if (--far.left == 0) uv.close(async, NULL);
}

static void count(void *async) {
  if (started == 0) started = now_ns();
  if (--near.left == 0)
    uv.close(async, NULL);
  else
    uv.async_send(far.async);
}

static void *run_far(void *context) {
  pthread_barrier_wait(&both_there);
  uv.run(far.loop, UV_RUN_DEFAULT);
  return context;
}

double packets_by_uv(long rounds) {
  static int found = -1;
  if (found < 0) found = find_uv();
  if (!found) return -1;
  open_side(&near, count, rounds + 1);
  open_side(&far, answer, rounds + 1);
  started = 0;
  pthread_barrier_init(&both_there, NULL, 2);
  pthread_t thread;
  need(pthread_create(&thread, NULL, run_far, NULL) == 0, "pthread_create");
  pthread_barrier_wait(&both_there);
  uv.async_send(far.async);
  uv.run(near.loop, UV_RUN_DEFAULT);
  double ns = (now_ns() - started) / (double)(2 * rounds);
  pthread_join(thread, NULL);
  pthread_barrier_destroy(&both_there);
  close_side(&near);
  close_side(&far);
  return ns;
}
