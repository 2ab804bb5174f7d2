// What the atomic operations of a program's headers need of scheduling, behind calls: they do not need its header.
#include "interlockedapi.h"

#include "lw_control.h"
#include "synchapi.h"

void lw_interlocked_point_(const volatile void *value) { lw_point_often((const void *)value, LW_ACCESS_WRITE); }

void YieldProcessor(void) {
  if (lw_control_is_on())
    Sleep(0);
  else
    __builtin_ia32_pause();
}
