/* fnmatch of POSIX.1, which newlib has for hosts only. Characters are bytes. */
#define _GNU_SOURCE
#include <ctype.h>
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>
#include <wctype.h>

static int folded(int character, int flags) {
  return flags & FNM_CASEFOLD ? tolower(character) : character;
}

/* A bracket expression behind its `[`: the pattern behind it, NULL when it has no end. */
static const char *bracket(const char *pattern, int original, int flags, int *matches) {
  int inverse = *pattern == '!' || *pattern == '^', found = 0;
  const char *first = pattern += inverse;
  int character = folded(original, flags);
  while (*pattern != ']' || pattern == first) {
    const char *end;
    if (pattern[0] == '[' && pattern[1] == ':' && (end = strstr(pattern, ":]")) != NULL && end - pattern < 9) {
      char name[8];
      memset(name, 0, sizeof name);
      memcpy(name, pattern + 2, end - pattern - 2);
      found |= iswctype((unsigned char)original, wctype(name)) != 0;
      pattern = end + 2;
      continue;
    }
    if (*pattern == '\\' && !(flags & FNM_NOESCAPE))
      pattern++;
    if (*pattern == 0 || (*pattern == '/' && flags & FNM_PATHNAME))
      return NULL;
    int low = folded((unsigned char)*pattern++, flags), high = low;
    if (pattern[0] == '-' && pattern[1] != ']' && pattern[1] != 0) {
      pattern++;
      if (*pattern == '\\' && !(flags & FNM_NOESCAPE) && pattern[1] != 0)
        pattern++;
      high = folded((unsigned char)*pattern++, flags);
    }
    found |= low <= character && character <= high;
  }
  *matches = found != inverse;
  return pattern + 1;
}

int fnmatch(const char *pattern, const char *text, int flags) {
  const char *begin = text;
  /* Where the last `*` stands, and the text from which what follows is tried. */
  const char *star = NULL, *retry = NULL;
  for (;;) {
    int character = (unsigned char)*text, matches = 0;
    int hidden = character == '.' && flags & FNM_PERIOD &&
                 (text == begin || (flags & FNM_PATHNAME && text[-1] == '/'));
    int slash = character == '/' && flags & FNM_PATHNAME;
    const char *next = pattern + 1;
    switch (*pattern) {
    case 0:
      if (character == 0 || (character == '/' && flags & FNM_LEADING_DIR))
        return 0;
      break;
    case '*':
      if (hidden)
        return FNM_NOMATCH;
      star = pattern = next;
      retry = text;
      continue;
    case '?':
      matches = character != 0 && !slash && !hidden;
      break;
    case '[': {
      const char *behind = bracket(next, character, flags, &matches);
      if (behind) {
        next = behind;
        matches &= character != 0 && !slash && !hidden;
      } else
        matches = character == '[';
      break;
    }
    case '\\':
      if (!(flags & FNM_NOESCAPE) && pattern[1])
        next = ++pattern + 1;
      /* fall through */
    default:
      matches = folded((unsigned char)*pattern, flags) == folded(character, flags);
    }
    if (matches) {
      pattern = next;
      text++;
      continue;
    }
    /* One more character for the last `*`; a slash stays outside. */
    if (star == NULL || *retry == 0 || (*retry == '/' && flags & FNM_PATHNAME))
      return FNM_NOMATCH;
    text = ++retry;
    pattern = star;
  }
}
