// CreateFileMapping and OpenFileMapping. The memory is the system's behind a descriptor: that of the file, or a memfd.
// A process that has a mapping by its name or as an inheritance gets a descriptor of the same memory through the one
// that made it, which must live until then.
#include "file_mappings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk_file.h"
#include "error_table.h"
#include "joint_memory.h"
#include "memoryapi.h"
#include "names.h"

enum { PAGE = 4096, COMMITMENTS = SEC_COMMIT | SEC_RESERVE };

static lw_pool pool = LW_POOL(lw_mapping);

static void destroy(lw_object *object) {
  lw_mapping *self = (lw_mapping *)object;
  close(self->fd);
  lw_pool_give(&pool, self);
}

static bool writes_back(DWORD protection) {
  return protection == PAGE_READWRITE || protection == PAGE_EXECUTE_READWRITE;
}

/// A mapping that takes the descriptor over; NULL when there is no memory.
static lw_mapping *_Nullable make(int fd, uint64_t bytes, DWORD protection) {
  lw_mapping *made = lw_pool_take(&pool);
  if (!made) return NULL;
  lw_object_prepare_(&made->object, &lw_mapping_type_);
  made->fd = fd;
  made->bytes = bytes;
  made->protection = protection;
  return made;
}

// ------------------------------------------------------------------------------------------------- between processes

static void publish(lw_object *object, struct lw_joint *joint) {
  const lw_mapping *self = (const lw_mapping *)object;
  joint->mapping.bytes = self->bytes;
  joint->mapping.process = (uint32_t)getpid();
  joint->mapping.descriptor = (uint32_t)self->fd;
  joint->mapping.protection = self->protection;
}

static lw_object *_Nullable copy(const struct lw_joint *joint) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%u/fd/%u", joint->mapping.process, joint->mapping.descriptor);
  int fd = open(path, (writes_back(joint->mapping.protection) ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  lw_mapping *made = fd >= 0 ? make(fd, joint->mapping.bytes, joint->mapping.protection) : NULL;
  if (!made && fd >= 0) close(fd);
  return made ? &made->object : NULL;
}

static const struct lw_joint_type joint_type = {.kind = LW_JOINT_MAPPING, .publish = publish, .copy = copy};
const lw_object_type lw_mapping_type_ = {.name = "file mapping", .destroy = destroy, .joint = &joint_type};

// ------------------------------------------------------------------------------------------------------------- making

/// Memory of no file; its descriptor, or -1 and why not.
static int open_memory(uint64_t *bytes, DWORD *error) {
  *error = *bytes == 0 ? ERROR_INVALID_PARAMETER : ERROR_NOT_ENOUGH_MEMORY;
  if (*bytes == 0 || *bytes > (uint64_t)1 << 46) return -1;
  *bytes = (*bytes + PAGE - 1) / PAGE * PAGE;
  int fd = memfd_create("lw-mapping", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, (off_t)*bytes) == 0) return fd;
  close(fd);
  return -1;
}

/// The size of a file that is mapped, which grows to `*bytes` where that is more; 0: all of it. ERROR_SUCCESS, or why
/// not.
static DWORD measure(int fd, DWORD protection, uint64_t *bytes) {
  struct stat status;
  if (fstat(fd, &status) != 0) return lw_error_of_errno_(errno);
  uint64_t has = (uint64_t)status.st_size;
  if (*bytes == 0 && has == 0) return ERROR_FILE_INVALID;
  if (*bytes == 0) *bytes = has;
  if (*bytes <= has) return ERROR_SUCCESS;
  if (!writes_back(protection)) return ERROR_NOT_ENOUGH_MEMORY;
  return ftruncate(fd, (off_t)*bytes) == 0 ? ERROR_SUCCESS : ERROR_DISK_FULL;
}

/// A descriptor of a handle's file, or -1 and why not.
static int open_file(HANDLE handle, DWORD protection, uint64_t *bytes, DWORD *error) {
  lw_disk_file *file = lw_disk_file_for_(handle, "CreateFileMapping", ERROR_INVALID_HANDLE);
  if (!file) {
    *error = GetLastError();
    return -1;
  }
  DWORD needed = writes_back(protection) ? FILE_READ_DATA | FILE_WRITE_DATA : FILE_READ_DATA;
  *error = file->file.kind != &lw_disk_kind_                                    ? ERROR_BAD_EXE_FORMAT
           : (file->file.access & lw_handle_rights_(handle) & needed) != needed ? ERROR_ACCESS_DENIED
                                                                                : measure(file->fd, protection, bytes);
  int fd = *error == ERROR_SUCCESS ? fcntl(file->fd, F_DUPFD_CLOEXEC, 0) : -1;
  if (fd < 0 && *error == ERROR_SUCCESS) *error = lw_error_of_errno_(errno);
  lw_disk_file_release_(file);
  return fd;
}

static bool is_protection(DWORD protection) {
  return protection == PAGE_READONLY || protection == PAGE_WRITECOPY || protection == PAGE_EXECUTE_READ ||
         protection == PAGE_EXECUTE_WRITECOPY || writes_back(protection);
}

HANDLE CreateFileMappingA(HANDLE file, LPSECURITY_ATTRIBUTES attributes, DWORD protection, DWORD bytes_high,
                          DWORD bytes_low, LPCSTR name) {
  uint64_t bytes = (uint64_t)bytes_high << 32 | bytes_low;
  DWORD pages = protection & ~(DWORD)COMMITMENTS;
  DWORD error = is_protection(pages) ? lw_name_refusal_(name) : ERROR_INVALID_PARAMETER;
  int fd = -1;
  if (error == ERROR_SUCCESS)
    fd = !file || file == INVALID_HANDLE_VALUE ? open_memory(&bytes, &error) : open_file(file, pages, &bytes, &error);
  lw_mapping *made = fd >= 0 ? make(fd, bytes, pages) : NULL;
  if (!made) {
    if (fd >= 0) close(fd);
    lw_failed_(fd >= 0 ? ERROR_NOT_ENOUGH_MEMORY : error);
    return NULL;
  }
  lw_rights rights = lw_rights_(SECTION_ALL_ACCESS, attributes && attributes->bInheritHandle);
  return lw_name_create_(&made->object, name, rights);
}

HANDLE CreateFileMappingW(HANDLE file, LPSECURITY_ATTRIBUTES attributes, DWORD protection, DWORD bytes_high,
                          DWORD bytes_low, LPCWSTR name) {
  char narrow[MAX_PATH];
  if (name && !lw_name_narrow_(name, narrow)) return NULL;
  return CreateFileMappingA(file, attributes, protection, bytes_high, bytes_low, name ? narrow : NULL);
}

HANDLE OpenFileMappingA(DWORD access, BOOL inherit, LPCSTR name) {
  return lw_name_open_(name, &lw_mapping_type_, lw_rights_(access, inherit) & ~(lw_rights)SYNCHRONIZE);
}

HANDLE OpenFileMappingW(DWORD access, BOOL inherit, LPCWSTR name) {
  char narrow[MAX_PATH];
  if (name && !lw_name_narrow_(name, narrow)) return NULL;
  return OpenFileMappingA(access, inherit, name ? narrow : NULL);
}
