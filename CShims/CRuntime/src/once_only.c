// What Swift code does once in a process is no act of an execution: a second one would not do it again, and so would
// not repeat the first. That is the looking up of types and conformances, whose results are kept in variables that
// nobody else touches, and the making of a global's first value.
//
// Both are known by their names in the program's symbol table (swift/docs/ABI/Mangling.rst, "Globals"); of a program
// that was stripped nothing is known.
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lw_control.h"
#include "shared_access.h"

#pragma clang assume_nonnull begin

/// What a symbol stands for.
typedef struct place {
  uintptr_t start, end;
} place;

/// Sorted.
typedef struct places {
  place *_Nullable all;
  size_t count;
} places;

/// What the symbol table says of the program.
typedef struct once_symbols {
  places caches; ///< of witness tables, of metadata, of what mangled names stand for; and the tokens of globals
  places makers; ///< functions that make globals
} once_symbols;

/// Read by the first who asks, and there for good.
static _Atomic(const once_symbols *_Nullable) known;

/// How deep the calling thread is in the making of a global, itself included.
static _Thread_local uint32_t making;

// ---------------------------------------------------------------------------------------------------- symbol table

static bool ends_in(const char *name, const char *const *endings, size_t count) {
  size_t length = strlen(name);
  if (length < 4 || name[0] != '$' || name[1] != 's') return false;
  for (size_t i = 0; i < count; i++)
    if (strcmp(name + length - 2, endings[i]) == 0) return true;
  return false;
}

static bool is_cache_name(const char *name) {
  static const char *const endings[] = {"WL", "ML", "MD", "Wz"};
  return ends_in(name, endings, sizeof endings / sizeof *endings);
}

static bool is_maker_name(const char *name) {
  static const char *const endings[] = {"WZ"};
  return ends_in(name, endings, 1);
}

static int by_address(const void *one, const void *other) {
  uintptr_t left = ((const place *)one)->start, right = ((const place *)other)->start;
  return left < right ? -1 : left > right;
}

/// Collects the symbols of one type whose names `is_one`.
static places collect(const char *file, const Elf64_Shdr *table, const Elf64_Shdr *names, uintptr_t base, uint8_t type,
                      bool (*is_one)(const char *name)) {
  const Elf64_Sym *symbols = (const Elf64_Sym *)(file + table->sh_offset);
  size_t count = table->sh_size / sizeof *symbols;
  places found = {0};
  for (size_t i = 0; i < count; i++) {
    if (ELF64_ST_TYPE(symbols[i].st_info) != type || !is_one(file + names->sh_offset + symbols[i].st_name)) continue;
    if (!found.all) found.all = calloc(count, sizeof *found.all);
    if (!found.all) return found;
    uintptr_t start = base + symbols[i].st_value;
    found.all[found.count++] = (place){start, start + symbols[i].st_size};
  }
  if (found.all) qsort(found.all, found.count, sizeof *found.all, by_address);
  return found;
}

/// The program is the first image.
static int note_base(struct dl_phdr_info *image, size_t bytes, void *base) {
  (void)bytes;
  *(uintptr_t *)base = image->dlpi_addr;
  return 1;
}

/// The program's file, mapped for reading; NULL when it cannot be.
static const char *_Nullable map_program(size_t *bytes) {
  int descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (descriptor < 0) return NULL;
  *bytes = fstat(descriptor, &status) == 0 ? (size_t)status.st_size : 0;
  const char *file = *bytes > 0 ? mmap(NULL, *bytes, PROT_READ, MAP_PRIVATE, descriptor, 0) : MAP_FAILED;
  close(descriptor);
  return file == MAP_FAILED ? NULL : file;
}

static once_symbols read_symbols(void) {
  once_symbols symbols = {0};
  size_t bytes = 0;
  const char *file = map_program(&bytes);
  if (!file) return symbols;
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
  const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff);
  uintptr_t base = 0;
  dl_iterate_phdr(note_base, &base);
  for (uint32_t i = 0; i < header->e_shnum; i++) {
    const Elf64_Shdr *table = &sections[i], *names = &sections[table->sh_link];
    if (table->sh_type != SHT_SYMTAB) continue;
    symbols.caches = collect(file, table, names, base, STT_OBJECT, is_cache_name);
    symbols.makers = collect(file, table, names, base, STT_FUNC, is_maker_name);
  }
  munmap((void *)(uintptr_t)file, bytes);
  return symbols;
}

/// Two may read it at once, when one of them is outside of control: the first one's counts.
static const once_symbols *the_symbols(void) {
  static const once_symbols none;
  const once_symbols *symbols = known;
  if (symbols) return symbols;
  once_symbols *read = calloc(1, sizeof *read);
  if (!read) return &none;
  *read = read_symbols();
  if (atomic_compare_exchange_strong(&known, &symbols, read)) return read;
  free(read->caches.all);
  free(read->makers.all);
  free(read);
  return symbols;
}

static bool are_at(const places *places, uintptr_t address) {
  size_t low = 0, high = places->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (places->all[middle].start <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 && address < places->all[low - 1].end;
}

// ----------------------------------------------------------------------------------------------------------- asking

bool lw_is_once_only_(const volatile void *address) {
  if (!lw_control_is_member()) return false;
  return making > 0 || are_at(&the_symbols()->caches, (uintptr_t)address);
}

#if !__has_feature(thread_sanitizer) // it brings these itself
static bool is_maker(const void *return_address) {
  return are_at(&the_symbols()->makers, (uintptr_t)return_address - 1);
}

void __tsan_func_entry(void *caller) {
  (void)caller;
  if (making > 0 || (lw_control_is_member() && is_maker(__builtin_return_address(0)))) making++;
}

void __tsan_func_exit(void) {
  if (making > 0) making--;
}
#endif

#pragma clang assume_nonnull end
