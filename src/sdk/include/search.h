/* newlib's <search.h>, with functions for searching an array. */
#ifndef RT_SEARCH_H__
#define RT_SEARCH_H__

/* -Wpedantic has a word about the next line. */
#pragma GCC system_header
#include_next <search.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

void *lfind(const void *key, const void *base, size_t *count, size_t width,
            int (*compare)(const void *, const void *));
void *lsearch(const void *key, void *base, size_t *count, size_t width,
              int (*compare)(const void *, const void *));

#ifdef __cplusplus
}
#endif

#endif
