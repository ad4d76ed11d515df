/* newlib's moves bytes one by one unless both addresses are multiples of four, and always when it has to begin at the end. */
#include <stdint.h>
#include <string.h>

void *memmove(void *to, const void *from, size_t size) {
  char *target = to;
  const char *source = from;
  size_t distance = target - source;
  uint32_t word;
  if (distance >= size && -distance >= size)
    return memcpy(to, from, size);
  if (distance < size) {
    for (; size >= 4; size -= 4) {
      __builtin_memcpy(&word, source + size - 4, 4);
      __builtin_memcpy(target + size - 4, &word, 4);
    }
    while (size-- > 0)
      target[size] = source[size];
  } else {
    for (; size >= 4; size -= 4, source += 4, target += 4) {
      __builtin_memcpy(&word, source, 4);
      __builtin_memcpy(target, &word, 4);
    }
    while (size-- > 0)
      *target++ = *source++;
  }
  return to;
}
