import { ALIGN_SIZE } from "../abi/constants.ts";
import { RINGBUFFER as RB } from "../abi/layout.ts";
import type { ExportRow } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { lend, takeBack } from "../lent.ts";

/**
 * rt_ringbuffer: components/drivers/src/ringbuffer.c of RT-Thread 4.0.4. Read and write position each carry a mirror bit that flips
 * when they wrap; equal positions mean empty with equal mirrors, full with different ones.
 */

interface Ring {
  readonly pool: number;
  readonly size: number;
  readIndex: number;
  readMirror: number;
  writeIndex: number;
  writeMirror: number;
}

function load(k: Kernel, rb: number): Ring {
  const m = k.memory;
  const read = RB.read.get(m, rb);
  const write = RB.write.get(m, rb);
  const size = (RB.buffer_size.get(m, rb) << 16) >> 16;
  k.assert(
    read >> 1 <= size && write >> 1 <= size,
    "rb->read_index <= rb->buffer_size",
    "rt_ringbuffer",
    0,
  );
  return {
    pool: RB.buffer_ptr.get(m, rb),
    size,
    readIndex: read >> 1,
    readMirror: read & 1,
    writeIndex: write >> 1,
    writeMirror: write & 1,
  };
}

function store(k: Kernel, rb: number, ring: Ring): void {
  RB.read.set(k.memory, rb, (ring.readIndex << 1) | ring.readMirror);
  RB.write.set(k.memory, rb, (ring.writeIndex << 1) | ring.writeMirror);
}

function length(ring: Ring): number {
  if (ring.readIndex === ring.writeIndex)
    return ring.readMirror === ring.writeMirror ? 0 : ring.size;
  return ring.writeIndex > ring.readIndex
    ? ring.writeIndex - ring.readIndex
    : ring.size - (ring.readIndex - ring.writeIndex);
}

function copyIn(k: Kernel, ring: Ring, bytes: Uint8Array): void {
  const m = k.memory;
  const first = Math.min(bytes.length, ring.size - ring.writeIndex);
  m.write(ring.pool + ring.writeIndex, bytes.subarray(0, first));
  m.write(ring.pool, bytes.subarray(first));
  ring.writeIndex += bytes.length;
  if (ring.writeIndex >= ring.size) {
    ring.writeIndex -= ring.size;
    ring.writeMirror ^= 1;
  }
}

function init(k: Kernel, rb: number, pool: number, size: number): void {
  const m = k.memory;
  RB.buffer_ptr.set(m, rb, pool);
  RB.read.set(m, rb, 0);
  RB.write.set(m, rb, 0);
  RB.buffer_size.set(m, rb, size & -ALIGN_SIZE);
}

function put(k: Kernel, rb: number, from: number, count: number): number {
  const ring = load(k, rb);
  const n = Math.min(count, ring.size - length(ring));
  if (n <= 0) return 0;
  copyIn(k, ring, k.memory.read(from, n).slice());
  store(k, rb, ring);
  return n;
}

/** Oldest bytes give way; of more than the buffer holds the last ones stay. */
function putForce(k: Kernel, rb: number, from: number, count: number): number {
  const ring = load(k, rb);
  const n = Math.min(count, ring.size);
  const space = ring.size - length(ring);
  copyIn(k, ring, k.memory.read(from + count - n, n).slice());
  if (n > space) {
    ring.readIndex = ring.writeIndex;
    ring.readMirror = ring.writeMirror ^ 1;
  }
  store(k, rb, ring);
  return n;
}

function get(k: Kernel, rb: number, to: number, count: number): number {
  const m = k.memory;
  const ring = load(k, rb);
  const n = Math.min(count, length(ring));
  if (n === 0) return 0;
  const first = Math.min(n, ring.size - ring.readIndex);
  const bytes = new Uint8Array(n);
  bytes.set(m.read(ring.pool + ring.readIndex, first));
  bytes.set(m.read(ring.pool, n - first), first);
  m.write(to, bytes);
  ring.readIndex += n;
  if (ring.readIndex >= ring.size) {
    ring.readIndex -= ring.size;
    ring.readMirror ^= 1;
  }
  store(k, rb, ring);
  return n;
}

/** Address and length of the contiguous data, which counts as read. */
function peak(k: Kernel, rb: number, pointer: number): number {
  const ring = load(k, rb);
  k.memory.st32(pointer, 0);
  const all = length(ring);
  if (all === 0) return 0;
  k.memory.st32(pointer, ring.pool + ring.readIndex);
  const n = Math.min(all, ring.size - ring.readIndex);
  ring.readIndex += n;
  if (ring.readIndex >= ring.size) {
    ring.readIndex = 0;
    ring.readMirror ^= 1;
  }
  store(k, rb, ring);
  return n;
}

function putByte(k: Kernel, rb: number, byte: number, force: boolean): number {
  const ring = load(k, rb);
  const full = length(ring) === ring.size;
  if (full && !force) return 0;
  copyIn(k, ring, Uint8Array.of(byte));
  if (full) {
    ring.readIndex = ring.writeIndex;
    ring.readMirror = ring.writeMirror ^ 1;
  }
  store(k, rb, ring);
  return 1;
}

