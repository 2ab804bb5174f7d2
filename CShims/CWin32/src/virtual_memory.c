// VirtualAlloc and its family over mmap. A range remembers what VirtualFree is not told, and the protection of each
// page.
#include "memoryapi.h"

#include <string.h>
#include <sys/mman.h>

#include "mapped_views.h"
#include "object.h"

enum { PAGE = 4096, GRANULARITY = 65536, RANGES_MAX = 1024 };

typedef struct range {
  char *_Nullable start;
  SIZE_T bytes;
  DWORD protection;            ///< that it was reserved with
  SIZE_T touched;              ///< pages from this one on were never committed
  BYTE *_Nullable protections; ///< PAGE_... of each page; 0: not committed
} range;

static lw_lock lock;
static range ranges[RANGES_MAX] LW_GUARDED_BY(&lock);

static bool system_protection(DWORD protection, int *flags) {
  switch (protection) {
  case PAGE_NOACCESS:
    *flags = PROT_NONE;
    return true;
  case PAGE_READONLY:
    *flags = PROT_READ;
    return true;
  case PAGE_READWRITE:
  case PAGE_WRITECOPY:
    *flags = PROT_READ | PROT_WRITE;
    return true;
  case PAGE_EXECUTE:
  case PAGE_EXECUTE_READ:
    *flags = PROT_READ | PROT_EXEC;
    return true;
  case PAGE_EXECUTE_READWRITE:
    *flags = PROT_READ | PROT_WRITE | PROT_EXEC;
    return true;
  default:
    return false;
  }
}

/// The range in which all of `bytes` bytes at `address` lie; NULL is none.
static range *_Nullable range_of(const char *_Nullable address, SIZE_T bytes) LW_REQUIRES(lock) {
  for (int i = 0; i < RANGES_MAX; i++) {
    range *r = &ranges[i];
    if (!r->start || address < r->start || address >= r->start + r->bytes) continue;
    return bytes <= r->bytes - (SIZE_T)(address - r->start) ? r : NULL;
  }
  return NULL;
}

static range *_Nullable reserve(SIZE_T bytes) LW_REQUIRES(lock) {
  SIZE_T rounded = (bytes + PAGE - 1) / PAGE * PAGE, pages = rounded / PAGE;
  if (rounded < bytes || rounded > (SIZE_T)1 << 46) return NULL;
  range *r = ranges;
  while (r < ranges + RANGES_MAX && r->start) r++;
  if (r == ranges + RANGES_MAX) return NULL;
  // Starts lie as far apart as on Windows: what the system gave too much is given back.
  char *all = mmap(NULL, rounded + GRANULARITY, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) return NULL;
  char *start = (char *)(((uintptr_t)all + GRANULARITY - 1) / GRANULARITY * GRANULARITY);
  if (start > all) munmap(all, (size_t)(start - all));
  if (start < all + GRANULARITY) munmap(start + rounded, (size_t)(all + GRANULARITY - start));
  BYTE *protections = lw_pages_reserve(pages);
  if (!protections) {
    munmap(start, rounded);
    return NULL;
  }
  *r = (range){.start = start, .bytes = rounded, .protections = protections};
  return r;
}

static void release(range *r) LW_REQUIRES(lock) {
  munmap(r->start, r->bytes);
  lw_pages_release(r->protections, r->bytes / PAGE);
  *r = (range){.start = NULL};
}

/// Whole pages: from the one of the first byte to the one of the last.
static bool protect(range *r, const char *address, SIZE_T bytes, BYTE protection) LW_REQUIRES(lock) {
  int flags = PROT_NONE;
  if (protection) system_protection(protection, &flags);
  SIZE_T first = (SIZE_T)(address - r->start) / PAGE;
  SIZE_T end = ((SIZE_T)(address - r->start) + bytes + PAGE - 1) / PAGE;
  if (mprotect(r->start + first * PAGE, (end - first) * PAGE, flags) != 0) return false;
  if (!protection) madvise(r->start + first * PAGE, (end - first) * PAGE, MADV_DONTNEED);
  if (!protection && end > r->touched) end = r->touched; // the rest is 0
  if (end > first) memset(r->protections + first, protection, end - first);
  if (end > r->touched) r->touched = end;
  return true;
}

