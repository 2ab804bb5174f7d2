// Comes first in every file of a Windows program. Names that are free on Windows, for functions and variables of the
// program's own, but taken in the host's C library: what a program defines under one of them gets another symbol, so
// that the library and this project do not find it in place of theirs. Headers that offer one of them say its symbol.
#pragma once

// By which a program asks where it is.
#define _WIN32 1
#define _WIN64 1

// The program's functions are in a section of their own, as the layers' are (layer.h), for the same reason.
#pragma clang section text = "lw_program"

// What mingw only warns of. (A function that is not declared stays an error: libc has some with other sizes.)
#pragma clang diagnostic warning "-Wimplicit-int"
#pragma clang diagnostic warning "-Wint-conversion"
#pragma clang diagnostic warning "-Wincompatible-function-pointer-types"
#pragma clang diagnostic warning "-Wreturn-mismatch"

#pragma redefine_extname accept lw_program_accept
#pragma redefine_extname access lw_program_access
#pragma redefine_extname alarm lw_program_alarm
#pragma redefine_extname basename lw_program_basename
#pragma redefine_extname bcmp lw_program_bcmp
#pragma redefine_extname bcopy lw_program_bcopy
#pragma redefine_extname bind lw_program_bind
#pragma redefine_extname brk lw_program_brk
#pragma redefine_extname bzero lw_program_bzero
#pragma redefine_extname close lw_program_close
#pragma redefine_extname connect lw_program_connect
#pragma redefine_extname creat lw_program_creat
#pragma redefine_extname daemon lw_program_daemon
#pragma redefine_extname dprintf lw_program_dprintf
#pragma redefine_extname dup lw_program_dup
#pragma redefine_extname dup2 lw_program_dup2
#pragma redefine_extname eventfd lw_program_eventfd
#pragma redefine_extname fcntl lw_program_fcntl
#pragma redefine_extname ffs lw_program_ffs
#pragma redefine_extname fork lw_program_fork
#pragma redefine_extname ftruncate lw_program_ftruncate
#pragma redefine_extname getdelim lw_program_getdelim
#pragma redefine_extname getline lw_program_getline
#pragma redefine_extname index lw_program_index
#pragma redefine_extname initstate lw_program_initstate
#pragma redefine_extname ioctl lw_program_ioctl
#pragma redefine_extname isatty lw_program_isatty
#pragma redefine_extname kill lw_program_kill
#pragma redefine_extname link lw_program_link
#pragma redefine_extname listen lw_program_listen
#pragma redefine_extname lseek lw_program_lseek
#pragma redefine_extname mmap lw_program_mmap
#pragma redefine_extname mprotect lw_program_mprotect
#pragma redefine_extname munmap lw_program_munmap
#pragma redefine_extname nice lw_program_nice
#pragma redefine_extname open lw_program_open
#pragma redefine_extname pause lw_program_pause
#pragma redefine_extname pipe lw_program_pipe
#pragma redefine_extname poll lw_program_poll
#pragma redefine_extname random lw_program_random
#pragma redefine_extname read lw_program_read
#pragma redefine_extname recv lw_program_recv
#pragma redefine_extname recvfrom lw_program_recvfrom
#pragma redefine_extname recvmsg lw_program_recvmsg
#pragma redefine_extname rindex lw_program_rindex
#pragma redefine_extname select lw_program_select
#pragma redefine_extname send lw_program_send
#pragma redefine_extname sendmsg lw_program_sendmsg
#pragma redefine_extname sendto lw_program_sendto
#pragma redefine_extname setstate lw_program_setstate
#pragma redefine_extname shutdown lw_program_shutdown
#pragma redefine_extname socket lw_program_socket
#pragma redefine_extname srandom lw_program_srandom
#pragma redefine_extname strsep lw_program_strsep
#pragma redefine_extname sync lw_program_sync
#pragma redefine_extname syscall lw_program_syscall
#pragma redefine_extname truncate lw_program_truncate
#pragma redefine_extname unlink lw_program_unlink
#pragma redefine_extname wait lw_program_wait
#pragma redefine_extname waitid lw_program_waitid
#pragma redefine_extname write lw_program_write
