/*
 * The malloc family over the kernel's heap, which is aligned to 4 bytes. Blocks of a larger alignment carry a header in front
 * of them, by which free() and realloc() recognise them.
 */
#include "rtt.h"
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEAP_ALIGN 4
#define PAGE 4096
#define ALIGNED 0xa11c0cedu

struct aligned_header {
  size_t size;
  void *block;
  uintptr_t check; /* ~block */
  unsigned magic;
};

extern char _rtt_end[]; /* end of the firmware: the heap lies above */
static int any_aligned;

static struct aligned_header *header_of(void *memory) {
  struct aligned_header *header = (struct aligned_header *)memory - 1;
  if (!any_aligned || ((uintptr_t)memory & 7) != 0 || (char *)memory < _rtt_end + sizeof *header)
    return NULL;
  if (header->magic != ALIGNED || header->check != ~(uintptr_t)header->block)
    return NULL;
  return header;
}

static void *checked(struct _reent *r, void *memory) {
  if (!memory)
    r->_errno = ENOMEM;
  return memory;
}

void *_malloc_r(struct _reent *r, size_t size) {
  return checked(r, rt_malloc(size));
}

void _free_r(struct _reent *r, void *memory) {
  struct aligned_header *header = header_of(memory);
  (void)r;
  if (header) {
    header->magic = 0;
    memory = header->block;
  }
  rt_free(memory);
}

void *_calloc_r(struct _reent *r, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes))
    return checked(r, NULL);
  return checked(r, rt_calloc(count, size));
}

void *_realloc_r(struct _reent *r, void *memory, size_t size) {
  struct aligned_header *header = header_of(memory);
  void *fresh;
  if (!header) {
    fresh = rt_realloc(memory, size);
    return size == 0 ? fresh : checked(r, fresh);
  }
  fresh = size == 0 ? NULL : _malloc_r(r, size);
  if (fresh)
    memcpy(fresh, memory, size < header->size ? size : header->size);
  if (fresh || size == 0)
    _free_r(r, memory);
  return fresh;
}

void *_memalign_r(struct _reent *r, size_t align, size_t size) {
  struct aligned_header *header;
  uintptr_t memory;
  size_t bytes;
  void *block;
  if (align <= HEAP_ALIGN)
    return _malloc_r(r, size);
  if (align & (align - 1)) {
    r->_errno = EINVAL;
    return NULL;
  }
  if (__builtin_add_overflow(size, align + sizeof *header, &bytes) || !(block = rt_malloc(bytes)))
    return checked(r, NULL);
  memory = ((uintptr_t)block + sizeof *header + align - 1) & ~(align - 1);
  header = (struct aligned_header *)memory - 1;
  *header = (struct aligned_header){size, block, ~(uintptr_t)block, ALIGNED};
  any_aligned = 1;
  return (void *)memory;
}

void *_reallocf_r(struct _reent *r, void *memory, size_t size) {
  void *fresh = _realloc_r(r, memory, size);
  if (!fresh && size != 0)
    _free_r(r, memory);
  return fresh;
}

void *_valloc_r(struct _reent *r, size_t size) {
  return _memalign_r(r, PAGE, size);
}
void *_pvalloc_r(struct _reent *r, size_t size) {
  return _memalign_r(r, PAGE, (size + PAGE - 1) & ~(PAGE - 1));
}

void *malloc(size_t size) {
  return _malloc_r(_REENT, size);
}
void free(void *memory) {
  _free_r(_REENT, memory);
}
void cfree(void *memory) {
  _free_r(_REENT, memory);
}
void *calloc(size_t count, size_t size) {
  return _calloc_r(_REENT, count, size);
}
void *realloc(void *memory, size_t size) {
  return _realloc_r(_REENT, memory, size);
}
void *reallocf(void *memory, size_t size) {
  return _reallocf_r(_REENT, memory, size);
}
void *memalign(size_t align, size_t size) {
  return _memalign_r(_REENT, align, size);
}
void *aligned_alloc(size_t align, size_t size) {
  return _memalign_r(_REENT, align, size);
}
void *valloc(size_t size) {
  return _valloc_r(_REENT, size);
}
void *pvalloc(size_t size) {
  return _pvalloc_r(_REENT, size);
}

int posix_memalign(void **result, size_t align, size_t size) {
  void *memory;
  if (align < sizeof(void *) || (align & (align - 1)))
    return EINVAL;
  memory = memalign(align, size);
  if (!memory)
    return ENOMEM;
  *result = memory;
  return 0;
}
