// Sharing of disk files, see file_sharing.h: a list of files that are open, each with its openings.
#include "file_sharing.h"

#include <sys/stat.h>

#include "winerror.h"
#include "winnt.h"

typedef TAILQ_HEAD(openings, lw_opening) openings;

typedef struct lw_shared_node {
  TAILQ_ENTRY(lw_shared_node) link;
  dev_t device;
  ino_t number;
  openings openings;
  bool is_deleted;
} lw_shared_node;

static lw_lock sharing_lock;
static TAILQ_HEAD(, lw_shared_node) nodes LW_GUARDED_BY(sharing_lock) = TAILQ_HEAD_INITIALIZER(nodes);
static lw_pool pool = LW_POOL(lw_shared_node);

/// The sharing that an access needs from everybody else.
static DWORD needed_sharing(DWORD access) {
  return (access & (FILE_READ_DATA | FILE_EXECUTE) ? FILE_SHARE_READ : 0) |
         (access & (FILE_WRITE_DATA | FILE_APPEND_DATA) ? FILE_SHARE_WRITE : 0) |
         (access & DELETE ? FILE_SHARE_DELETE : 0);
}

static bool exclude(const lw_opening *one, const lw_opening *other) {
  DWORD needed = needed_sharing(one->access), others = needed_sharing(other->access);
  // Whoever only looks at attributes shares everything.
  if (needed == 0 || others == 0) return false;
  return needed & ~other->sharing || others & ~one->sharing;
}

static lw_shared_node *_Nullable node_of(dev_t device, ino_t number) LW_REQUIRES(sharing_lock) {
  lw_shared_node *node;
  TAILQ_FOREACH(node, &nodes, link) {
    if (node->device == device && node->number == number) return node;
  }
  node = lw_pool_take(&pool);
  if (!node) return NULL;
  node->device = device;
  node->number = number;
  TAILQ_INIT(&node->openings);
  TAILQ_INSERT_TAIL(&nodes, node, link);
  return node;
}

/// Takes a node that nobody has open off the list.
static void drop_unused(lw_shared_node *node) LW_REQUIRES(sharing_lock) {
  if (!TAILQ_EMPTY(&node->openings)) return;
  TAILQ_REMOVE(&nodes, node, link);
  lw_pool_give(&pool, node);
}

static DWORD join(lw_opening *opening, lw_shared_node *node) LW_REQUIRES(sharing_lock) {
  if (node->is_deleted) return ERROR_ACCESS_DENIED;
  const lw_opening *other;
  TAILQ_FOREACH(other, &node->openings, link) {
    if (exclude(opening, other)) return ERROR_SHARING_VIOLATION;
  }
  TAILQ_INSERT_TAIL(&node->openings, opening, link);
  opening->node = node;
  return ERROR_SUCCESS;
}

DWORD lw_sharing_enter_(lw_opening *opening, int fd, DWORD access, DWORD sharing) {
  struct stat status;
  if (fstat(fd, &status) != 0) return ERROR_INVALID_HANDLE;
  *opening = (lw_opening){.access = access, .sharing = sharing};
  lw_lock_acquire(&sharing_lock);
  lw_shared_node *node = node_of(status.st_dev, status.st_ino);
  DWORD error = node ? join(opening, node) : ERROR_NOT_ENOUGH_MEMORY;
  if (node) drop_unused(node);
  lw_lock_release_quietly(&sharing_lock);
  return error;
}

bool lw_sharing_leave_(lw_opening *opening) {
  if (!opening->node) return false;
  lw_lock_acquire(&sharing_lock);
  lw_shared_node *node = opening->node;
  TAILQ_REMOVE(&node->openings, opening, link);
  bool deletes = node->is_deleted && TAILQ_EMPTY(&node->openings);
  drop_unused(node);
  lw_lock_release_quietly(&sharing_lock);
  opening->node = NULL;
  return deletes;
}

void lw_sharing_delete_(lw_opening *opening, bool deletes) {
  lw_lock_acquire(&sharing_lock);
  opening->node->is_deleted = deletes;
  lw_lock_release_quietly(&sharing_lock);
}

bool lw_sharing_is_deleted_(const lw_opening *opening) {
  lw_lock_acquire(&sharing_lock);
  bool deletes = opening->node && opening->node->is_deleted;
  lw_lock_release_quietly(&sharing_lock);
  return deletes;
}
