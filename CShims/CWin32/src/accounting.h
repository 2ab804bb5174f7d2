// What each part of the layer has open.
#pragma once

#include <stdint.h>

uint64_t lw_handle_count_(void);
uint64_t lw_registration_count_(void);
uint64_t lw_packet_count_(void);
uint64_t lw_wait_thread_count_(void);
uint64_t lw_worker_count_(void);
uint64_t lw_file_count_(void);
uint64_t lw_operation_count_(void);
