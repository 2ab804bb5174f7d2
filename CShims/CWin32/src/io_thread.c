// The I/O thread, "lw-io". It ends operations whose end nobody else makes: those that were cancelled. So a cancellation
// returns before the status is stored, as it may on Windows, where the driver has the last word.
#include "operation_thread.h"

static void end(lw_operation *operation) {
  lw_operation_complete_(operation, operation->status, operation->transferred);
}

LW_OPERATION_THREAD(io_thread, "lw-io", end, false,
                    "the system has no thread left to complete cancelled operations on: raise its limit of threads");

void lw_operation_complete_later_(lw_operation *operation, DWORD status, DWORD transferred) {
  operation->status = status;
  operation->transferred = transferred;
  lw_operation_thread_queue_(&io_thread, operation);
}
