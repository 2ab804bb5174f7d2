// <mswsock.h> for programs: the extensions, and the identifiers and types by which WSAIoctl hands them out.
#pragma once

#include "lw_mswsock.h"
#include "winsock2.h"

#pragma clang assume_nonnull begin

#define WSAID_TRANSMITFILE {0xb5367df0, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
#define WSAID_ACCEPTEX {0xb5367df1, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
#define WSAID_GETACCEPTEXSOCKADDRS {0xb5367df2, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
#define WSAID_CONNECTEX {0x25a207b9, 0xddf3, 0x4660, {0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e}}
#define WSAID_DISCONNECTEX {0x7fda2e11, 0x8630, 0x436f, {0xa0, 0x31, 0xf5, 0x36, 0xa6, 0xee, 0xc1, 0x57}}
#define WSAID_WSARECVMSG {0xf689d7c8, 0x6f1f, 0x436b, {0x8a, 0x53, 0xe5, 0x4f, 0xe3, 0x51, 0xc3, 0x22}}
#define WSAID_WSASENDMSG {0xa441e712, 0x754f, 0x43ca, {0x84, 0xa7, 0x0d, 0xee, 0x44, 0xcf, 0x60, 0x6d}}

typedef BOOL(WINAPI *LPFN_TRANSMITFILE)(SOCKET socket, HANDLE _Nullable file, DWORD bytes, DWORD bytes_per_send,
                                        LPOVERLAPPED _Nullable overlapped, LPTRANSMIT_FILE_BUFFERS _Nullable buffers,
                                        DWORD flags);
typedef BOOL(WINAPI *LPFN_ACCEPTEX)(SOCKET listener, SOCKET accepted, PVOID _Nullable output, DWORD receive_bytes,
                                    DWORD local_bytes, DWORD remote_bytes, LPDWORD _Nullable received,
                                    LPOVERLAPPED _Nullable overlapped);
typedef VOID(WINAPI *LPFN_GETACCEPTEXSOCKADDRS)(PVOID _Nullable output, DWORD receive_bytes, DWORD local_bytes,
                                                DWORD remote_bytes, struct sockaddr *_Nullable *_Nullable local,
                                                LPINT _Nullable local_length,
                                                struct sockaddr *_Nullable *_Nullable remote,
                                                LPINT _Nullable remote_length);
typedef BOOL(WINAPI *LPFN_CONNECTEX)(SOCKET socket, const struct sockaddr *_Nullable name, int length,
                                     PVOID _Nullable buffer, DWORD bytes, LPDWORD _Nullable sent,
                                     LPOVERLAPPED _Nullable overlapped);
typedef BOOL(WINAPI *LPFN_DISCONNECTEX)(SOCKET socket, LPOVERLAPPED _Nullable overlapped, DWORD flags, DWORD reserved);
typedef INT(WINAPI *LPFN_WSARECVMSG)(SOCKET socket, LPWSAMSG _Nullable message, LPDWORD _Nullable received,
                                     LPWSAOVERLAPPED _Nullable overlapped,
                                     LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine);
typedef INT(WINAPI *LPFN_WSASENDMSG)(SOCKET socket, LPWSAMSG _Nullable message, DWORD flags, LPDWORD _Nullable sent,
                                     LPWSAOVERLAPPED _Nullable overlapped,
                                     LPWSAOVERLAPPED_COMPLETION_ROUTINE _Nullable routine);

#pragma clang assume_nonnull end
