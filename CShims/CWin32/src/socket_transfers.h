// Receiving and sending, as attempts of requests.
#pragma once

#include "socket.h"

#pragma clang assume_nonnull begin

/// Receives what is there, at most what the buffers hold. ESHUTDOWN, ENOTCONN, EMSGSIZE for a datagram that was cut.
int lw_socket_receive_(lw_socket *socket, lw_socket_request *request);
/// Sends what is not sent yet, all of it. ESHUTDOWN, ENOTCONN.
int lw_socket_send_(lw_socket *socket, lw_socket_request *request);
/// TransmitFile: sends the first buffer, the file and the second buffer, and disconnects where it is asked to.
int lw_socket_transmit_(lw_socket *socket, lw_socket_request *request);
/// (socket_extensions.c) DisconnectEx: ends the connection; with TF_REUSE_SOCKET the socket is as new.
int lw_socket_disconnect_(lw_socket *socket, lw_socket_request *request);
/// The bytes of a request's buffers.
size_t lw_socket_request_bytes_(const lw_socket_request *request);
/// An operation of ReadFile or WriteFile.
void lw_socket_prepare_plain_(lw_operation *operation, lw_socket_request *request);

#pragma clang assume_nonnull end
