// Values of one's own for each thread: an index is a key of pthreads, so that a freed index that is given out again
// begins as NULL everywhere.
#include <pthread.h>

#include "object.h"
#include "processthreadsapi.h"

enum { KEYS_MAX = 1024 };

static _Atomic bool allocated[KEYS_MAX];

static bool is_index(DWORD index) { return index < KEYS_MAX && atomic_load(&allocated[index]); }

DWORD TlsAlloc(void) {
  pthread_key_t key;
  if (pthread_key_create(&key, NULL) == 0) {
    if (key < KEYS_MAX) {
      atomic_store(&allocated[key], true);
      return key;
    }
    pthread_key_delete(key);
  }
  SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  return TLS_OUT_OF_INDEXES;
}

LPVOID TlsGetValue(DWORD index) {
  // As on Windows, an index is not asked whether it is taken.
  SetLastError(index < KEYS_MAX ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER);
  return is_index(index) ? pthread_getspecific(index) : NULL;
}

BOOL TlsSetValue(DWORD index, LPVOID value) {
  if (!is_index(index)) return lw_failed_(ERROR_INVALID_PARAMETER);
  return pthread_setspecific(index, value) == 0 ? TRUE : lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
}

BOOL TlsFree(DWORD index) {
  if (index >= KEYS_MAX || !atomic_exchange(&allocated[index], false)) return lw_failed_(ERROR_INVALID_PARAMETER);
  pthread_key_delete(index);
  return TRUE;
}
