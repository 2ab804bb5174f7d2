// LW009: a handle used after its close. That a value is closed is certain; that it was given to another object is known
// where that has another type, which is why the finding shows the close and, then, the opening of the new owner.
//
// A value that was never opened, NULL and INVALID_HANDLE_VALUE are no findings: programs probe with them.
#include "stale_handles.h"

#include <stdio.h>

#include "lw_finding.h"

void lw_report_stale_handle_(HANDLE handle, const lw_handle_past *past, const lw_object_type *now, const char *api) {
  char phrase[96];
  const char *type = past->type ? past->type->name : "object";
  if (now)
    snprintf(phrase, sizeof phrase, "handle of %s used after its close, now of %s", type, now->name);
  else
    snprintf(phrase, sizeof phrase, "handle of %s used after its close", type);
  lw_finding finding = {
      .rule = 9,
      .phrase = phrase,
      .api = api,
      .address = (void *)((uintptr_t)handle & ~(uintptr_t)3),
      .result = ERROR_INVALID_HANDLE,
      .cancelled = past->closed.stack,
      .cancelled_stamp = past->closed.stamp,
      .cancelled_thread = past->closed.thread,
  };
  if (now) {
    finding.owner = past->opened.stack;
    finding.owner_stamp = past->opened.stamp;
    finding.owner_thread = past->opened.thread;
  }
  lw_report_(NULL, &finding);
}
