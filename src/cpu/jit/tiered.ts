import { garbage, type GuestMemory } from "../../memory/mod.ts";
import type { CountingPlan } from "../counting.ts";
import type { FloatContext } from "../float/mod.ts";
import type { Arena } from "../interp/arena.ts";
import { Core, RUN_GARBAGE } from "../interp/core.ts";
import { HANDOVER } from "../interp/loop.ts";
import type { PreparedCode } from "../interp/prepared.ts";
import { Slot } from "../interp/state.ts";
import { CallWord } from "../call-words.ts";
import { type Cpu, type DirectCalls, type CpuFault, type CpuStats, Exit } from "../types.ts";
import { dropFlags, FlagNumbers } from "./flags-state.ts";
import { CARE, COUNT, EPOCH, GO_ON, MISSED, MOST_UNITS, STRAYED, UNITS } from "./layout.ts";
import { BUDGET, type Budget, Hotness, type Spent } from "./hotness.ts";
import type { Host, Regions } from "./regions.ts";

/** What a floating-point operation costs the interpreter, relative to an instruction. */
const FLOAT_WORK = 25;
/** Instructions that translated code executes in the time in which the interpreter executes one. */
const TRANSLATED_SPEED = 8;
/** What it costs to leave translated code for the interpreter and to come back, in instructions of the latter. */
const ARRIVAL_WORK = 100;
/**
 * A core with two engines: the interpreter for everything that runs seldom, and regions of WebAssembly for the rest. Both work
 * on the same registers and memory and count units and instructions alike. With `eager` every address is translated when it is
 * reached.
 */
export class TieredCore implements Cpu {
  readonly r: Int32Array;
  readonly takesSwitches = true;
  answers: Cpu["answers"];
  direct: DirectCalls | undefined;

  private readonly core: Core;
  private readonly file: Int32Array;
  private made: Regions | undefined;
  private plan: CountingPlan | undefined;
  private held = 0;
  /** Why translated code unwound; undefined: to go on elsewhere. */
  private exit: Exit | undefined;
  /** Translated code runs: units are at UNITS. */
  private inside = false;
  /** Instructions of translated code that are in the statistics. */
  private taken = 0;
  private hook: (imm: number) => boolean = () => false;
  private readonly hotness: Hotness;
  private readonly flags = new FlagNumbers();
  /** How often translated code came to an address which is not. */
  private arrivals = 0;
  /** Instructions at the last supervisor call. */
  private calledAt = -1;

  constructor(
    readonly memory: GuestMemory,
    private readonly eager = false,
    budget: Budget = BUDGET,
    arena?: Arena,
  ) {
    this.hotness = new Hotness(budget, () => this.spent, {
      for: (key) => this.regions.readyFor(key),
      use: (candidate) => this.regions.useReady(candidate),
      holds: (key) => this.regions.isWithinReady(key),
    });
    const core = (this.core = new Core(memory, arena));
    this.file = memory.engine;
    this.r = core.r;
    core.onDrop = (start, end, byGuest) => this.made?.drop(start, end, byGuest);
    core.otherHasCode = (granule) => this.made?.holds(granule) ?? false;
    core.onSvc = (imm) => this.callHook(imm);
  }

  /** Made, and the translator loaded, when something is to be translated: programs that end soon need neither. */
  get regions(): Regions {
    return (this.made ??= this.makeRegions());
  }
  private makeRegions(): Regions {
    const { core, memory, file } = this;
    const called = (goOn: boolean, units: number, next: number): number => {
      file[EPOCH >>> 2]++;
      if (
        goOn &&
        file[CARE >>> 2] === 0 &&
        (file[Slot.PC] | file[Slot.T]) === next &&
        file[UNITS >>> 2] === units &&
        units > 0 &&
        file[Slot.IT] === 0
      ) {
        file[Slot.PC] = 0;
        file[Slot.T] = 0;
        return 0;
      }
      return this.goElsewhere(goOn, units, next);
    };
    const host: Host = {
      // One function, small enough for the host to put the hook into it: a call on this way takes 2 to 5 ns.
      svc: (imm, next) => {
        const units = file[UNITS >>> 2];
        file[CallWord.Served]++;
        return called(this.hook(imm), units, next);
      },
      behind: (units, next) =>
        called(file[CallWord.Attention] === 0 || this.direct!.behind(), units, next),
      direct: (number) => this.direct?.for(number),
      step: (pc, next) => this.step(pc, next),
      flags: () => this.flags.settle(file),
      flagNumbers: this.flags,
      answers: this.answers,
    };
    const { Regions } = require("./regions.ts") as typeof import("./regions.ts");
    const regions = new Regions(memory, core.fetch, host, core.hasRun, this.eager);
    regions.onChange = (key, exists) => (exists ? core.handOver(key) : core.takeBack(key));
    regions.countingPlan = this.plan;
    core.stats.translation = regions.stats;
    return regions;
  }

