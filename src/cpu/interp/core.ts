import { garbage, GRANULE_SHIFT, type GuestMemory } from "../../memory/mod.ts";
import type { FloatContext } from "../float/mod.ts";
import { type Cpu, Exit, SVC_UNITS } from "../types.ts";
import { type Arena, PREFETCH_ABORT } from "./arena.ts";
import { ALONE_IT, STEP_IT } from "./blocks.ts";
import { sizeOf } from "./data-access.ts";
import { CompiledLoop } from "./compiled-loop.ts";
import { Code, HANDOVER, loop, type LoopState } from "./loop.ts";
import { packCpsr, Slot, unpackCpsr } from "./state.ts";
import { Ways } from "./ways.ts";

/** Words of a supervisor call. */
const SVC_WORDS = 4;
/** Words of every rare op: code, d, e, a, b, c, i, set. */
const RARE_WORDS = 8;

/** Floating point among them; loaded when one is executed. */
let rareOps: typeof import("./rare.ts") | undefined;
const loadRareOps = () => (rareOps = require("./rare.ts") as typeof import("./rare.ts"));

/**
 * Guest instructions that a process executes with the loop in JavaScript, in a millisecond: it takes as long to have the other one, and
 * to print a line takes fewer. With a few times as many the host begins to compile this one.
 */
const COMPILE_AFTER = 4_000;
/** Units that the loop gets at once: they fit into a word. */
const MOST_UNITS = 2 ** 30;
/**
 * The same for the first so many instructions: the host has better code of the loop some milliseconds after it began, and who calls the
 * loop gets that. For one that does not come back the host would compile all of it again, to go on in its middle.
 */
const FIRST_UNITS = 512;
const FIRST_INSTRUCTIONS = 20_000_000;

/** Garbage of an op that the loop leaves to its core, in bytes, about, and after how many of them (a mask) it is told of. */
const HELP_GARBAGE = 128;
const HELPS = 0x3fff;
/** The same of a run: of its fault, and what the kernel does between two of them. */
export const RUN_GARBAGE = 1024;

/** The interpreter as a Cpu. What the loop and the rare ops need of it is public, everybody else sees `Cpu`. */
export class Core extends Ways implements Cpu, LoopState {
  readonly r: Int32Array;
  at = 0;
  operand = 0;
  onSvc: (imm: number) => boolean = () => false;
  /** So many instructions are executed by the loop in JavaScript. */
  compileAfter = CompiledLoop.isLoaded ? 0 : COMPILE_AFTER;
  private compiled: CompiledLoop | undefined;
  private helped = 0;

  constructor(memory: GuestMemory, arena?: Arena) {
    super(memory, arena);
    this.r = this.file.subarray(0, 16);
    this.file.fill(0, Slot.Border, Slot.Reserve + 1);
    memory.onCodeWrite = (start, end) => {
      this.drop(start, end);
      const granule = start >>> GRANULE_SHIFT;
      return this.arena.hasCode(granule) || this.otherHasCode(granule);
    };
  }

  /** Guest addresses (bit 0: Thumb) of everything that was translated from the start of a block on. */
  translatedKeys(): number[] {
    return this.arena.keys().filter((key) => key <= 0xffffffff);
  }

  adopt(): void {
    for (const { start, end } of this.arena.ranges()) this.memory.markCode(start, end);
  }

  release(): Arena {
    this.arena.keepOnly(({ start, end }) => this.memory.isReadOnly(start, end));
    return this.arena;
  }

  get cpsr(): number {
    return packCpsr(this.file);
  }
  set cpsr(value: number) {
    unpackCpsr(this.file, value);
  }

  readonly takesSwitches = true;

  get floatContext(): FloatContext | undefined {
    return this.float.save();
  }
  set floatContext(context: FloatContext | undefined) {
    this.float.restore(context);
  }
  floatsInto(context: FloatContext | undefined): FloatContext | undefined {
    return this.float.save(context);
  }

  jump(target: number): void {
    this.file[Slot.T] = target & 1;
    this.file[Slot.IT] = 0;
    this.r[15] = target & ~1;
  }

  run(): Exit {
    this.fault = undefined;
    if (this.units <= 0) return Exit.Slice;
    garbage.made(RUN_GARBAGE);
    this.begin(this.units);
    const exit = this.interpret() as Exit;
    this.end(this.units);
    return exit;
  }

  single(): Exit | undefined {
    this.fault = undefined;
    const { file } = this;
    const key = (file[Slot.PC] & ~1) | file[Slot.T];
    const it = file[Slot.IT];
    file[Slot.IT] = 0;
    const full = (key >>> 0) + (it + ALONE_IT) * 2 ** 32;
    this.alone = true;
    this.begin(this.units);
    try {
      const block = this.arena.get(full) ?? this.translate(key, it, full);
      const exit = this.execute(block ? block.first + 1 : PREFETCH_ABORT);
      return exit === HANDOVER ? undefined : exit;
    } finally {
      this.alone = false;
      this.end(this.allUnits);
    }
  }

  // For a core with a second engine.

  /** Whether that has translated code of a granule. */
  otherHasCode: (granule: number) => boolean = () => false;
  /** Called with a range of guest addresses whose translations are to be forgotten, and whether guest code wrote there. */
  onDrop: (start: number, end: number, byGuest: boolean) => void = () => {};

  /** Runs until an exit or a block of the other engine. */
  interpret(): Exit | typeof HANDOVER {
    return this.execute(this.enter());
  }

