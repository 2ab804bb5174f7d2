// <fcntl.h> for Windows programs: Microsoft's flags of open(), with the host's values.
#pragma once

#define O_RDONLY 0x0000
#define O_WRONLY 0x0001
#define O_RDWR 0x0002
#define O_CREAT 0x0040
#define O_EXCL 0x0080
#define O_TRUNC 0x0200
#define O_APPEND 0x0400
#define O_TEXT 0x4000
#define O_BINARY 0x8000
#define _O_RDONLY O_RDONLY
#define _O_WRONLY O_WRONLY
#define _O_RDWR O_RDWR
#define _O_CREAT O_CREAT
#define _O_EXCL O_EXCL
#define _O_TRUNC O_TRUNC
#define _O_APPEND O_APPEND
#define _O_TEXT O_TEXT
#define _O_BINARY O_BINARY

#include <io.h>
