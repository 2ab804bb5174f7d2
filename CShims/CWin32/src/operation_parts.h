// What the parts of an operation's life need of each other.
#pragma once

#include "operation.h"

#pragma clang assume_nonnull begin

// ---------------------------------------------------------------------------------------- loans (operation_loans.c)

/// Opens the loans of an operation that is going to start; LW015 when its OVERLAPPED is lent already.
void lw_operation_lend_(lw_operation *operation);
/// Whether a buffer has a loan of its own.
bool lw_operation_has_buffer_loans_(const lw_operation *operation);
/// Settles the loans of the buffers; the OVERLAPPED's stays.
void lw_operation_settle_buffers_(lw_operation *operation);
/// Notes on the loans of its buffers that a withdrawn operation was asked to end.
void lw_operation_buffers_cancelled_(const lw_operation *operation);

// -------------------------------------------------------------------------------------------- end (operation_end.c)

/// Stores the result in the OVERLAPPED; settles its loan, if that `ends` here.
void lw_operation_store_result_(lw_operation *operation, bool ends);
/// Everything that belongs to an end but the error of one that failed `at_once`.
void lw_operation_end_(lw_operation *operation, bool at_once);

#pragma clang assume_nonnull end