  /** Executes the instruction at the pc, which may fault or stop; HANDOVER when not. A branch may be followed further. */
  step(): Exit | typeof HANDOVER {
    const { file } = this;
    const key = (file[Slot.PC] & ~1) | file[Slot.T];
    const it = file[Slot.IT];
    file[Slot.IT] = 0;
    const full = (key >>> 0) + (it + STEP_IT) * 2 ** 32;
    const block = this.arena.get(full) ?? this.translate(key, it, full);
    return this.execute(block ? block.first + 1 : PREFETCH_ABORT);
  }

  /** The other engine goes on at the pc behind a supervisor call, with so many units. Returns those that are left. */
  behindCall(units: number): number {
    this.units = units;
    this.goOnBehind(this.r[15]);
    return this.units;
  }

  /** True when the interpreter has come to the block at a guest address (bit 0: Thumb) and remembers it. */
  readonly hasRun = (key: number): boolean => this.arena.get(key >>> 0) !== undefined;

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

  /** Runs from an arena index until an exit. */
  private execute(ip: number): Exit | typeof HANDOVER {
    while (ip >= 0) {
      if (this.loop(ip)) {
        if ((++this.helped & HELPS) === 0) garbage.made(HELPS * HELP_GARBAGE);
        ip = this.help(this.at);
      } else if (this.units > 0) ip = this.enter();
      else return Exit.Slice;
    }
    return ~ip as Exit | typeof HANDOVER;
  }
  /** The loop, as WebAssembly when there is more to do. */
  private loop(ip: number): boolean {
    const most = this.stats.instructions < FIRST_INSTRUCTIONS ? FIRST_UNITS : MOST_UNITS;
    if (this.units > most) return this.loopInPart(ip, most);
    if (this.compiled) return this.compiled.run(this, ip);
    if (this.stats.instructions < this.compileAfter) return loop(this, ip);
    this.compiled = CompiledLoop.in(this.memory);
    return this.compiled.run(this, ip);
  }
  private loopInPart(ip: number, most: number): boolean {
    const { file } = this;
    const reserve = file[Slot.Reserve];
    const rest = this.units - most;
    this.units = most;
    file[Slot.Reserve] += rest;
    const needsHelp = this.loop(ip);
    file[Slot.Reserve] = reserve;
    this.units += rest;
    return needsHelp;
  }

  /** Executes the op at `ip` for the loop. Returns the arena index to go on at, or ~exit. */
  private help(ip: number): number {
    const { words } = this.arena;
    const word = words[ip];
    switch (word & 255) {
      case Code.Exit:
        if (this.alone) {
          this.goTo(words[ip - 1], 0);
          return ~HANDOVER;
        }
        return this.link(words[ip - 1], words[ip + 1], ip);
      case Code.Leave:
        return word >>> 24 ? this.leaveEnd(ip) : this.leave(ip);
      case Code.Bx:
      case Code.Blx:
        return this.find(this.operand);
      case Code.Svc:
        return this.svc(ip);
      case Code.Rare:
        if (!(rareOps ?? loadRareOps()).rare(this, ip, (word >>> 8) & 255)) return this.faultAt(ip);
        return ip + RARE_WORDS;
      case Code.Handover:
        this.goTo(words[ip - 1], 0);
        return ~HANDOVER;
      case Code.Go:
        return this.go(ip);
      case Code.Pause:
        this.stats.instructions += word >>> 24;
        this.goTo(words[ip + 1], words[ip + 2]);
        return ~HANDOVER;
      case Code.Slide:
        return this.slideFrom(ip);
      case Code.Cross:
        return this.crossAt(ip);
      case Code.PrefetchAbort:
        return this.prefetchAbort();
      case Code.Udf:
        this.fault = { kind: "undefined instruction", pc: 0, why: "" };
        return this.undefinedAt(ip);
      case Code.Bkpt:
        this.fault = { kind: "breakpoint", pc: 0, why: `bkpt #${words[ip + 1]}` };
        return this.faultAt(ip);
      default:
        if (!this.access(ip, this.operand)) return this.faultAt(ip);
        return ip + sizeOf(word);
    }
  }

  /** The supervisor call at `ip`. */
  private svc(ip: number): number {
    const { arena, file, stats } = this;
    const { version, words } = arena;
    const count = words[ip] >>> 24;
    const next = words[ip + 2];
    const it = words[ip + 3];
    this.goTo(next, it);
    this.units -= SVC_UNITS;
    stats.instructions += count;
    stats.svcs++;
    if (!this.onSvc(words[ip + 1])) return ~Exit.Stop;
    const same = file[Slot.PC] === (next & ~1) && file[Slot.T] === (next & 1);
    if (same) this.goOnBehind(next & ~1);
    if (this.units <= 0) return ~Exit.Slice;
    if (this.alone) return ~HANDOVER;
    if (!same || file[Slot.IT] !== it || arena.version !== version) return this.enter();
    // The block goes on and will count its instructions from its start.
    stats.instructions -= count;
    file[Slot.IT] = 0;
    return ip + SVC_WORDS;
  }

  private drop(start: number, end: number): void {
    const { storing } = this;
    this.onDrop(start, end, storing !== 0);
    const dropped = this.arena.drop(start, end);
    if (dropped === 0) return;
    this.stats.invalidations += dropped;
    if (storing === 0) return;
    // A block that writes over itself must leave behind the store.
    const { block, index } = this.place(storing);
    if (!block.live) this.arena.words[block.map[index * 2 + 2] >>> 8] = Code.Leave;
  }
}
