// How a request's error leaves this layer.
#include <errno.h>

#include "error_table.h"
#include "socket.h"

DWORD lw_winsock_error_(int error) {
  return error == LW_SOCKET_UNREACHABLE ? WSAECONNRESET : lw_socket_error_of_errno_(error);
}

DWORD lw_socket_status_(int error) {
  return error == 0                       ? STATUS_SUCCESS
         : error == LW_SOCKET_UNREACHABLE ? STATUS_PORT_UNREACHABLE
                                          : lw_status_of_errno_(error);
}

/// What Windows' own Winsock makes of the statuses that end a socket's operations.
static const struct {
  DWORD status, error;
} ends[] = {
    {STATUS_SUCCESS, ERROR_SUCCESS},
    {STATUS_CANCELLED, ERROR_OPERATION_ABORTED},
    {STATUS_BUFFER_OVERFLOW, WSAEMSGSIZE},
    {STATUS_CONNECTION_RESET, WSAECONNRESET},
    {STATUS_CONNECTION_DISCONNECTED, WSAECONNRESET},
    {STATUS_REMOTE_DISCONNECT, WSAECONNRESET},
    {STATUS_LOCAL_DISCONNECT, WSAECONNABORTED},
    {STATUS_CONNECTION_ABORTED, WSAECONNABORTED},
    {STATUS_CONNECTION_REFUSED, WSAECONNREFUSED},
    {STATUS_CONNECTION_INVALID, WSAENOTCONN},
    {STATUS_CONNECTION_ACTIVE, WSAEISCONN},
    {STATUS_PORT_UNREACHABLE, WSAECONNRESET},
    {STATUS_NETWORK_UNREACHABLE, WSAENETUNREACH},
    {STATUS_HOST_UNREACHABLE, WSAEHOSTUNREACH},
    {STATUS_ADDRESS_ALREADY_EXISTS, WSAEADDRINUSE},
    {STATUS_PIPE_CLOSING, WSAESHUTDOWN},
    {STATUS_IO_TIMEOUT, WSAETIMEDOUT},
    {STATUS_ACCESS_VIOLATION, WSAEFAULT},
    {STATUS_INVALID_HANDLE, WSAENOTSOCK},
    {STATUS_INSUFFICIENT_RESOURCES, WSAENOBUFS},
    {STATUS_NO_MEMORY, WSAENOBUFS},
};

DWORD lw_winsock_error_of_status_(DWORD status) {
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (ends[i].status == status) return ends[i].error;
  return status >= 0xC0000000u ? WSAEINVAL : ERROR_SUCCESS;
}

int lw_socket_failed_(DWORD winsock_error) {
  SetLastError(winsock_error);
  return SOCKET_ERROR;
}

int lw_socket_result_(int error) { return error == 0 ? 0 : lw_socket_failed_(lw_winsock_error_(error)); }
