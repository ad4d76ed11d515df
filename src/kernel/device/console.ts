import { DEVICE_FLAG_INT_RX } from "../abi/constants.ts";
import { DEVICE } from "../abi/layout.ts";
import { SCHEDULE, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { wholeText } from "../format.ts";
import { HostArguments, kprintf, latin1 } from "../kprintf.ts";
import type { ConsoleApi } from "../types.ts";
import { ByteQueue } from "./byte-queue.ts";

const NEWLINE = 0x0a;
const CR = 0x0d;

/** So much a loop does as fast as the host's functions. */
const FEW = 4;

/** A line of a program and some more, for one that has to be looked through more than once. */
const SHORT = 1024;
const scratch = new Uint8Array(SHORT);

/** The host's copy of a piece needs no view, which would be one of all guest memory. */
const copyPiece = Buffer.prototype.copy;

function fewBytes(bytes: Uint8Array, stream: boolean, start: number, end: number): Uint8Array {
  let newlines = 0;
  if (stream) for (let at = start; at < end; at++) if (bytes[at] === NEWLINE) newlines++;
  const line = new Uint8Array(end - start + newlines);
  for (let at = start, to = 0; at < end; at++) {
    const byte = bytes[at];
    if (byte === NEWLINE && stream) line[to++] = CR;
    line[to++] = byte;
  }
  return line;
}

function shortLine(bytes: Uint8Array, stream: boolean, start: number, end: number): Uint8Array {
  const size = end - start;
  if (!stream) return bytes.slice(start, end);
  copyPiece.call(bytes, scratch, 0, start, end);
  let newlines = 0;
  for (let at = -1; (at = scratch.indexOf(NEWLINE, at + 1)) >= 0 && at < size;) newlines++;
  const line = new Uint8Array(size + newlines);
  let from = 0;
  for (let to = 0; newlines > 0; newlines--) {
    const at = scratch.indexOf(NEWLINE, from);
    copyPiece.call(scratch, line, to, from, at);
    to += at - from;
    line[to++] = CR;
    line[to++] = NEWLINE;
    from = at + 1;
  }
  copyPiece.call(scratch, line, line.length - (size - from), from, size);
  return line;
}

function longLine(bytes: Uint8Array, stream: boolean): Uint8Array {
  let newlines = 0;
  if (stream)
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) newlines++;
  const line = new Uint8Array(bytes.length + newlines);
  line.set(bytes);
  // From the end: what is behind a new line moves by as many returns as there are before it.
  for (let end = bytes.length; newlines > 0; newlines--) {
    const at = bytes.lastIndexOf(NEWLINE, end - 1);
    line.copyWithin(at + newlines, at, end);
    line[at + newlines - 1] = CR;
    end = at;
  }
  return line;
}

/** The serial line behind uart0: what arrives waits in a FIFO, what is written goes to the host. */
export class Console implements ConsoleApi {
  private readonly fifo = new ByteQueue();
  ended = false;
  /** Threads in getchar. */
  private readonly waiting: number[] = [];
  /** Called in interrupt context when bytes arrived (the device's rx_indicate). */
  onReceive: (() => Task<void>) | undefined;
  /** The one thread that may read while a file is transferred; 0: all may. */
  private reader = 0;

  /** What is given to the host just now are blocks of a file transfer, no text. */
  transferring = false;

  constructor(private readonly k: Kernel) {}

  print(text: string): void {
    this.kernelWrite(latin1(text));
  }

  printf(fmt: string, ...args: (number | string)[]): void {
    const { bytes, size } = kprintf(wholeText(latin1(fmt)), new HostArguments(args));
    this.kernelWrite(bytes, size);
  }

  /** rt_kprintf and rt_kputs: the device in STREAM mode, whatever it was opened with. */
  kernelWrite(bytes: Uint8Array, end = bytes.length): void {
    this.write(bytes, true, 0, end);
  }

  /** Sends bytes, or those from `start` up to `end`; in STREAM mode `\r` goes before every `\n`. */
  write(bytes: Uint8Array, stream: boolean, start = 0, end = bytes.length): void {
    if (start >= end) return;
    const { output, text } = this.k.options;
    if (stream && text !== undefined) return text(bytes, start, end);
    const size = end - start;
    if (size <= FEW) output(fewBytes(bytes, stream, start, end));
    else if (size <= SHORT) output(shortLine(bytes, stream, start, end));
    else output(longLine(bytes.subarray(start, end), stream));
  }

  /** Sends bytes of a file transfer as they are. */
  transfer(bytes: Uint8Array): void {
    this.transferring = true;
    try {
      this.write(bytes, false);
    } finally {
      this.transferring = false;
    }
  }

  feed(bytes: Uint8Array): void {
    if (this.deaf) return;
    this.fifo.push(bytes);
    this.received();
  }

  /** On the board an open of uart0 without INT_RX stops reception for everybody. */
  private get deaf(): boolean {
    const { k } = this;
    if (!k.options.compat404 || k.consoleDevice === 0) return false;
    return (DEVICE.open_flag.get(k.memory, k.consoleDevice) & DEVICE_FLAG_INT_RX) === 0;
  }

  end(): void {
    this.ended = true;
    this.received();
  }

  private received(): void {
    const { k } = this;
    k.runner.interrupt(() => this.serve());
  }

  private *serve(): Task<void> {
    const { k } = this;
    for (const thread of this.waiting.splice(0)) k.threads.resume(thread);
    k.scheduler.schedule();
    if (this.onReceive !== undefined) yield* this.onReceive();
  }

  /** Resumes the thread when bytes arrive or the input ends; gives what takes that back. */
  watch(thread: number): () => void {
    this.waiting.push(thread);
    return () => {
      const at = this.waiting.indexOf(thread);
      if (at >= 0) this.waiting.splice(at, 1);
    };
  }

  /** Input is for that thread alone, until the result is called; the others wait. */
  claim(thread: number): () => void {
    this.reader = thread;
    return () => {
      this.reader = 0;
      if (this.fifo.length > 0) this.received();
    };
  }

  get readers(): number {
    return this.waiting.length;
  }

  /** Bytes that wait. */
  get available(): number {
    return this.fifo.length;
  }

  /** The first of them, which stays. */
  get first(): number {
    return this.fifo.first;
  }

  get atEnd(): boolean {
    return this.ended && this.fifo.length === 0;
  }

  /** Takes at most `count` bytes, none when none wait. */
  take(count: number): Uint8Array {
    return this.fifo.take(count);
  }

  *getchar(): Task<number> {
    const { k } = this;
    const thread = k.scheduler.current;
    while (this.fifo.length === 0 || (this.reader !== 0 && this.reader !== thread)) {
      if (this.ended && this.fifo.length === 0) return -1;
      const stop = this.watch(thread);
      k.threads.suspend(thread);
      try {
        yield SCHEDULE;
      } finally {
        stop();
      }
    }
    return this.fifo.shift();
  }
}
