/* Names of files: libgen.h, realpath, scandir. newlib has them for hosts only. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../sdk/include/dirent.h"

/* DFS_PATH_MAX of 4.0.4, to whose end getcwd fills its buffer. */
#define PATH 256

/* As <libgen.h> has it, which <string.h> renames. */
char *posix_basename(char *path) __asm__("basename");
char *dirname(char *path);

/* The end of the path without the slashes there, of which the first stays. */
static char *trimmed(const char *path, const char *end) {
  while (end > path + 1 && end[-1] == '/')
    end--;
  return (char *)end;
}

/* Cuts slashes off the end of `path`. The result may be part of it. */
char *posix_basename(char *path) {
  if (path == NULL || *path == 0)
    return (char *)".";
  char *end = trimmed(path, path + strlen(path));
  *end = 0;
  char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}

char *dirname(char *path) {
  if (path == NULL || *path == 0)
    return (char *)".";
  char *end = trimmed(path, path + strlen(path));
  while (end > path && end[-1] != '/')
    end--;
  if (end == path)
    return (char *)".";
  *trimmed(path, end) = 0;
  return path;
}

/* Whether there is a directory of this name; tells errno otherwise. */
static int is_directory(const char *path) {
  struct stat status;
  if (stat(path, &status) != 0)
    return 0;
  errno = ENOTDIR;
  return S_ISDIR(status.st_mode);
}

/* Absolute, without `.`, `..` and double slashes. There are no links. What a slash follows has to be a directory. */
char *realpath(const char *restrict path, char *restrict resolved) {
  if (path == NULL || *path == 0) {
    errno = path ? ENOENT : EINVAL;
    return NULL;
  }
  char *out = resolved ? resolved : malloc(PATH);
  if (out == NULL)
    return NULL;
  size_t length = 0;
  if (*path != '/' && getcwd(out, PATH))
    length = strlen(out);
  if (length == 1)
    length = 0;
  while (*path) {
    size_t part = strcspn(path, "/");
    if (part == 2 && path[0] == '.' && path[1] == '.') {
      while (length > 0 && out[--length] != '/')
        ;
    } else if (part > 0 && !(part == 1 && *path == '.')) {
      errno = ENAMETOOLONG;
      if (length + 1 + part >= PATH)
        goto failed;
      out[length++] = '/';
      memcpy(out + length, path, part);
      out[length += part] = 0;
      if (path[part] == '/' && !is_directory(out))
        goto failed;
    }
    path += part;
    path += *path == '/';
  }
  if (length == 0)
    out[length++] = '/';
  out[length] = 0;
  struct stat status;
  if (length == 1 || stat(out, &status) == 0)
    return out;
failed:
  if (resolved == NULL)
    free(out);
  return NULL;
}

int alphasort(const struct dirent **a, const struct dirent **b) {
  return strcoll((*a)->d_name, (*b)->d_name);
}

static void release(struct dirent **names, int count) {
  while (count > 0)
    free(names[--count]);
  free(names);
}

int scandir(const char *path, struct dirent ***list, int (*select)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **)) {
  DIR *directory = opendir(path);
  if (directory == NULL)
    return -1;
  struct dirent **names = malloc(sizeof *names), **more, *entry;
  int count = 0;
  while (names && (entry = readdir(directory)) != NULL) {
    if (select && !select(entry))
      continue;
    /* Room for one more than there are. */
    more = realloc(names, (count + 2) * sizeof *names);
    if (more)
      names = more;
    size_t size = offsetof(struct dirent, d_name) + strlen(entry->d_name) + 1;
    struct dirent *copy = more ? malloc(size) : NULL;
    if (copy == NULL) {
      release(names, count);
      names = NULL;
      break;
    }
    memcpy(copy, entry, size);
    names[count++] = copy;
  }
  closedir(directory);
  if (names == NULL) {
    errno = ENOMEM;
    return -1;
  }
  if (compare)
    qsort(names, count, sizeof *names, (int (*)(const void *, const void *))compare);
  *list = names;
  return count;
}
