// Which executable and libraries are loaded where, and their build ids: what a report needs so that its program
// counters can be turned into names later, in another process.
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "lw_stack.h"

typedef struct collection {
  lw_image *images;
  size_t count;
  size_t limit;
} collection;

static void read_build_id(lw_image *image, const char *note, size_t bytes) {
  const char *end = note + bytes;
  while ((size_t)(end - note) >= sizeof(ElfW(Nhdr))) {
    const ElfW(Nhdr) *header = (const ElfW(Nhdr) *)note;
    const char *name = note + sizeof *header;
    const char *content = name + ((header->n_namesz + 3) & ~3u);
    if (header->n_type == NT_GNU_BUILD_ID && header->n_namesz == sizeof "GNU" && memcmp(name, "GNU", 4) == 0) {
      image->build_id_bytes = header->n_descsz < LW_IMAGE_BUILD_ID_BYTES ? header->n_descsz : LW_IMAGE_BUILD_ID_BYTES;
      memcpy(image->build_id, content, image->build_id_bytes);
      return;
    }
    note = content + ((header->n_descsz + 3) & ~3u);
  }
}

/// The loader has no name for the executable and a made-up one for the vdso; libraries found through a relative search
/// path have a relative one.
static void set_path(lw_image *image, const struct dl_phdr_info *info) {
  const char *name = info->dlpi_name ? info->dlpi_name : "";
  unsigned long vdso = getauxval(AT_SYSINFO_EHDR);
  if (vdso != 0 && vdso >= image->start && vdso < image->end) {
    strcpy(image->path, "[vdso]");
  } else if (name[0] == 0) {
    ssize_t length = readlink("/proc/self/exe", image->path, sizeof image->path - 1);
    image->path[length > 0 ? length : 0] = 0;
  } else if (name[0] == '/' || !getcwd(image->path, sizeof image->path)) {
    snprintf(image->path, sizeof image->path, "%s", name);
  } else {
    size_t length = strlen(image->path);
    snprintf(image->path + length, sizeof image->path - length, "/%s", name);
  }
}

static int collect(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  collection *found = context;
  if (found->count == found->limit) return 1;
  lw_image *image = &found->images[found->count];
  *image = (lw_image){.base = info->dlpi_addr, .start = UINT64_MAX};
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    uint64_t start = info->dlpi_addr + segment->p_vaddr, end = start + segment->p_memsz;
    if (segment->p_type == PT_LOAD && segment->p_flags & PF_X) {
      if (start < image->start) image->start = start;
      if (end > image->end) image->end = end;
    } else if (segment->p_type == PT_NOTE && image->build_id_bytes == 0) {
      read_build_id(image, (const char *)start, segment->p_memsz);
    }
  }
  if (image->end == 0) return 0; // Holds no code.
  set_path(image, info);
  found->count++;
  return 0;
}

size_t lw_images(lw_image *out, size_t limit) {
  collection found = {.images = out, .count = 0, .limit = limit};
  dl_iterate_phdr(collect, &found);
  return found.count;
}
