// Names of objects: one namespace for all types, of this process or of its family.
#pragma once

#include "object.h"

#pragma clang assume_nonnull begin

/// Why a name cannot be one: ERROR_FILENAME_EXCED_RANGE, ERROR_PATH_NOT_FOUND for a directory of names other than
/// Global and Local; ERROR_SUCCESS when it can. NULL and "" are no name.
DWORD lw_name_refusal_(const char *_Nullable name);
/// Opens a handle of a new object, under `name` unless that is NULL or empty. An object of the same type that has the
/// name is opened instead, and the last error is ERROR_ALREADY_EXISTS; otherwise it is ERROR_SUCCESS. Takes over the
/// caller's reference. NULL: ERROR_INVALID_HANDLE when an object of another type has the name,
/// ERROR_NOT_ENOUGH_MEMORY.
HANDLE _Nullable lw_name_create_(lw_object *made, const char *_Nullable name, lw_rights rights);
/// Opens a handle of the object of that name and type. NULL: ERROR_INVALID_PARAMETER without a name,
/// ERROR_FILE_NOT_FOUND, ERROR_INVALID_HANDLE for another type.
HANDLE _Nullable lw_name_open_(const char *_Nullable name, const lw_object_type *type, lw_rights rights);
/// The family begins: its names are from here on those of this process. False when the system has nothing left.
bool lw_names_share_(void);
/// Forgets the name of an object that is being destroyed.
void lw_name_drop_(const lw_object *object);

/// UTF-16 to UTF-8, so that both forms of a name are the same name. False, and the last error is
/// ERROR_FILENAME_EXCED_RANGE, when it has MAX_PATH bytes or more.
bool lw_name_narrow_(const WCHAR *from, char to[_Nonnull MAX_PATH]);

#pragma clang assume_nonnull end
