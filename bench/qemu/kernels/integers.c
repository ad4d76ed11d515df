/* Loops over words and bytes: sieve, CRC, matrices, SHA-256. */
#include "kernels.h"

u32 sieve(u32 n) {
  static u8 composite[8192];
  u32 count = 0;
  while (n--) {
    for (u32 i = 0; i < sizeof composite; i++) composite[i] = 0;
    count = 0;
    for (u32 i = 2; i < sizeof composite; i++) {
      if (composite[i]) continue;
      count++;
      for (u32 k = 2 * i; k < sizeof composite; k += i) composite[k] = 1;
    }
  }
  return count;
}

u32 crc32(u32 n) {
  static u32 table[256];
  static u8 data[2048];
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  for (u32 i = 0; i < sizeof data; i++) data[i] = (u8)(i * 7 + (i >> 3));
  u32 crc = 0xffffffff;
  while (n--)
    for (u32 i = 0; i < sizeof data; i++) crc = table[(crc ^ data[i]) & 255] ^ (crc >> 8);
  return ~crc;
}

enum { SIZE = 24 };
static i32 left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];
u32 matmul(u32 n) {
  u32 sum = 0;
  for (i32 i = 0; i < SIZE; i++)
    for (i32 k = 0; k < SIZE; k++) left[i][k] = i * 3 - k, right[i][k] = k * 5 + i;
  while (n--) {
    for (i32 i = 0; i < SIZE; i++)
      for (i32 j = 0; j < SIZE; j++) {
        i32 s = 0;
        for (i32 k = 0; k < SIZE; k++) s += left[i][k] * right[k][j];
        product[i][j] = s;
      }
    left[n % SIZE][3] ^= product[5][n % SIZE] & 7;
    sum += (u32)product[n % SIZE][7];
  }
  return sum;
}

/* FIPS 180-4. */
static const u32 K[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
  0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
  0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
  0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
  0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
  0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
#define ROR(x, k) ((x) >> (k) | (x) << (32 - (k)))
u32 sha256(u32 n) {
  u32 h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  u32 w[64];
  while (n--) {
    for (u32 i = 0; i < 16; i++) w[i] = h[i & 7] + i * 0x01000193;
    for (u32 i = 16; i < 64; i++) {
      u32 a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (ROR(a, 7) ^ ROR(a, 18) ^ a >> 3) + w[i - 7] + (ROR(b, 17) ^ ROR(b, 19) ^ b >> 10);
    }
    u32 v[8];
    for (u32 i = 0; i < 8; i++) v[i] = h[i];
    for (u32 i = 0; i < 64; i++) {
      u32 t1 = v[7] + (ROR(v[4], 6) ^ ROR(v[4], 11) ^ ROR(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[i] + w[i];
      u32 t2 = (ROR(v[0], 2) ^ ROR(v[0], 13) ^ ROR(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      for (u32 k = 7; k > 0; k--) v[k] = v[k - 1];
      v[4] += t1, v[0] = t1 + t2;
    }
    for (u32 i = 0; i < 8; i++) h[i] += v[i];
  }
  return h[0];
}
