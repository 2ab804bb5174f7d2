// What is known of an open file by classes of information (FileExtd.h, winbase.h).
#pragma once

#include "fileapi.h"

#pragma clang assume_nonnull begin

typedef enum _FILE_INFO_BY_HANDLE_CLASS {
  FileBasicInfo,
  FileStandardInfo,
  FileNameInfo,
  FileRenameInfo,
  FileDispositionInfo,
  FileAllocationInfo,
  FileEndOfFileInfo,
  FileStreamInfo,
  FileCompressionInfo,
  FileAttributeTagInfo,
  MaximumFileInfoByHandleClass = 24 ///< of Windows 10
} FILE_INFO_BY_HANDLE_CLASS;

/// Times in 100 ns since 1601; when set, 0 and -1 leave one as it is, and `CreationTime` and `ChangeTime` are without
/// effect, as are attributes of 0.
typedef struct _FILE_BASIC_INFO {
  LARGE_INTEGER CreationTime;
  LARGE_INTEGER LastAccessTime;
  LARGE_INTEGER LastWriteTime;
  LARGE_INTEGER ChangeTime;
  DWORD FileAttributes;
} FILE_BASIC_INFO, *PFILE_BASIC_INFO;

typedef struct _FILE_STANDARD_INFO {
  LARGE_INTEGER AllocationSize;
  LARGE_INTEGER EndOfFile;
  DWORD NumberOfLinks;
  BOOLEAN DeletePending;
  BOOLEAN Directory;
} FILE_STANDARD_INFO, *PFILE_STANDARD_INFO;

typedef struct _FILE_RENAME_INFO {
  union {
    BOOLEAN ReplaceIfExists;
    DWORD Flags;
  };
  HANDLE _Nullable RootDirectory; ///< has to be NULL
  DWORD FileNameLength;           ///< bytes
  WCHAR FileName[1];
} FILE_RENAME_INFO, *PFILE_RENAME_INFO;

/// The name without a drive, and without a terminator.
typedef struct _FILE_NAME_INFO {
  DWORD FileNameLength; ///< bytes
  WCHAR FileName[1];
} FILE_NAME_INFO, *PFILE_NAME_INFO;

typedef struct _FILE_ATTRIBUTE_TAG_INFO {
  DWORD FileAttributes;
  DWORD ReparseTag;
} FILE_ATTRIBUTE_TAG_INFO, *PFILE_ATTRIBUTE_TAG_INFO;

typedef struct _FILE_DISPOSITION_INFO {
  BOOLEAN DeleteFile; ///< when the last handle is closed
} FILE_DISPOSITION_INFO, *PFILE_DISPOSITION_INFO;

typedef struct _FILE_ALLOCATION_INFO {
  LARGE_INTEGER AllocationSize; ///< below the size: the file is cut
} FILE_ALLOCATION_INFO, *PFILE_ALLOCATION_INFO;

typedef struct _FILE_END_OF_FILE_INFO {
  LARGE_INTEGER EndOfFile;
} FILE_END_OF_FILE_INFO, *PFILE_END_OF_FILE_INFO;

/// Sets FileBasicInfo, FileRenameInfo, FileDispositionInfo, FileAllocationInfo or FileEndOfFileInfo of a disk file.
/// FALSE: ERROR_INVALID_HANDLE; ERROR_BAD_LENGTH for too few `bytes`; ERROR_ACCESS_DENIED without the right
/// (FILE_WRITE_ATTRIBUTES, DELETE, FILE_WRITE_DATA), for a read-only file that is to be deleted, and for a new name
/// that is a folder; ERROR_ALREADY_EXISTS, ERROR_PATH_NOT_FOUND; ERROR_CALL_NOT_IMPLEMENTED for another class.
BOOL SetFileInformationByHandle(HANDLE _Nullable file, FILE_INFO_BY_HANDLE_CLASS what, LPVOID _Nullable information,
                                DWORD bytes);
/// Gets FileBasicInfo, FileStandardInfo, FileNameInfo (ERROR_MORE_DATA for a part of it) or FileAttributeTagInfo. FALSE
/// as above; ERROR_INVALID_PARAMETER for what is no class.
BOOL GetFileInformationByHandleEx(HANDLE _Nullable file, FILE_INFO_BY_HANDLE_CLASS what, LPVOID _Nullable information,
                                  DWORD bytes);

#pragma clang assume_nonnull end
