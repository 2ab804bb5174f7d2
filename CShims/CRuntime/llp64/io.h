// <io.h> for Windows programs: files by Microsoft's names, and by the older ones that mingw has, too. Files are opened
// as they are: there is no text mode.
#pragma once

#include <stddef.h>

#include "lw_llp64.h"

#pragma clang assume_nonnull begin

/// 0 when the file is there and (4) can be read, (2) written; -1 and errno otherwise.
extern int _access(const char *name, int mode) LW_LLP64(_access);
extern int access(const char *name, int mode) LW_LLP64(_access);
/// 0, or -1 and errno.
extern int _unlink(const char *name) LW_LLP64(remove);
extern int unlink(const char *name) LW_LLP64(remove);

/// A descriptor, or -1 and errno; the permissions, where a file may be made, are an int.
extern int _open(const char *name, int flags, ...) LW_LLP64(_open);
extern int open(const char *name, int flags, ...) LW_LLP64(_open);
extern int _creat(const char *name, int permissions) LW_LLP64(_creat);
extern int creat(const char *name, int permissions) LW_LLP64(_creat);
/// Bytes, or -1 and errno.
extern int _read(int file, void *buffer, unsigned bytes) __asm__("read");
extern int read(int file, void *buffer, unsigned bytes) __asm__("read");
extern int _write(int file, const void *buffer, unsigned bytes) __asm__("write");
extern int write(int file, const void *buffer, unsigned bytes) __asm__("write");
extern int _close(int file) __asm__("close");
extern int close(int file) __asm__("close");
extern int _lseek(int file, int offset, int origin) LW_LLP64(_lseek);
extern int lseek(int file, int offset, int origin) LW_LLP64(_lseek);
extern long long _lseeki64(int file, long long offset, int origin) __asm__("lseek");
extern int _dup(int file) __asm__("dup");
extern int dup(int file) __asm__("dup");
extern int _dup2(int from, int to) LW_LLP64(_dup2);
extern int dup2(int from, int to) LW_LLP64(_dup2);
extern int _isatty(int file) __asm__("isatty");
extern int isatty(int file) __asm__("isatty");
extern int _chsize(int file, int bytes) LW_LLP64(_chsize);
/// Bytes; -1 and errno.
extern int _filelength(int file) LW_LLP64(_filelength);
/// The former mode: there is but one, _O_BINARY.
extern int _setmode(int file, int mode) LW_LLP64(_setmode);
extern int setmode(int file, int mode) LW_LLP64(_setmode);

#define F_OK 0
#define W_OK 2
#define R_OK 4
#define X_OK 0 // mingw has 1, with which Windows refuses
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#pragma clang assume_nonnull end
