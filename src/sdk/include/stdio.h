/* newlib's <stdio.h>, with functions for lines of any length. */
#ifndef RT_STDIO_H__
#define RT_STDIO_H__

/* -Wpedantic has a word about the next line. */
#pragma GCC system_header
#include_next <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

ssize_t getline(char **line, size_t *size, FILE *stream);
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *stream);

#ifdef __cplusplus
}
#endif

#endif
