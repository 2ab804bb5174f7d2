// The disk thread, "lw-disk": it reads and writes for overlapped disk files, so that the bytes arrive after the call
// that asked for them has returned. In the order of the calls.
#include "disk_file.h"
#include "operation_thread.h"

static void serve(lw_operation *operation) {
  DWORD status = lw_disk_transfer_(operation);
  lw_operation_complete_(operation, status, operation->transferred);
}

LW_OPERATION_THREAD(disk_thread, "lw-disk", serve, true,
                    "the system has no thread left to read and write files on: raise its limit of threads");

void lw_disk_queue_(lw_operation *operation) { lw_operation_thread_queue_(&disk_thread, operation); }
bool lw_disk_withdraw_(lw_operation *operation) { return lw_operation_thread_withdraw_(&disk_thread, operation); }
