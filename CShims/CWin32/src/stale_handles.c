// LW009: a handle used after its close. A plain value does not say which of its owners is meant. So a finding says what
// is known: that the value is closed; or that it is live, but of another type than the call needs, and was of the right
// one until it was closed; or, where this layer itself remembers for which object the value stood (an operation that is
// pending), that it stands for another one by now, of whatever type. The finding shows the close and the opening of the
// new owner. A live value of the right type that nobody remembers is never a finding.
//
// A value that was never opened, NULL and INVALID_HANDLE_VALUE are no findings: programs probe with them.
#include "stale_handles.h"

#include <stdio.h>

#include "lw_finding.h"

void lw_report_stale_handle_(HANDLE handle, const lw_handle_past *past, const lw_object_type *now, const char *api) {
  char phrase[128];
  const char *type = past->type ? past->type->name : "object";
  if (now)
    snprintf(phrase, sizeof phrase, "value of a closed handle of %s used, now a handle of %s%s", type,
             now == past->type ? "another " : "", now->name);
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