  get cpsr(): number {
    this.flags.settle(this.file);
    return this.core.cpsr;
  }
  set cpsr(value: number) {
    // Who puts in the registers of another thread, the pc among them, sets this too: translated code must not go on.
    this.file[CARE >>> 2] = 1;
    dropFlags(this.file);
    this.core.cpsr = value;
  }
  get floatContext(): FloatContext | undefined {
    return this.core.floatContext;
  }
  set floatContext(context: FloatContext | undefined) {
    this.core.floatContext = context;
  }
  floatsInto(context: FloatContext | undefined): FloatContext | undefined {
    return this.core.floatsInto(context);
  }
  get units(): number {
    return (this.inside ? this.file[UNITS >>> 2] : this.core.units) + this.reserve;
  }
  set units(value: number) {
    if (this.inside) {
      // What is left fits into what translated code counts with.
      this.file[CARE >>> 2] = 1;
      const part = Math.min(value, MOST_UNITS);
      this.file[UNITS >>> 2] = part;
      this.reserve = value - part;
      return;
    }
    this.core.units = value;
    this.reserve = 0;
  }
  /** Units that the engine has not been given yet. What crosses the border of a page wants to know all of them. */
  private get reserve(): number {
    return this.held;
  }
  private set reserve(units: number) {
    this.held = units;
    this.file[Slot.Reserve] = units;
  }
  get fault(): CpuFault | undefined {
    return this.core.fault;
  }
  get stats(): CpuStats {
    this.takeCount();
    return this.core.stats;
  }
  set prepared(code: PreparedCode) {
    this.core.prepared = code;
  }
  set countingPlan(plan: CountingPlan) {
    this.core.countingPlan = this.plan = plan;
    if (this.made) this.made.countingPlan = plan;
  }
  get onSvc(): (imm: number) => boolean {
    return this.hook;
  }
  set onSvc(hook: (imm: number) => boolean) {
    this.hook = hook;
  }
  jump(target: number): void {
    this.file[CARE >>> 2] = 1;
    this.core.jump(target);
  }
  invalidate(start: number, end: number): void {
    this.core.invalidate(start, end);
  }
  clearExclusive(): void {
    this.core.clearExclusive();
  }

  adopt(): void {
    this.core.adopt();
  }
  release(): Arena {
    return this.core.release();
  }

  run(): Exit {
    const { core } = this;
    core.fault = undefined;
    this.units = this.units;
    if (core.units <= 0) return Exit.Slice;
    garbage.made(RUN_GARBAGE);
    core.begin(this.units);
    const exit = this.execute();
    core.end(this.units);
    return exit;
  }
  private execute(): Exit {
    const { file } = this;
    this.resumed = true;
    for (;;) {
      let exit: Exit | typeof HANDOVER | undefined;
      const key = file[Slot.PC] | file[Slot.T];
      // Where a thread goes on after a call that waited there may be no region, for nothing branches there.
      if (file[Slot.IT] === 0 && (this.hasRegion(key) || (this.resumed && this.goesOnAt(key))))
        exit = this.translated();
      else exit = this.interpreted();
      // The units of an engine are part of all.
      if (exit === Exit.Slice && this.units > 0) continue;
      if (exit !== undefined && exit !== HANDOVER) return exit;
    }
  }

  single(): Exit | undefined {
    this.units = this.units;
    this.hotness.has(this.core.units);
    return this.core.single();
  }

  private hasRegion(key: number): boolean {
    return this.made?.find(key) || (this.eager && this.regions.translate(key));
  }

  /** Runs regions from the pc on. Undefined: go on at the pc. */
  private translated(): Exit | typeof HANDOVER | undefined {
    const { core, file } = this;
    const key = file[Slot.PC] | file[Slot.T];
    const units = Math.min(this.units, MOST_UNITS);
    this.reserve = this.units - units;
    this.exit = undefined;
    this.resumed = false;
    // A return of 0 means that the pc is here: unless code puts it here, it is 0.
    file[Slot.PC] = 0;
    file[Slot.T] = 0;
    file[EPOCH >>> 2]++;
    file[CARE >>> 2] = 0;
    const next = this.enter(key, units);
    core.units = file[UNITS >>> 2];
    this.flags.settle(file);
    const missed = file[MISSED >>> 2];
    if (missed !== 0) {
      file[MISSED >>> 2] = 0;
      this.made!.missed(missed);
    }
    const strayed = file[STRAYED >>> 2];
    if (strayed !== 0) {
      file[STRAYED >>> 2] = 0;
      this.made!.strayed(strayed);
    }
    if (next !== 0) {
      file[Slot.PC] = next & ~1;
      file[Slot.T] = next & 1;
      this.arrive(next);
      return undefined;
    }
    if (this.exit !== undefined) return this.exit;
    if (core.units <= 0) return Exit.Slice;
    return this.resumed ? undefined : core.step();
  }
  private enter(key: number, units: number): number {
    this.inside = true;
    try {
      return this.made!.enter(key, units);
    } finally {
      this.inside = false;
    }
  }
  /** Translated code unwound after the host had done something: the pc needs no step by the interpreter. */
  private resumed = false;

