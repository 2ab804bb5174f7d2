// Views of file mappings: MapViewOfFile and its opposite. A view keeps its mapping, whatever becomes of the handles.
#include "mapped_views.h"

#include <errno.h>
#include <sys/mman.h>

#include "file_mappings.h"
#include "memoryapi.h"

enum { PAGE = 4096, GRANULARITY = 65536, VIEWS_MAX = 1024 };

typedef struct view {
  char *_Nullable start;
  size_t bytes; ///< whole pages
  DWORD protection;
  lw_mapping *mapping; ///< a reference
} view;

static lw_lock lock;
static view views[VIEWS_MAX] LW_GUARDED_BY(&lock);

/// How a view is asked for.
typedef struct wish {
  DWORD access; ///< SECTION_MAP_... that the handle needs
  DWORD protection;
  int pages; ///< PROT_...
  int sharing;
} wish;

static wish wish_of(DWORD access) {
  bool executes = access & FILE_MAP_EXECUTE;
  wish all = {.protection = PAGE_READONLY, .pages = PROT_READ | (executes ? PROT_EXEC : 0), .sharing = MAP_SHARED};
  if (access & FILE_MAP_WRITE) {
    all.access = SECTION_MAP_WRITE;
    all.protection = PAGE_READWRITE;
    all.pages |= PROT_WRITE;
  } else if (access & FILE_MAP_COPY && !(access & FILE_MAP_READ)) {
    all.access = SECTION_QUERY;
    all.protection = PAGE_WRITECOPY;
    all.pages |= PROT_WRITE;
    all.sharing = MAP_PRIVATE;
  } else {
    all.access = SECTION_MAP_READ;
  }
  return all;
}

/// Whether the mapping's own protection lets a view be so.
static bool allows(const lw_mapping *mapping, const wish *wish) {
  DWORD protection = mapping->protection;
  bool writes = protection == PAGE_READWRITE || protection == PAGE_EXECUTE_READWRITE;
  return wish->protection != PAGE_READWRITE || writes;
}

/// Maps at a place that is as aligned as on Windows; MAP_FAILED and errno.
static char *map_aligned(const lw_mapping *mapping, const wish *wish, uint64_t offset, size_t bytes) {
  char *all = mmap(NULL, bytes + GRANULARITY, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) return all;
  char *start = (char *)(((uintptr_t)all + GRANULARITY - 1) / GRANULARITY * GRANULARITY);
  if (start > all) munmap(all, (size_t)(start - all));
  if (start < all + GRANULARITY) munmap(start + bytes, (size_t)(all + GRANULARITY - start));
  char *mapped = mmap(start, bytes, wish->pages, wish->sharing | MAP_FIXED, mapping->fd, (off_t)offset);
  if (mapped == MAP_FAILED) munmap(start, bytes);
  return mapped;
}

static view *_Nullable free_view(void) LW_REQUIRES(lock) {
  for (int i = 0; i < VIEWS_MAX; i++)
    if (!views[i].start) return &views[i];
  return NULL;
}

/// The view in which `address` lies.
static view *_Nullable view_of(const void *_Nullable address) LW_REQUIRES(lock) {
  for (int i = 0; address && i < VIEWS_MAX; i++) {
    view *at = &views[i];
    if (at->start && (const char *)address >= at->start && (const char *)address < at->start + at->bytes) return at;
  }
  return NULL;
}

/// Adds a view; it takes the reference over on success. ERROR_SUCCESS, or why not.
static DWORD add_view(lw_mapping *mapping, const wish *wish, uint64_t offset, size_t bytes, char *_Nullable wanted,
                      char *_Nullable *_Nonnull start) {
  lw_lock_acquire(&lock);
  view *added = free_view();
  char *mapped = MAP_FAILED;
  if (added && wanted)
    mapped = mmap(wanted, bytes, wish->pages, wish->sharing | MAP_FIXED_NOREPLACE, mapping->fd, (off_t)offset);
  else if (added)
    mapped = map_aligned(mapping, wish, offset, bytes);
  bool done = mapped != MAP_FAILED;
  if (done) *added = (view){.start = mapped, .bytes = bytes, .protection = wish->protection, .mapping = mapping};
  DWORD error = done ? ERROR_SUCCESS : added && errno == EEXIST ? ERROR_INVALID_ADDRESS : ERROR_NOT_ENOUGH_MEMORY;
  lw_lock_release(&lock);
  *start = done ? mapped : NULL;
  return error;
}