static DWORD allocate(char *_Nullable address, SIZE_T bytes, DWORD type, DWORD protection, char *_Nullable *_Nonnull at)
    LW_REQUIRES(lock) {
  bool reserves = !address || (type & MEM_RESERVE);
  if (reserves && address) return ERROR_INVALID_ADDRESS;
  range *r = reserves ? reserve(bytes) : range_of(address, bytes);
  if (!r) return reserves ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_ADDRESS;
  char *start = reserves ? r->start : address;
  if (reserves) r->protection = protection;
  if ((type & MEM_COMMIT) && !protect(r, start, bytes, (BYTE)protection)) {
    if (reserves) release(r);
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  *at = start - (start - r->start) % PAGE;
  return ERROR_SUCCESS;
}

LPVOID VirtualAlloc(LPVOID address, SIZE_T bytes, DWORD type, DWORD protection) {
  int flags;
  bool known = (type & (MEM_COMMIT | MEM_RESERVE)) && !(type & ~(MEM_COMMIT | MEM_RESERVE | MEM_TOP_DOWN));
  if (bytes == 0 || !known || !system_protection(protection, &flags)) {
    lw_failed_(ERROR_INVALID_PARAMETER);
    return NULL;
  }
  char *at = NULL;
  lw_lock_acquire(&lock);
  DWORD error = allocate(address, bytes, type, protection, &at);
  lw_lock_release(&lock);
  if (error != ERROR_SUCCESS) lw_failed_(error);
  return at;
}

BOOL VirtualFree(LPVOID address, SIZE_T bytes, DWORD type) {
  if ((type == MEM_RELEASE) ? bytes != 0 : type != MEM_DECOMMIT) return lw_failed_(ERROR_INVALID_PARAMETER);
  DWORD error = ERROR_SUCCESS;
  lw_lock_acquire(&lock);
  range *r = range_of(address, type == MEM_RELEASE ? 1 : bytes);
  if (!r || (bytes == 0 && (char *)address != r->start))
    error = ERROR_INVALID_ADDRESS;
  else if (type == MEM_RELEASE)
    release(r);
  else if (!protect(r, address, bytes ? bytes : r->bytes, 0))
    error = ERROR_NOT_ENOUGH_MEMORY;
  lw_lock_release(&lock);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

BOOL VirtualProtect(LPVOID address, SIZE_T bytes, DWORD protection, DWORD *before) {
  int flags;
  if (!before) return lw_failed_(ERROR_NOACCESS);
  if (bytes == 0 || !system_protection(protection, &flags)) return lw_failed_(ERROR_INVALID_PARAMETER);
  lw_lock_acquire(&lock);
  range *r = range_of(address, bytes);
  DWORD now = r ? r->protections[((char *)address - r->start) / PAGE] : 0;
  bool done = now && protect(r, address, bytes, (BYTE)protection);
  lw_lock_release(&lock);
  if (done) *before = now;
  return done ? TRUE : lw_failed_(ERROR_INVALID_ADDRESS);
}

SIZE_T VirtualQuery(const void *address, PMEMORY_BASIC_INFORMATION information, SIZE_T bytes) {
  if (!information) return (SIZE_T)lw_failed_(ERROR_NOACCESS);
  if (bytes < sizeof *information) return (SIZE_T)lw_failed_(ERROR_BAD_LENGTH);
  lw_lock_acquire(&lock);
  const range *r = range_of(address, 1);
  if (r) {
    SIZE_T pages = r->bytes / PAGE, first = (SIZE_T)((const char *)address - r->start) / PAGE, end = first;
    while (end < r->touched && r->protections[end] == r->protections[first]) end++;
    if (end >= r->touched && !r->protections[first]) end = pages; // nobody looks at the table of a huge range
    *information = (MEMORY_BASIC_INFORMATION){.BaseAddress = r->start + first * PAGE,
                                              .AllocationBase = r->start,
                                              .AllocationProtect = r->protection,
                                              .RegionSize = (end - first) * PAGE,
                                              .State = r->protections[first] ? MEM_COMMIT : MEM_RESERVE,
                                              .Protect = r->protections[first],
                                              .Type = MEM_PRIVATE};
  }
  lw_lock_release(&lock);
  if (r || lw_view_query_(address, information)) return sizeof *information;
  return (SIZE_T)lw_failed_(ERROR_INVALID_PARAMETER);
}
