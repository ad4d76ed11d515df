import type { Task } from "../kernel/call.ts";
import type { Kernel } from "../kernel/mod.ts";
import { waiting } from "../kernel/posix/mod.ts";

/** A serial line as a program in the simulated system sees it. */
export interface SerialPort {
  /** Bytes that wait. */
  readonly available: number;
  /** The first of them, which stays; absent: it cannot be seen before it is taken. */
  readonly first?: number;
  /** No byte will ever come any more. */
  readonly atEnd: boolean;
  take(count: number): Uint8Array;
  write(bytes: Uint8Array): void;
  /** Resumes the thread when bytes arrive; gives what takes that back. */
  watch(thread: number): () => void;
  /** What arrives is for that thread alone, until the result is called. */
  claim?(thread: number): () => void;
  /** Where a control byte is expected, this one stands for a person who gives up. */
  readonly stopByte?: number;
  /** Somebody gave up in another way. */
  stopped?(): boolean;
}

/** A person ended what was going on at a line. */
export class Interrupted extends Error {}

/** uart0 as it is behind the console. */
export function consolePort({ console }: Kernel): SerialPort {
  return {
    get available() {
      return console.available;
    },
    get first() {
      return console.first;
    },
    get atEnd() {
      return console.atEnd;
    },
    take: (count) => console.take(count),
    write: (bytes) => console.transfer(bytes),
    watch: (thread) => console.watch(thread),
    claim: (thread) => console.claim(thread),
  };
}

/** Reading with time-outs, in the calling thread. */
export class PortReader {
  constructor(
    private readonly kernel: Kernel,
    private readonly port: SerialPort,
  ) {}

  /** The next byte; -1 when none comes for so many ticks. Throws Interrupted, as everything here does that waits. */
  *byte(ticks: number): Task<number> {
    if (!(yield* this.wait(ticks))) return -1;
    const byte = this.port.take(1)[0];
    if (byte === this.port.stopByte) throw new Interrupted();
    return byte;
  }

  /** Fills `into`; false when no byte comes for so many ticks. */
  *fill(into: Uint8Array, ticks: number): Task<boolean> {
    let length = 0;
    while (length < into.length) {
      if (!(yield* this.wait(ticks))) return false;
      const bytes = this.port.take(into.length - length);
      into.set(bytes, length);
      length += bytes.length;
    }
    return true;
  }

  /** Drops what arrives until the line is silent for so many ticks, at most `limit` bytes. */
  *purge(ticks: number, limit = 1 << 16): Task<void> {
    let dropped = 0;
    while (dropped < limit && (yield* this.wait(ticks)))
      dropped += this.port.take(this.port.available).length;
  }

  /** Drops bytes of these values until another one comes, or none for so many ticks; whether there were some. */
  *drop(values: readonly number[], ticks: number): Task<boolean> {
    const { port } = this;
    let dropped = false;
    while (port.first !== undefined && (yield* this.wait(ticks))) {
      if (!values.includes(port.first)) break;
      port.take(1);
      dropped = true;
    }
    return dropped;
  }

  write(bytes: Uint8Array): void {
    this.port.write(bytes);
  }

  /** Whether a byte comes within so many ticks; it stays. */
  arrives(ticks: number): Task<boolean> {
    return this.wait(ticks);
  }

  /** Ticks since boot. */
  get now(): number {
    return this.kernel.tick;
  }

  /** Lets ticks pass, whatever arrives. */
  *rest(ticks: number): Task<void> {
    yield* this.kernel.threads.sleep(ticks);
  }

  private *wait(ticks: number): Task<boolean> {
    const { kernel, port } = this;
    const { pause } = waiting(kernel);
    const start = kernel.tick;
    for (;;) {
      if (port.stopped?.()) throw new Interrupted();
      if (port.available > 0) return true;
      const left = ticks - ((kernel.tick - start) >>> 0);
      if (left <= 0 || port.atEnd) return false;
      const stop = port.watch(kernel.threads.current);
      try {
        yield* pause(left);
      } finally {
        stop();
      }
    }
  }
}