LPVOID MapViewOfFileEx(HANDLE handle, DWORD access, DWORD offset_high, DWORD offset_low, SIZE_T bytes, LPVOID wanted) {
  wish wish = wish_of(access);
  uint64_t offset = (uint64_t)offset_high << 32 | offset_low;
  lw_mapping *mapping = lw_mapping_of_(handle, wish.access, "MapViewOfFile");
  if (!mapping) return NULL;
  bool aligned = offset % GRANULARITY == 0 && (uintptr_t)wanted % GRANULARITY == 0;
  DWORD error = !aligned                          ? ERROR_MAPPED_ALIGNMENT
                : offset >= mapping->bytes        ? ERROR_INVALID_PARAMETER
                : bytes > mapping->bytes - offset ? ERROR_ACCESS_DENIED
                : !allows(mapping, &wish)         ? ERROR_ACCESS_DENIED
                                                  : ERROR_SUCCESS;
  char *start = NULL;
  if (error == ERROR_SUCCESS) {
    uint64_t whole = bytes ? bytes : mapping->bytes - offset;
    error = add_view(mapping, &wish, offset, (whole + PAGE - 1) / PAGE * PAGE, wanted, &start);
  }
  if (error == ERROR_SUCCESS) return start;
  lw_object_release_(&mapping->object);
  lw_failed_(error);
  return NULL;
}

LPVOID MapViewOfFile(HANDLE handle, DWORD access, DWORD offset_high, DWORD offset_low, SIZE_T bytes) {
  return MapViewOfFileEx(handle, access, offset_high, offset_low, bytes, NULL);
}

BOOL UnmapViewOfFile(LPCVOID address) {
  lw_lock_acquire(&lock);
  view *found = view_of(address), gone = {.start = NULL};
  if (found) {
    gone = *found;
    munmap(gone.start, gone.bytes);
    *found = (view){.start = NULL};
  }
  lw_lock_release(&lock);
  if (!gone.start) return lw_failed_(ERROR_INVALID_ADDRESS);
  lw_object_release_(&gone.mapping->object);
  return TRUE;
}

BOOL FlushViewOfFile(LPCVOID address, SIZE_T bytes) {
  lw_lock_acquire(&lock);
  const view *found = view_of(address);
  char *from = found ? found->start + ((const char *)address - found->start) / PAGE * PAGE : NULL;
  size_t left = found ? found->bytes - (size_t)(from - found->start) : 0;
  bool done = found && bytes <= left &&
              msync(from, bytes ? bytes + (size_t)((const char *)address - from) : left, MS_SYNC) == 0;
  lw_lock_release(&lock);
  return done ? TRUE : lw_failed_(ERROR_INVALID_ADDRESS);
}

bool lw_view_query_(const void *address, MEMORY_BASIC_INFORMATION *information) {
  lw_lock_acquire(&lock);
  const view *found = view_of(address);
  if (found) {
    size_t before = (size_t)((const char *)address - found->start) / PAGE * PAGE;
    *information = (MEMORY_BASIC_INFORMATION){.BaseAddress = found->start + before,
                                              .AllocationBase = found->start,
                                              .AllocationProtect = found->protection,
                                              .RegionSize = found->bytes - before,
                                              .State = MEM_COMMIT,
                                              .Protect = found->protection,
                                              .Type = MEM_MAPPED};
  }
  lw_lock_release(&lock);
  return found;
}
