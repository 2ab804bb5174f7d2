// What the calls of the fuzz target share. An input is read byte by byte: each call takes from it which handle, which
// memory and which numbers it passes, so that libFuzzer's mutations change sequences of calls and their arguments.
#pragma once

#include <windows.h>

typedef enum fuzz_kind {
  FUZZ_EVENT,
  FUZZ_THREAD,
  FUZZ_PROCESS,
  FUZZ_PORT,
  FUZZ_PIPE,
  FUZZ_FILE,
  FUZZ_SEMAPHORE,
  FUZZ_MUTEX,
  FUZZ_SOCKET,
  FUZZ_KINDS,
} fuzz_kind;

typedef struct fuzz_call {
  const char *name;
  void (*make)(void);
} fuzz_call;

/// Ended by an entry without a name.
extern const fuzz_call fuzz_object_calls[], fuzz_sync_calls[], fuzz_pool_calls[], fuzz_pipe_calls[], fuzz_disk_calls[],
    fuzz_socket_calls[], fuzz_text_calls[], fuzz_system_calls[], fuzz_further_calls[], fuzz_newer_calls[],
    fuzz_timer_calls[];

/// The next byte of the input; 0 behind its end.
BYTE fuzz_byte(void);
/// A number from the next bytes: small, a power of two or one beside it, or any 32 bits.
DWORD fuzz_number(void);
/// A number below `bound`, at most 256.
DWORD fuzz_below(DWORD bound);
BOOL fuzz_chance(DWORD of);
/// A timeout that ends.
DWORD fuzz_ms(void);

/// A handle, of `kind` more often than not: live, NULL, invalid, closed before, of another kind, never given out.
HANDLE fuzz_handle(fuzz_kind kind);
/// The same without the pseudo handles of this process and this thread, for calls that end or stop what they name.
HANDLE fuzz_victim(fuzz_kind kind);
/// Remembers what a call returned, to be closed at the end of the input at the latest. NULL is fine.
void fuzz_keep(HANDLE handle, fuzz_kind kind);
void fuzz_close(HANDLE handle);
/// Whether a thread is one of those that make the calls of an input.
BOOL fuzz_makes_calls(DWORD thread);

/// Memory of exactly `bytes` bytes, which is never given back: what lies before and behind belongs to AddressSanitizer,
/// and an operation may write into it at any later time. NULL now and then.
void *fuzz_memory(DWORD bytes);
/// The same, never NULL.
void *fuzz_memory_there(DWORD bytes);
/// 0 to 300.
DWORD fuzz_size(void);
/// An overlapped structure, perhaps in use; NULL now and then. Some lie in the process heap and are freed at any time.
OVERLAPPED *fuzz_overlapped(void);
/// The same, never NULL.
OVERLAPPED *fuzz_overlapped_there(void);

/// What callbacks get as their context, counted until they have been called.
void *fuzz_expect(void);
/// Takes an expectation back: the callback will not be called.
void fuzz_expect_no_more(void);
void fuzz_called(void *context);
