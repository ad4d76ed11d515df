/**
 * The functions of workloads.c in JavaScript: what the host makes of the same computation, for comparison in the same run. Results
 * are those of the C code.
 */
const flags = new Uint8Array(8192);
const buffer = new Uint8Array(4096);
const table = new Uint32Array(256);
const a = new Int32Array(24 * 24);
const b = new Int32Array(24 * 24);
const c = new Int32Array(24 * 24);

function sieve(n: number): number {
  let count = 0;
  while (n--) {
    count = 0;
    for (let i = 0; i < flags.length; i++) flags[i] = 1;
    for (let i = 2; i < flags.length; i++) {
      if (!flags[i]) continue;
      count++;
      for (let k = i + i; k < flags.length; k += i) flags[k] = 0;
    }
  }
  return count;
}

function crc32(n: number): number {
  for (let i = 0; i < 256; i++) {
    let x = i;
    for (let k = 0; k < 8; k++) x = x & 1 ? 0xedb88320 ^ (x >>> 1) : x >>> 1;
    table[i] = x;
  }
  for (let i = 0; i < buffer.length; i++) buffer[i] = i * 7 + 3;
  let crc = -1;
  while (n--)
    for (let i = 0; i < buffer.length; i++) crc = table[(crc ^ buffer[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function matmul(n: number): number {
  let sum = 0;
  for (let i = 0; i < 24; i++) {
    for (let j = 0; j < 24; j++) {
      a[24 * i + j] = i * 3 + j;
      b[24 * i + j] = i - j * 2;
    }
  }
  while (n--) {
    for (let i = 0; i < 24; i++) {
      for (let j = 0; j < 24; j++) {
        let s = 0;
        for (let k = 0; k < 24; k++) s = (s + Math.imul(a[24 * i + k], b[24 * k + j])) | 0;
        c[24 * i + j] = s;
      }
    }
    sum = (Math.imul(sum, 31) + c[24 * (n % 24) + ((n + 5) % 24)]) | 0;
  }
  return sum >>> 0;
}

function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

function fib(n: number): number {
  let sum = 0;
  while (n--) sum = (sum + fibonacci(16)) | 0;
  return sum >>> 0;
}

function bytes(n: number): number {
  let sum = 0;
  for (let i = 0; i < buffer.length; i++) buffer[i] = i ^ (i >> 5);
  while (n--) {
    for (let i = 0; i < buffer.length; i++) {
      const x = buffer[i];
      if (x >= 0x61 && x <= 0x7a) sum = (sum + x - 32) | 0;
      else if (x & 0x80) sum ^= x << 3;
      else sum = (sum + 1) | 0;
    }
  }
  return sum >>> 0;
}

export const plain: Readonly<Record<string, (n: number) => number>> = {
  bytes,
  crc32,
  fib,
  matmul,
  sieve,
};