  /** Code goes on at an address that no branch leads to. True when it is translated. */
  private goesOnAt(key: number): boolean {
    this.resumed = false;
    this.arrive(key);
    return this.hasRegion(key);
  }

  private interpreted(): Exit | typeof HANDOVER | undefined {
    const { core } = this;
    if (this.eager) return core.step();
    const units = this.units;
    core.units = this.hotness.give(units);
    this.reserve = units - core.units;
    const exit = core.interpret();
    // At a supervisor call or another exit the next branch is waited for.
    const due = this.hotness.charge(core.units);
    if (due && exit === Exit.Slice && core.stats.instructions !== this.calledAt) this.sample();
    return exit === Exit.Slice && this.units > 0 ? undefined : exit;
  }
  private sample(): void {
    const { file } = this;
    const key = file[Slot.PC] | file[Slot.T];
    const hot = this.hotness.sample(key, this.interpretedWork);
    if (hot && file[Slot.IT] === 0) this.translate(key);
  }
  /** Of the interpreter, in instructions. */
  private get interpretedWork(): number {
    const { stats, float } = this.core;
    return stats.instructions - this.taken + FLOAT_WORK * float.uses;
  }
  private get spent(): Spent {
    const translated = (this.taken + this.count) / TRANSLATED_SPEED;
    const work = this.interpretedWork + translated + ARRIVAL_WORK * this.arrivals;
    return { work, bytes: this.made?.translatedBytes ?? 0 };
  }
  /** Translated code came to an address which is not translated. */
  private arrive(key: number): void {
    this.arrivals++;
    if (this.hotness.arrive(key)) this.translate(key);
  }
  private translate(key: number): void {
    const { regions, hotness } = this;
    if (regions.has(key) || regions.translate(key)) hotness.forget(key);
    else hotness.never(key);
  }

  /** The hook sees all units; the interpreter keeps its part of what is left. */
  private callHook(imm: number): boolean {
    const { core } = this;
    const part = core.units;
    // What the hook takes away was not spent by code.
    this.hotness.charge(part);
    this.units = this.units;
    const goOn = this.hook(imm);
    const units = core.units;
    if (units > part) {
      core.units = part;
      this.reserve = units - part;
    }
    this.hotness.has(core.units);
    this.calledAt = core.stats.instructions;
    return goOn;
  }

  // Imports of translated code. A result other than 0 makes it unwind.

  /** The pc is in the file; without an exit, execution goes on there. */
  private unwind(exit: Exit | undefined): number {
    if (exit === undefined) this.resumed = true;
    else this.exit = exit;
    return 1;
  }

  private step(pc: number, next: number): number {
    const { core, file } = this;
    const { version } = this.made!;
    this.flags.settle(file);
    file[Slot.PC] = pc;
    file[Slot.T] = next & 1;
    core.units = file[UNITS >>> 2];
    this.hotness.has(core.units);
    this.inside = false;
    const exit = core.step();
    file[EPOCH >>> 2]++;
    this.inside = true;
    file[UNITS >>> 2] = core.units;
    if (exit !== HANDOVER) this.exit = exit;
    else if ((file[Slot.PC] | file[Slot.T]) === next && version === this.made!.version) {
      // The translated code counts the instruction.
      core.stats.instructions--;
      return this.goOn();
    } else this.resumed = true;
    return 1;
  }

  /** A hook was called with so many units, and translated code does not go on behind the call. */
  private goElsewhere(goOn: boolean, units: number, next: number): number {
    const { core, file } = this;
    file[CARE >>> 2] = 0;
    if (!goOn) return this.unwind(Exit.Stop);
    const same = (file[Slot.PC] | file[Slot.T]) === next;
    if (same) file[UNITS >>> 2] = core.behindCall(file[UNITS >>> 2]);
    const left = file[UNITS >>> 2];
    if (left > 0 && left <= units && file[Slot.IT] === 0) {
      // All regions return, and the loop around them goes on at the pc.
      file[GO_ON >>> 2] = 1;
      return 1;
    }
    return this.unwind(this.units <= 0 ? Exit.Slice : undefined);
  }

  private goOn(): number {
    const { file } = this;
    file[Slot.PC] = 0;
    file[Slot.T] = 0;
    file[Slot.IT] = 0;
    return 0;
  }

  /** Instructions that translated code has counted and the statistics lack. */
  private get count(): number {
    const { file } = this;
    const at = COUNT >>> 2;
    return (file[at] >>> 0) + file[at + 1] * 2 ** 32;
  }
  private takeCount(): void {
    const { core, file, count } = this;
    core.stats.svcs += file[CallWord.Served] >>> 0;
    file[CallWord.Served] = 0;
    core.stats.instructions += count;
    this.taken += count;
    file[COUNT >>> 2] = file[(COUNT >>> 2) + 1] = 0;
  }
}