const HEADER = "rtdevice.h";

function check(k: Kernel, rb: number, fn: string, line: number): void {
  k.assert(rb !== 0, "rb != RT_NULL", fn, line);
}

export const ringBufferRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_ringbuffer_init",
    proto: "void rt_ringbuffer_init(struct rt_ringbuffer *rb, rt_uint8_t *pool, rt_int16_t size);",
    header: HEADER,
    call: (k, rb, pool, size) => {
      check(k, rb, "rt_ringbuffer_init", 42);
      const bytes = (size << 16) >> 16;
      k.assert(bytes > 0, "size > 0", "rt_ringbuffer_init", 43);
      init(k, rb, pool, bytes);
    },
  },
  {
    name: "rt_ringbuffer_reset",
    proto: "void rt_ringbuffer_reset(struct rt_ringbuffer *rb);",
    header: HEADER,
    call: (k, rb) => {
      check(k, rb, "rt_ringbuffer_reset", 379);
      RB.read.set(k.memory, rb, 0);
      RB.write.set(k.memory, rb, 0);
    },
  },
  {
    name: "rt_ringbuffer_put",
    proto:
      "rt_size_t rt_ringbuffer_put(struct rt_ringbuffer *rb, const rt_uint8_t *ptr, rt_uint16_t length);",
    header: HEADER,
    call: (k, rb, from, count) => {
      check(k, rb, "rt_ringbuffer_put", 66);
      return put(k, rb, from, count & 0xffff);
    },
  },
  {
    name: "rt_ringbuffer_put_force",
    proto:
      "rt_size_t rt_ringbuffer_put_force(struct rt_ringbuffer *rb, const rt_uint8_t *ptr, rt_uint16_t length);",
    header: HEADER,
    call: (k, rb, from, count) => {
      check(k, rb, "rt_ringbuffer_put_force", 113);
      return putForce(k, rb, from, count & 0xffff);
    },
  },
  {
    name: "rt_ringbuffer_get",
    proto:
      "rt_size_t rt_ringbuffer_get(struct rt_ringbuffer *rb, rt_uint8_t *ptr, rt_uint16_t length);",
    header: HEADER,
    call: (k, rb, to, count) => {
      check(k, rb, "rt_ringbuffer_get", 169);
      return get(k, rb, to, count & 0xffff);
    },
  },
  {
    name: "rt_ringbuffer_peak",
    proto: "rt_size_t rt_ringbuffer_peak(struct rt_ringbuffer *rb, rt_uint8_t **ptr);",
    header: HEADER,
    call: (k, rb, pointer) => {
      check(k, rb, "rt_ringbuffer_peak", 218);
      return peak(k, rb, pointer);
    },
  },
  {
    name: "rt_ringbuffer_putchar",
    proto: "rt_size_t rt_ringbuffer_putchar(struct rt_ringbuffer *rb, const rt_uint8_t ch);",
    header: HEADER,
    call: (k, rb, byte) => {
      check(k, rb, "rt_ringbuffer_putchar", 252);
      return putByte(k, rb, byte, false);
    },
  },
  {
    name: "rt_ringbuffer_putchar_force",
    proto: "rt_size_t rt_ringbuffer_putchar_force(struct rt_ringbuffer *rb, const rt_uint8_t ch);",
    header: HEADER,
    call: (k, rb, byte) => {
      check(k, rb, "rt_ringbuffer_putchar_force", 287);
      return putByte(k, rb, byte, true);
    },
  },
  {
    name: "rt_ringbuffer_getchar",
    proto: "rt_size_t rt_ringbuffer_getchar(struct rt_ringbuffer *rb, rt_uint8_t *ch);",
    header: HEADER,
    call: (k, rb, to) => {
      check(k, rb, "rt_ringbuffer_getchar", 323);
      return get(k, rb, to, 1);
    },
  },
  {
    name: "rt_ringbuffer_data_len",
    proto: "rt_size_t rt_ringbuffer_data_len(struct rt_ringbuffer *rb);",
    header: HEADER,
    call: (k, rb) => length(load(k, rb)),
  },
  {
    name: "rt_ringbuffer_create",
    proto: "struct rt_ringbuffer* rt_ringbuffer_create(rt_uint16_t length);",
    header: HEADER,
    call: (k, count) => {
      const size = count & 0xffff & -ALIGN_SIZE;
      k.assert(size > 0, "size > 0", "rt_ringbuffer_create", 399);
      const rb = lend(k, RB.size);
      if (rb === 0) return 0;
      const pool = lend(k, size);
      if (pool === 0) {
        takeBack(k, rb);
        return 0;
      }
      init(k, rb, pool, size);
      return rb;
    },
  },
  {
    name: "rt_ringbuffer_destroy",
    proto: "void rt_ringbuffer_destroy(struct rt_ringbuffer *rb);",
    header: HEADER,
    call: (k, rb) => {
      check(k, rb, "rt_ringbuffer_destroy", 425);
      takeBack(k, RB.buffer_ptr.get(k.memory, rb));
      takeBack(k, rb);
    },
  },
];
