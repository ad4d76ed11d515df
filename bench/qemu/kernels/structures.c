/* Memory: bytes, linked list, state machine over text, hash table. */
#include "kernels.h"

u32 bytes(u32 n) {
  static char text[1024], copy[1024];
  u32 sum = 0;
  for (u32 i = 0; i < 1023; i++) text[i] = (char)('a' + i % 26);
  while (n--) {
    char *to = copy;
    for (const char *from = text; (*to++ = *from++);) {}
    u32 length = 0;
    while (copy[length]) length++;
    for (u32 i = 0, k = length - 1; i < k; i++, k--) {
      char c = copy[i];
      copy[i] = copy[k], copy[k] = c;
    }
    for (u32 i = 0; i < length; i++) sum = sum * 33 + (u8)copy[i];
    text[n % 1023] = (char)('A' + sum % 26);
  }
  return sum;
}

struct node { struct node *next; u32 key, value; };
u32 list(u32 n) {
  static struct node nodes[512];
  struct node *head = 0;
  u32 state = 7, sum = 0;
  for (u32 i = 0; i < 512; i++) {
    struct node *at = &nodes[(i * 197) & 511];
    at->key = next_random(&state) & 0xffff, at->value = i, at->next = head, head = at;
  }
  while (n--) {
    for (struct node *p = head; p; p = p->next) {
      if (p->key > 0x8000) sum += p->value;
      p->key = (p->key * 5 + 1) & 0xffff;
    }
    struct node *reversed = 0;
    while (head) {
      struct node *next = head->next;
      head->next = reversed, reversed = head, head = next;
    }
    head = reversed;
  }
  return sum;
}

u32 machine(u32 n) {
  static const char text[] = "if (count >= 0x1F) { total += 3.25e2 * rate; /* note */ name_7 = \"a \\\"b\\\" c\"; } else x = y << 12;\n";
  u32 tokens[8] = {0}, sum = 0;
  while (n--) {
    u32 state = 0;
    for (const char *p = text; *p; p++) {
      char c = *p;
      switch (state) {
        case 0:
          if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') state = 1;
          else if (c >= '0' && c <= '9') state = 2;
          else if (c == '"') state = 3;
          else if (c == '/' && p[1] == '*') state = 5, p++;
          else if (c == ' ' || c == '\n') break;
          else tokens[6]++;
          break;
        case 1:
          if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) tokens[1]++, state = 0, p--;
          break;
        case 2:
          if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == 'x' || c == '.' || c == 'F')) tokens[2]++, state = 0, p--;
          break;
        case 3:
          if (c == '\\') state = 4;
          else if (c == '"') tokens[3]++, state = 0;
          break;
        case 4: state = 3; break;
        case 5:
          if (c == '*' && p[1] == '/') tokens[5]++, state = 0, p++;
          break;
      }
    }
    sum = sum * 7 + tokens[1] + tokens[2] * 3 + tokens[6] * 5 + tokens[3] + tokens[5];
  }
  return sum;
}

u32 hash(u32 n) {
  static u32 keys[1024], values[1024];
  for (u32 i = 0; i < 1024; i++) keys[i] = 0, values[i] = 0;
  u32 state = 4711, sum = 0;
  while (n--)
    for (u32 i = 0; i < 700; i++) {
      u32 key = (next_random(&state) % 600) + 1;
      u32 at = (key * 2654435761u) >> 22;
      while (keys[at] && keys[at] != key) at = (at + 1) & 1023;
      keys[at] = key;
      sum += ++values[at];
    }
  return sum;
}
