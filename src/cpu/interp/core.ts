import { GRANULE_SHIFT, GuestFault, type GuestMemory, READ } from "../../memory/mod.ts";
import { dropDeadFlags, fuseCompareBranch } from "../ir/passes.ts";
import { liftBlock } from "../lift/mod.ts";
import { type Cpu, type CpuStats, Exit, SVC_UNITS } from "../types.ts";
import { type Block, PREFETCH_ABORT } from "./arena.ts";
import { DataAccess } from "./data-access.ts";
import { Encoder } from "./encode.ts";
import { Code, HANDOVER, loop } from "./loop.ts";
import { prime } from "./prime.ts";
import { packCpsr, Slot, unpackCpsr } from "./state.ts";

/** Added to ITSTATE in the key of a block of one instruction. */
const STEP_IT = 256;

/**
 * Guest instructions before the loop is primed (2 ms): less than the host takes to compile the loop, more than it takes to
 * print a line.
 */
const PRIME_AFTER = 10_000;

/** The interpreter as a Cpu. What the loop and the rare ops need of it is public, everybody else sees `Cpu`. */
export class Core extends DataAccess implements Cpu {
  readonly r: Int32Array;
  readonly stats: CpuStats = {
    instructions: 0,
    blocks: 0,
    translatedInstructions: 0,
    invalidations: 0,
    svcs: 0,
  };
  units = 0;
  onSvc: (imm: number) => boolean = () => false;

  private readonly encoder = new Encoder(this.arena.words);
  /** Where the last fetch failed. */
  private fetchFault = 0;

  constructor(memory: GuestMemory) {
    super(memory);
    this.r = this.file.subarray(0, 16);
    memory.onCodeWrite = (start, end) => {
      this.drop(start, end);
      // Blocks of the other engine are not listed by granule here.
      return this.foreign.size > 0 || this.arena.hasCode(start >>> GRANULE_SHIFT);
    };
  }

  get cpsr(): number {
    return packCpsr(this.file);
  }
  set cpsr(value: number) {
    unpackCpsr(this.file, value);
  }

  jump(target: number): void {
    this.file[Slot.T] = target & 1;
    this.file[Slot.IT] = 0;
    this.r[15] = target & ~1;
  }

  run(): Exit {
    this.fault = undefined;
    if (this.units <= 0) return Exit.Slice;
    return this.interpret() as Exit;
  }

  // For a core with a second engine.

  /** Called with a range of guest addresses whose translations are to be forgotten. */
  onDrop: (start: number, end: number) => void = () => {};
  /** Guest addresses (bit 0: Thumb) of blocks to which the interpreter does not go: it returns HANDOVER instead. */
  readonly foreign = new Set<number>();

  /** Runs until an exit or a block of the other engine. */
  interpret(): Exit | typeof HANDOVER {
    if (this.stats.instructions > PRIME_AFTER) prime();
    return loop(this, this.enter());
  }

  /** Executes the instruction at the pc, which may fault or stop; HANDOVER when not. A branch may be followed further. */
  step(): Exit | typeof HANDOVER {
    const { file } = this;
    const key = (file[Slot.PC] & ~1) | file[Slot.T];
    const it = file[Slot.IT];
    file[Slot.IT] = 0;
    const full = (key >>> 0) + (it + STEP_IT) * 2 ** 32;
    const block = this.arena.get(full) ?? this.translate(key, it, full);
    return loop(this, block ? block.first + 1 : PREFETCH_ABORT);
  }

  /** The block at `key` is of the other engine from now on. */
  handOver(key: number): void {
    this.foreign.add(key);
    const block = this.arena.get(key);
    if (block) this.arena.patch(block, Code.Handover);
  }
  takeBack(key: number): void {
    if (!this.foreign.delete(key)) return;
    const block = this.arena.get(key);
    if (block) this.arena.unpatch(block);
  }

  invalidate(start: number, end: number): void {
    this.drop(start, end);
  }

  // What follows is for the loop and the rare ops.

  /** Arena index of the code for r[15], T and IT. */
  enter(): number {
    const { file } = this;
    const key = (file[Slot.PC] & ~1) | file[Slot.T];
    const it = file[Slot.IT];
    if (it === 0) return this.find(key);
    file[Slot.IT] = 0;
    const block = this.blockFor(key, it);
    return block ? block.first + 1 : PREFETCH_ABORT;
  }

  /** Arena index of the code at a guest address (bit 0: Thumb). */
  find(key: number): number {
    const block = this.blockFor(key, 0);
    if (!block) return PREFETCH_ABORT;
    this.arena.cacheTarget(block);
    return block.first + 1;
  }

  /** The same for a direct branch, which from now on goes there at once: `place` held `stub`. */
  link(key: number, place: number, stub: number): number {
    const { version } = this.arena;
    const block = this.blockFor(key, 0);
    if (!block) return PREFETCH_ABORT;
    if (this.arena.version === version) this.arena.link(block, place, stub);
    return block.first + 1;
  }

