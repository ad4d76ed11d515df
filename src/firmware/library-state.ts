import type { GuestMemory } from "../memory/mod.ts";
import type { ElfImage } from "../elf/mod.ts";
import { Defaults } from "./defaults.ts";
import { Glue, Handler, type Info, Lock, Stream } from "./info.ts";

/** A corrupted list must not keep the host: far more elements than any program makes. */
const MAX_ELEMENTS = 10_000;
/** Entries of `_reent._freelist`: _Kmax + 1. */
const FREELIST = 33;

/**
 * What the kernel does to the C library's data while no guest code may run, because its thread or module is gone. Guest data
 * is not to be trusted: every walk is bounded and ends at an address outside RAM.
 */
export class LibraryState {
  private readonly globalReent: number;
  private defaults: Defaults | undefined;

  constructor(
    private readonly memory: GuestMemory,
    private readonly info: Info,
    private readonly image: ElfImage,
  ) {
    this.globalReent = memory.ldu32(info.globalImpurePtr);
  }

  /** Writes the area of a new thread to `address`. */
  initReent(address: number): void {
    const template = this.memory.read(this.info.threadArea, this.info.areaSize);
    this.memory.write(address, template.slice());
  }

  /** Heap blocks that belong to the area at `address` of a thread that is gone: number conversion and signal tables. */
  reentBlocks(address: number): number[] {
    const { result, p5s, freelist, cvtbuf, sigFunc } = this.info;
    const blocks = [result, cvtbuf, sigFunc].map((field) => this.pointer(address + field));
    blocks.push(...this.chain(this.pointer(address + p5s), 0));
    const lists = this.pointer(address + freelist);
    for (let k = 0; lists && k < FREELIST; k++)
      blocks.push(...this.chain(this.pointer(lists + 4 * k), 0));
    blocks.push(lists);
    return [...new Set(blocks)].filter((block) => block !== 0);
  }

  /** Handlers of signal() that were set in the area at `address`; 0 for none. */
  signalTable(address: number): number {
    return this.pointer(address + this.info.sigFunc);
  }

  /** Frees the locks that a dead thread held. Returns those somebody waits for: wake the waiters of these addresses. */
  releaseLocks(thread: number): number[] {
    const { memory } = this;
    const wake: number[] = [];
    for (const lock of this.chain(this.pointer(this.info.locks), Lock.next)) {
      if (memory.ld32(lock + Lock.owner) !== (thread | 0)) continue;
      memory.st32(lock + Lock.owner, 0);
      memory.st32(lock + Lock.count, 0);
      if (memory.ld32(lock + Lock.waiters) === 0) continue;
      memory.st32(lock + Lock.waiters, 0);
      wake.push(lock + Lock.owner);
    }
    return wake;
  }

  /**
   * Removes what a module that is gone has left behind: its exit handlers, pointers into memory that `owns` accepts (buffers of
   * streams, callbacks), a redirection of a standard stream, the state of getopt. Returns the descriptors to close.
   */
  forgetModule(module: number, owns: (address: number) => boolean): number[] {
    this.defaults ??= new Defaults(this.memory, this.image);
    this.defaults.restore(owns);
    this.dropHandlers(module);
    for (const file of this.files(owns))
      if (owns(this.pointer(file + this.info.bf))) this.unbuffer(file);
    return this.restoreStreams(module);
  }

  /** Address of the variable `environ`, 0 when the image does not name it. */
  get environ(): number {
    if (this.environAt === undefined) {
      const symbols = this.image.staticSymbols();
      const [found] = symbols?.named(["environ"]) ?? [];
      this.environAt = found ? symbols!.value(found.index) : 0;
    }
    return this.environAt;
  }
  private environAt: number | undefined;

  /** The FILE over a descriptor, without the three standard ones; 0 when there is none. */
  streamOf(fd: number): number {
    const { memory, info } = this;
    const standard = this.globalReent + info.sf;
    for (const file of this.files(() => false)) {
      if (file >= standard && file < standard + 3 * info.fileSize) continue;
      const open = memory.ld16(file + info.flags) !== 0;
      if (open && (memory.ld16(file + info.file) << 16) >> 16 === fd) return file;
    }
    return 0;
  }

  private dropHandlers(module: number): void {
    const { memory } = this;
    let link = this.info.handlers;
    for (const handler of [...this.chain(this.pointer(link), Handler.next)]) {
      if (memory.ld32(handler + Handler.module) !== (module | 0)) {
        link = handler + Handler.next;
        continue;
      }
      memory.st32(link, memory.ld32(handler + Handler.next));
      memory.st32(handler + Handler.next, memory.ld32(this.info.freeHandlers));
      memory.st32(this.info.freeHandlers, handler);
    }
  }

  /** Every FILE; a row of them in memory that `owns` accepts is taken off. */
  private *files(owns: (address: number) => boolean): Generator<number> {
    const { memory, info } = this;
    let link = this.globalReent + info.sglue;
    yield* this.row(link);
    for (const glue of [...this.chain(this.pointer(link + Glue.next), Glue.next)]) {
      if (owns(glue)) {
        memory.st32(link + Glue.next, memory.ld32(glue + Glue.next));
        continue;
      }
      link = glue;
      yield* this.row(glue);
    }
  }

  private *row(glue: number): Generator<number> {
    const count = Math.min(this.memory.ldu32(glue + Glue.count), MAX_ELEMENTS);
    const first = this.pointer(glue + Glue.files);
    const { fileSize } = this.info;
    if (!first || !this.memory.contains(first, count * fileSize)) return;
    for (let i = 0; i < count; i++) yield first + i * fileSize;
  }

  private unbuffer(file: number): void {
    const { memory, info } = this;
    const flags = memory.ld16(file + info.flags);
    if (flags === 0) return;
    const kept = flags & ~(Stream.lineBuffered | Stream.allocated);
    memory.st16(file + info.flags, kept | Stream.unbuffered);
    memory.st32(file + info.p, file + info.nbuf);
    memory.st32(file + info.bf, file + info.nbuf);
    memory.st32(file + info.bf + 4, 1);
    for (const field of [info.r, info.w, info.lbfsize]) memory.st32(file + field, 0);
  }

  private restoreStreams(module: number): number[] {
    const { memory, info } = this;
    const close: number[] = [];
    for (let i = 0; i < 3; i++) {
      if (memory.ld32(info.reopened + 4 * i) !== (module | 0)) continue;
      const file = this.globalReent + info.sf + i * info.fileSize;
      close.push((memory.ld16(file + info.file) << 16) >> 16);
      const lock = memory.ld32(file + info.lock);
      memory.write(file, memory.read(info.streams + i * info.fileSize, info.fileSize).slice());
      memory.st32(file + info.lock, lock);
      memory.st32(info.reopened + 4 * i, 0);
    }
    return close;
  }

  /** Elements of a linked list whose link is at offset `next`. */
  private *chain(first: number, next: number): Generator<number> {
    let element = first;
    for (let i = 0; element !== 0 && i < MAX_ELEMENTS; i++) {
      yield element;
      element = this.pointer(element + next);
    }
  }

  /** The pointer at `address`; 0 when it does not point to aligned RAM. */
  private pointer(address: number): number {
    const value = this.memory.ldu32(address);
    return value % 4 === 0 && this.memory.contains(value, 64) ? value : 0;
  }
}
