/* Workloads of bench/dispatch. Each takes a repeat count and returns a checksum that does not depend on the instruction set. */
typedef unsigned int u32;
typedef unsigned char u8;

static u8 flags[8192];
static u8 buffer[4096];
static u32 table[256];
static int a[24][24], b[24][24], c[24][24];

u32 sieve(u32 n) {
  u32 count = 0;
  while (n--) {
    count = 0;
    for (u32 i = 0; i < sizeof flags; i++) flags[i] = 1;
    for (u32 i = 2; i < sizeof flags; i++) {
      if (!flags[i]) continue;
      count++;
      for (u32 k = i + i; k < sizeof flags; k += i) flags[k] = 0;
    }
  }
  return count;
}

u32 crc32(u32 n) {
  for (u32 i = 0; i < 256; i++) {
    u32 x = i;
    for (int k = 0; k < 8; k++) x = x & 1 ? 0xedb88320u ^ (x >> 1) : x >> 1;
    table[i] = x;
  }
  for (u32 i = 0; i < sizeof buffer; i++) buffer[i] = (u8)(i * 7 + 3);
  u32 crc = ~0u;
  while (n--)
    for (u32 i = 0; i < sizeof buffer; i++) crc = table[(crc ^ buffer[i]) & 255] ^ (crc >> 8);
  return ~crc;
}

u32 matmul(u32 n) {
  u32 sum = 0;
  for (int i = 0; i < 24; i++)
    for (int j = 0; j < 24; j++) a[i][j] = i * 3 + j, b[i][j] = i - j * 2;
  while (n--) {
    for (int i = 0; i < 24; i++)
      for (int j = 0; j < 24; j++) {
        int s = 0;
        for (int k = 0; k < 24; k++) s += a[i][k] * b[k][j];
        c[i][j] = s;
      }
    sum = sum * 31 + (u32)c[n % 24][(n + 5) % 24];
  }
  return sum;
}

__attribute__((noinline)) static u32 fibonacci(u32 n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
u32 fib(u32 n) {
  u32 sum = 0;
  while (n--) sum += fibonacci(16);
  return sum;
}

u32 bytes(u32 n) {
  u32 sum = 0;
  for (u32 i = 0; i < sizeof buffer; i++) buffer[i] = (u8)(i ^ (i >> 5));
  while (n--) {
    u8 *p = buffer, *end = buffer + sizeof buffer;
    while (p < end) {
      u8 x = *p++;
      if (x >= 'a' && x <= 'z') sum += x - 32u;
      else if (x & 0x80) sum ^= (u32)x << 3;
      else sum++;
    }
  }
  return sum;
}

u32 svcs(u32 n) {
  u32 sum = 0;
  while (n--) {
    register u32 r0 __asm__("r0") = n;
    __asm__ volatile("svc #1" : "+r"(r0) : : "memory");
    sum += r0;
  }
  return sum;
}
