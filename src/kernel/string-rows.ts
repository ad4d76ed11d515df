import type { ExportRow } from "./call.ts";
import type { Kernel } from "./kernel.ts";

/** Memory and string helpers of src/kservice.c, RT-Thread 4.0.4. */

const HEADER = "rtthread.h";

/** Difference of the first bytes that differ; `signed` as plain char of the kernel's rt_strncmp. */
function compare(a: Uint8Array, b: Uint8Array, count: number, signed: boolean): number {
  for (let n = 0; n < count; n++) {
    const x = a[n] ?? 0;
    const y = b[n] ?? 0;
    if (x !== y) return signed ? ((x - y) << 24) >> 24 : x - y;
    if (x === 0) return 0;
  }
  return 0;
}

const lower = (bytes: Uint8Array) =>
  bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

function find(text: Uint8Array, wanted: Uint8Array): number {
  if (wanted.length === 0) return 0;
  for (let at = text.indexOf(wanted[0]); at >= 0; at = text.indexOf(wanted[0], at + 1)) {
    if (at + wanted.length > text.length) return -1;
    let n = 1;
    while (n < wanted.length && text[at + n] === wanted[n]) n++;
    if (n === wanted.length) return at;
  }
  return -1;
}

export const stringRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_memset",
    proto: "void *rt_memset(void *s, int c, rt_ubase_t count);",
    header: HEADER,
    call: (k, to, byte, count) => {
      k.memory.fill(to, count >>> 0, byte & 0xff);
      return to;
    },
  },
  {
    name: "rt_memcpy",
    proto: "void *rt_memcpy(void *dst, const void *src, rt_ubase_t count);",
    header: HEADER,
    call: (k, to, from, count) => {
      k.memory.write(to, k.memory.read(from, count >>> 0));
      return to;
    },
  },
  {
    name: "rt_memmove",
    proto: "void *rt_memmove(void *dest, const void *src, rt_ubase_t n);",
    header: HEADER,
    call: (k, to, from, count) => {
      k.memory.write(to, k.memory.read(from, count >>> 0));
      return to;
    },
  },
  {
    name: "rt_memcmp",
    proto: "rt_int32_t rt_memcmp(const void *cs, const void *ct, rt_ubase_t count);",
    header: HEADER,
    call: (k, a, b, count) => {
      const x = k.memory.read(a, count >>> 0);
      const y = k.memory.read(b, count >>> 0);
      for (let n = 0; n < x.length; n++) if (x[n] !== y[n]) return x[n] - y[n];
      return 0;
    },
  },
  {
    name: "rt_strstr",
    proto: "char *rt_strstr(const char *str1, const char *str2);",
    header: HEADER,
    call: (k, text, wanted) => {
      const at = find(k.memory.cbytes(text), k.memory.cbytes(wanted));
      return at < 0 ? 0 : text + at;
    },
  },
  {
    name: "rt_strcasecmp",
    proto: "rt_int32_t rt_strcasecmp(const char *a, const char *b);",
    header: HEADER,
    call: (k, a, b) =>
      compare(lower(k.memory.cbytes(a)), lower(k.memory.cbytes(b)), 0x7fffffff, false),
  },
  {
    name: "rt_strncpy",
    proto: "char *rt_strncpy(char *dst, const char *src, rt_ubase_t n);",
    header: HEADER,
    call: (k, to, from, count) => {
      const text = k.memory.cbytes(from, count >>> 0).slice();
      k.memory.write(to, text);
      k.memory.fill(to + text.length, (count >>> 0) - text.length, 0);
      return to;
    },
  },
  {
    name: "rt_strcpy",
    proto: "char *rt_strcpy(char *dst, const char *src);",
    header: HEADER,
    call: (k, to, from) => {
      const text = k.memory.cbytes(from).slice();
      k.memory.write(to, text);
      k.memory.st8(to + text.length, 0);
      return to;
    },
  },
  {
    name: "rt_strncmp",
    proto: "rt_int32_t rt_strncmp(const char *cs, const char *ct, rt_ubase_t count);",
    header: HEADER,
    call: (k, a, b, count) =>
      compare(k.memory.cbytes(a, count >>> 0), k.memory.cbytes(b, count >>> 0), count >>> 0, true),
  },
  {
    name: "rt_strcmp",
    proto: "rt_int32_t rt_strcmp(const char *cs, const char *ct);",
    header: HEADER,
    call: (k, a, b) => compare(k.memory.cbytes(a), k.memory.cbytes(b), 0x7fffffff, false),
  },
  {
    name: "rt_strlen",
    proto: "rt_size_t rt_strlen(const char *s);",
    header: HEADER,
    call: (k, text) => k.memory.cbytes(text).length,
  },
  {
    name: "rt_strnlen",
    proto: "rt_size_t rt_strnlen(const char *s, rt_ubase_t maxlen);",
    header: HEADER,
    call: (k, text, max) => k.memory.cbytes(text, max >>> 0).length,
  },
  {
    name: "rt_strdup",
    proto: "char *rt_strdup(const char *s);",
    header: HEADER,
    call: (k, from) => {
      const text = k.memory.cbytes(from).slice();
      const copy = k.heap.alloc(text.length + 1);
      if (copy === 0) return 0;
      k.memory.write(copy, text);
      k.memory.st8(copy + text.length, 0);
      k.hooks.allocated?.(copy, text.length + 1);
      return copy;
    },
  },
];