  /** Goes on at the instruction that starts at `ip`, in another block: this one has been dropped or ends inside an IT block. */
  leave(ip: number): number {
    const { block, index: last } = this.place(ip);
    // Instructions without ops of their own (NOP, ISB) start at the same word; the first of them is the next.
    let index = last;
    while (index > 0 && block.map[index * 2 - 2] >>> 8 === ip) index--;
    this.stats.instructions += index;
    const entry = block.map[index * 2 + 1];
    this.file[Slot.PC] = entry & ~1;
    this.file[Slot.T] = entry & 1;
    this.file[Slot.IT] = block.map[index * 2] & 255;
    return this.enter();
  }

  /**
   * The supervisor call at `ip`, `count` instructions after the last count. Returns the arena index to go on at, `ip` itself
   * for the op behind it, or -1 for Exit.Stop, -2 for Exit.Slice.
   */
  svc(ip: number, count: number): number {
    const { file, arena } = this;
    const next = arena.words[ip + 2];
    const it = arena.words[ip + 3];
    const { version } = arena;
    file[Slot.PC] = next & ~1;
    file[Slot.T] = next & 1;
    file[Slot.IT] = it;
    this.units -= SVC_UNITS;
    this.stats.instructions += count;
    this.stats.svcs++;
    if (!this.onSvc(arena.words[ip + 1])) return -1;
    if (this.units <= 0) return -2;
    const same = file[Slot.PC] === (next & ~1) && file[Slot.T] === (next & 1);
    if (!same || file[Slot.IT] !== it || arena.version !== version) return this.enter();
    file[Slot.IT] = 0;
    return ip;
  }

  /** Completes a fault at `ip`: registers are as before the instruction, pc is that of the instruction. */
  faultAt(ip: number, units: number, count: number): Exit {
    this.units = units;
    this.stats.instructions += count;
    this.stopAt(ip);
    this.fault = { ...this.fault!, pc: this.file[Slot.PC] >>> 0 };
    return Exit.Fault;
  }

  /** UDF, BKPT and what is no instruction. */
  trap(ip: number, units: number, count: number): Exit {
    const { words } = this.arena;
    this.fault =
      (words[ip] & 255) === Code.Bkpt
        ? { kind: "breakpoint", pc: 0, why: `bkpt #${words[ip + 1]}` }
        : { kind: "undefined instruction", pc: 0, why: "undefined instruction" };
    return this.faultAt(ip, units, count);
  }

  prefetchAbort(units: number, count: number): Exit {
    this.units = units;
    this.stats.instructions += count;
    const pc = (this.fetchFault & ~1) >>> 0;
    this.file[Slot.PC] = pc;
    this.file[Slot.T] = this.fetchFault & 1;
    this.fault = { kind: "prefetch abort", pc, why: "not executable memory" };
    return Exit.Fault;
  }

  private place(ip: number): { block: Block; index: number } {
    const block = this.arena.at(ip);
    return { block, index: this.arena.instructionAt(block, ip) };
  }

  private stopAt(ip: number): void {
    const { block, index } = this.place(ip);
    this.stats.instructions += index;
    const entry = block.map[index * 2 + 1];
    this.file[Slot.PC] = entry & ~1;
    this.file[Slot.T] = entry & 1;
    this.file[Slot.IT] = block.map[index * 2] & 255;
  }

  private blockFor(key: number, it: number): Block | undefined {
    const full = (key >>> 0) + it * 2 ** 32;
    return this.arena.get(full) ?? this.translate(key, it, full);
  }

  private translate(key: number, it: number, full: number): Block | undefined {
    const thumb = (key & 1) !== 0;
    const start = (key & ~1) >>> 0;
    if (!thumb && start & 2) {
      this.fetchFault = key;
      return undefined;
    }
    const single = full >= STEP_IT * 2 ** 32;
    const ir = liftBlock(this.fetch, start, thumb, it, single ? 1 : undefined);
    if ("address" in ir) {
      this.fetchFault = ir.address | (thumb ? 1 : 0);
      return undefined;
    }
    dropDeadFlags(ir.insts);
    fuseCompareBranch(ir.insts);
    const first = this.arena.reserve();
    const { map, last } = this.encoder.encode(ir, first, single);
    const block: Block = {
      key: full,
      start,
      end: ir.end >>> 0,
      first,
      last,
      map,
      incoming: [],
      live: true,
      patched: undefined,
    };
    this.arena.add(block);
    if (this.foreign.has(full)) this.arena.patch(block, Code.Handover);
    this.memory.markCode(block.start, block.end);
    this.stats.blocks++;
    this.stats.translatedInstructions += ir.pcs.length - 1;
    return block;
  }

  /** The halfword at an address, or undefined where nothing can be executed. */
  readonly fetch = (address: number): number | undefined => {
    const a = address >>> 0;
    if (!(this.memory.rights[a >>> GRANULE_SHIFT] & READ)) {
      try {
        this.memory.checkAccess(a, 2, "execute");
      } catch (error) {
        if (error instanceof GuestFault) return undefined;
        throw error;
      }
    }
    return this.memory.u16[a >>> 1];
  };

  private drop(start: number, end: number): void {
    this.onDrop(start, end);
    const { storing } = this;
    const dropped = this.arena.drop(start, end);
    if (dropped === 0) return;
    this.stats.invalidations += dropped;
    if (storing === 0) return;
    // A block that writes over itself must leave behind the store.
    const { block, index } = this.place(storing);
    if (!block.live) this.arena.words[block.map[index * 2 + 2] >>> 8] = Code.Leave;
  }
}
