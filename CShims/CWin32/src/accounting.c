// The counts of everything that is open, for tests of leaks.
#include "accounting.h"
#include "lw_win32.h"

lw_win32_counts lw_win32_count(void) {
  return (lw_win32_counts){.handles = lw_handle_count_(),
                           .registrations = lw_registration_count_(),
                           .packets = lw_packet_count_(),
                           .wait_threads = lw_wait_thread_count_(),
                           .pool_threads = lw_worker_count_(),
                           .files = lw_file_count_(),
                           .operations = lw_operation_count_()};
}
