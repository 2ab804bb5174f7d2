// Names of objects, within this process.
#pragma once

#include "object.h"

#pragma clang assume_nonnull begin

/// The object of that name, with a reference for the caller, or NULL.
lw_object *_Nullable lw_name_find_(const char *name);
/// Gives a new object a name, unless another has it: then that one is returned, with a reference for the caller, and
/// the new one stays nameless. Returns `object` itself on success, NULL when there is no memory.
lw_object *_Nullable lw_name_claim_(const char *name, lw_object *object);
/// Forgets the name of an object that is being destroyed, if it has one.
void lw_name_drop_(const lw_object *object);

#pragma clang assume_nonnull end
