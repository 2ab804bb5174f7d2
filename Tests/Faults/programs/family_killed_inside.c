// A child is killed in the midst of a section between the processes of its family, having overwritten half of what it
// would have: all of that is put back, and the lock is free.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "joint_memory.h"

/// Breaks off an act that would set what is not set, take what can be taken, and have everybody else lose their
/// objects.
static int child(void) LW_NO_THREAD_SAFETY_ANALYSIS {
  OpenEventA(SYNCHRONIZE, FALSE, "lw-inside-event");
  lw_dispatcher_enter_();
  lw_joint_begin_();
  for (uint32_t index = 1; index <= lw_joint_->objects_used; index++) {
    lw_joint *joint = lw_joint_at_(index);
    lw_joint_put_(&joint->signal, joint->kind == LW_JOINT_EVENT);
    lw_joint_put_(&joint->owner, lw_joint_place_);
    lw_joint_put_(&joint->users[0], 0);
    lw_joint_put_(&joint->kind, LW_JOINT_NONE);
  }
  return raise(9);
}

int main(int count, char **arguments) {
  if (count > 1) return child();
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION information;
  char command[MAX_PATH + 16];
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, "lw-inside-event");
  HANDLE semaphore = CreateSemaphoreA(NULL, 2, 3, "lw-inside-semaphore");
  HANDLE mutex = CreateMutexA(NULL, TRUE, "lw-inside-mutex");
  DWORD code = 0;
  snprintf(command, sizeof command, "\"%s\" inside", arguments[0]);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) return 2;
  WaitForSingleObject(information.hProcess, INFINITE);
  GetExitCodeProcess(information.hProcess, &code);
  printf("ended %lu\n", code);
  printf("event %lu\n", WaitForSingleObject(event, 0));
  printf("semaphore");
  for (int i = 0; i < 3; i++) printf(" %lu", WaitForSingleObject(semaphore, 0));
  printf("\nmutex %d", ReleaseMutex(mutex));
  printf(" %d\n", ReleaseMutex(mutex));
  HANDLE opened = OpenEventA(SYNCHRONIZE, FALSE, "lw-inside-event");
  printf("names %d\n", CompareObjectHandles(event, opened));
  return 0;
}
