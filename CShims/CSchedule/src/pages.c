// The project's own memory: pages from the system and pools of equal objects. Never from malloc, which a program may
// have served from an arena, and never unmapped under a pool, so that a late reader meets an object of the same type.
#include <immintrin.h>
#include <sys/mman.h>

#include "schedule.h"

enum { OS_PAGE_BYTES = 4096, CHUNK_BYTES = 65536, OBJECT_ALIGNMENT = 16, HAND_MAX = 16 };

static size_t whole_pages(size_t bytes) { return (bytes + OS_PAGE_BYTES - 1) & ~(size_t)(OS_PAGE_BYTES - 1); }

void *lw_pages_reserve(size_t bytes) {
  void *pages =
      mmap(NULL, whole_pages(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return pages == MAP_FAILED ? NULL : pages;
}

void lw_pages_release(void *pages, size_t bytes) {
  if (munmap(pages, whole_pages(bytes)) != 0) lw_fatal("pages were released that are not pages");
}

/// Behind every object of a pool; not inside it, so that an object keeps what its last user left until it is taken.
typedef struct pool_link {
  void *_Nullable next; ///< the object that was given back before this one
} pool_link;

static size_t link_offset(const lw_pool *pool) {
  return (pool->object_bytes + sizeof(uint64_t) - 1) & ~(sizeof(uint64_t) - 1);
}

static size_t stride(const lw_pool *pool) {
  return (link_offset(pool) + sizeof(pool_link) + OBJECT_ALIGNMENT - 1) & ~(size_t)(OBJECT_ALIGNMENT - 1);
}

/// A late reader may look at the object meanwhile, with atomic loads. So this is made of moves that are instructions of
/// their own and no accesses of the language, and an aligned part of which is as atomic as a word. It may reach into
/// the link, which is of no use while the object is taken.
static void zero(void *object, size_t bytes) {
  const __m128i zeros = _mm_setzero_si128();
  __m128i *at = object, *end = at + (bytes + sizeof zeros - 1) / sizeof zeros;
  for (; end - at >= 4; at += 4)
    __asm__ volatile("movdqa %4, %0\n\tmovdqa %4, %1\n\tmovdqa %4, %2\n\tmovdqa %4, %3"
                     : "=m"(at[0]), "=m"(at[1]), "=m"(at[2]), "=m"(at[3])
                     : "x"(zeros));
  for (; at < end; at++) __asm__ volatile("movdqa %1, %0" : "=m"(*at) : "x"(zeros));
}

static pool_link *link_of(const lw_pool *pool, void *object) {
  return (pool_link *)(void *)((char *)object + link_offset(pool));
}

static void *_Nullable carve(lw_pool *pool) LW_REQUIRES(pool->lock) {
  size_t size = stride(pool);
  if ((size_t)(pool->end_ - pool->fresh_) < size) {
    size_t chunk = size > CHUNK_BYTES ? size : CHUNK_BYTES;
    char *pages = lw_pages_reserve(chunk);
    if (!pages) return NULL;
    pool->fresh_ = pages;
    pool->end_ = pages + chunk;
  }
  void *object = pool->fresh_;
  pool->fresh_ += size;
  return object;
}

static void *_Nullable take_shared(lw_pool *pool) {
  lw_lock_acquire(&pool->lock);
  void *object = pool->free_;
  if (object)
    pool->free_ = link_of(pool, object)->next;
  else
    object = carve(pool);
  lw_lock_release_quietly(&pool->lock);
  return object;
}

void *lw_pool_take(lw_pool *pool) {
  lw_pool_hand *hand = pool->hands ? &pool->hands->of[lw_thread_self()] : NULL;
  void *object = hand ? hand->first : NULL;
  if (object) {
    hand->first = link_of(pool, object)->next;
    hand->count--;
  } else {
    object = take_shared(pool);
  }
  if (object) zero(object, link_offset(pool));
  return object;
}

void lw_pool_give(lw_pool *pool, void *object) {
  lw_pool_hand *hand = pool->hands ? &pool->hands->of[lw_thread_self()] : NULL;
  pool_link *behind = link_of(pool, object);
  if (hand && hand->count < HAND_MAX) {
    behind->next = hand->first;
    hand->first = object;
    hand->count++;
    return;
  }
  lw_lock_acquire(&pool->lock);
  behind->next = pool->free_;
  pool->free_ = object;
  lw_lock_release_quietly(&pool->lock);
}
