/* CRCs, Adler, MD5-like rotations, SHA-256, XTEA, base 64. */
#include <stdio.h>
#include <string.h>

#include "programs.h"

static uint32_t crc32(const uint8_t *p, unsigned n) {
  uint32_t crc = ~0u;
  while (n--) {
    crc ^= *p++;
    for (int k = 0; k < 8; k++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
  }
  return ~crc;
}
static uint16_t crc16(const uint8_t *p, unsigned n) {
  uint16_t crc = 0xffff;
  while (n--) {
    crc ^= (uint16_t)(*p++ << 8);
    for (int k = 0; k < 8; k++) crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
  }
  return crc;
}
static uint32_t adler32(const uint8_t *p, unsigned n) {
  uint32_t a = 1, b = 0;
  while (n--) a = (a + *p++) % 65521, b = (b + a) % 65521;
  return b << 16 | a;
}
static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }
static void sha256_block(uint32_t state[8], const uint8_t *block) {
  static uint32_t k[64];
  if (!k[0]) { /* fractions of cube roots of primes, by integer search */
    int found = 0;
    for (uint32_t p = 2; found < 64; p++) {
      int prime = 1;
      for (uint32_t d = 2; d * d <= p; d++) if (p % d == 0) { prime = 0; break; }
      if (!prime) continue;
      uint64_t root = 0; /* floor(cbrt(p) * 2^16), refined by the low half below */
      for (int bit = 19; bit >= 0; bit--) {
        uint64_t t = root | 1ull << bit;
        if (t * t * t <= (uint64_t)p << 48) root = t;
      }
      k[found++] = (uint32_t)(root << 16) ^ p * 0x9e3779b9u;
    }
  }
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++) w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 64; i++)
    w[i] = w[i - 16] + w[i - 7] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
           (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
  memcpy(s, state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
    uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 28);
    s[4] += t1, s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
}
static void xtea(uint32_t v[2], const uint32_t key[4]) {
  uint32_t a = v[0], b = v[1], sum = 0;
  for (int i = 0; i < 32; i++) {
    a += ((b << 4 ^ b >> 5) + b) ^ (sum + key[sum & 3]);
    sum += 0x9e3779b9u;
    b += ((a << 4 ^ a >> 5) + a) ^ (sum + key[sum >> 11 & 3]);
  }
  v[0] = a, v[1] = b;
}
static void base64(const uint8_t *p, unsigned n, char *out) {
  static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (; n; p += 3, n -= n < 3 ? n : 3) {
    uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? p[1] << 8 : 0) | (n > 2 ? p[2] : 0);
    *out++ = set[v >> 18], *out++ = set[v >> 12 & 63], *out++ = n > 1 ? set[v >> 6 & 63] : '=', *out++ = n > 2 ? set[v & 63] : '=';
  }
  *out = 0;
}

void checksums(void) {
  static uint8_t data[256];
  uint32_t s = 3, state[8] = {1, 2, 3, 4, 5, 6, 7, 8}, v[2] = {0x11223344, 0x55667788}, key[4] = {1, 22, 333, 4444};
  for (int i = 0; i < 256; i++) data[i] = (uint8_t)next_random(&s);
  printf("%08lx %04x %08lx\n", (unsigned long)crc32(data, 256), crc16(data, 255), (unsigned long)adler32(data, 256));
  for (int i = 0; i < 4; i++) sha256_block(state, data + 64 * i), xtea(v, key);
  for (int i = 0; i < 8; i++) printf("%08lx", (unsigned long)state[i]);
  char text[40];
  base64(data, 25, text);
  printf("\n%08lx %08lx\n%s\n", (unsigned long)v[0], (unsigned long)v[1], text);
}
