import type { Cpu } from "../cpu/types.ts";
import type { GuestMemory } from "../memory/mod.ts";
import { NAME_MAX, RT_EFULL, RT_ENOSYS, RT_EOK, THREAD_STAT_YIELD } from "./abi/constants.ts";
import { programError } from "./abi/five.ts";
import { OBJECT, OBJECT_INFORMATION, THREAD } from "./abi/layout.ts";
import { KernelWords } from "./attention.ts";
import { type SystemArea, systemArea, Trap, writeTraps } from "./board.ts";
import { bootBoard } from "./boot.ts";
import type { CallResult, ExportGroup, LaterGroup, Task } from "./call.ts";
import { Clock, RTC_BOOT, UNITS_PER_TICK } from "./clock.ts";
import { Console } from "./device/console.ts";
import { Devices } from "./device/device.ts";
import { Gathered } from "./device/gathered.ts";
import { Gpio } from "./device/gpio.ts";
import { AssertionFailed } from "./errors.ts";
import { Faults } from "./fault.ts";
import { Futex } from "./futex.ts";
import { Heap } from "./heap.ts";
import { Idling } from "./idle.ts";
import { WaitLists } from "./ipc/wait.ts";
import { describe, marksOf, SMALL_MEMORY } from "./memory-object.ts";
import { objectClasses, Objects } from "./object.ts";
import type { BoardOptions } from "./options.ts";
import { Reents } from "./reent.ts";
import { Runner } from "./runner.ts";
import { READY_LISTS_SIZE, Scheduler } from "./scheduler.ts";
import { StackCheck } from "./stack-check.ts";
import { type NameOf, SupervisorCalls } from "./svc.ts";
import { DEFUNCT_LIST_SIZE, ThreadEnding } from "./thread-end.ts";
import { Threads } from "./thread.ts";
import { TIMER_LISTS_SIZE, Timers } from "./timer.ts";
import type {
  Callback,
  KernelApi,
  KernelHooks,
  RunLimits,
  RunResult,
  SymbolTable,
} from "./types.ts";

/** RT_IDLE_HOOK_LIST_SIZE. */
const IDLE_HOOKS = 4;

/** The kernel: RT-Thread 4.0.4, uniprocessor, over guest memory. Subsystems are its public members. */
export class Kernel implements KernelApi {
  readonly area: SystemArea;
  /** Address of a trap word (board.ts). */
  readonly trap: (trap: number) => number;
  readonly hooks: KernelHooks = {};
  readonly objects: Objects;
  readonly heap: Heap;
  readonly words: KernelWords;
  readonly scheduler: Scheduler;
  readonly timers: Timers;
  readonly threads: Threads;
  readonly ending: ThreadEnding;
  readonly waits: WaitLists;
  readonly futex: Futex;
  readonly clock: Clock;
  readonly console: Console;
  readonly devices: Devices;
  readonly gathered: Gathered | undefined;
  /** Virtual pins; `drive` is the host's end. */
  readonly gpio: Gpio;
  /** struct rt_device of the console. */
  consoleDevice = 0;
  /** The mailbox mmcsdhotplug. */
  cardHotplug = 0;
  readonly faults: Faults;
  readonly stackCheck: StackCheck;
  readonly reents: Reents;
  readonly svc: SupervisorCalls;
  readonly runner: Runner;
  readonly idling: Idling;
  readonly unitsPerTick = UNITS_PER_TICK;
  /** Address that a thread's own timer has as its callback. */
  readonly threadTimeout: number;
  /** Guest functions called by the idle thread. */
  readonly idleHooks: number[] = [];
  /** What the other `_sethook` functions were given, by their names. */
  readonly guestHooks = new Map<string, number>();
  private rtcOffset = RTC_BOOT;
  /** rt_errno for code outside threads. */
  private readonly errnoWord: number;
  private randomState: number;
  private systemFree: number;
  /** A word for kernel functions that want an address. */
  readonly scratch: number;

  constructor(
    readonly memory: GuestMemory,
    readonly cpu: Cpu,
    readonly symbols: SymbolTable | undefined,
    readonly options: BoardOptions,
  ) {
    memory.layout = options.abi === "5.x" ? 1 : 0;
    this.words = new KernelWords(memory.engine);
    this.area = systemArea(memory);
    this.trap = writeTraps(memory, this.area);
    this.systemFree = this.area.free;
    this.threadTimeout = symbols?.lookup("rt_thread_timeout") || this.trap(Trap.ThreadTimeout);
    this.clock = new Clock(options, this.words);
    this.console = new Console(this);
    this.threads = new Threads(this);
    let data = this.area.data;
    const place = (bytes: number) => (data += bytes) - bytes;
    this.scheduler = new Scheduler(this, place(READY_LISTS_SIZE));
    this.objects = new Objects(this, place(OBJECT_INFORMATION.size * objectClasses(this.five)));
    this.timers = new Timers(this, place(TIMER_LISTS_SIZE));
    this.ending = new ThreadEnding(this, place(DEFUNCT_LIST_SIZE));
    this.errnoWord = place(4);
    this.scratch = place(4);
    this.randomState = options.seed >>> 0;
    const { heapBegin, heapEnd } = this.area;
    const blocks = heapBegin + (this.five ? SMALL_MEMORY.size : 0);
    this.heap = new Heap(this, blocks, heapEnd, marksOf(this, heapBegin));
    if (this.five) describe(this, this.heap, heapBegin, "heap", true);
    this.waits = new WaitLists(this);
    this.devices = new Devices(this);
    this.gpio = new Gpio(this);
    this.futex = new Futex(this);
    const words = options.library?.gathered;
    if (words !== undefined) this.gathered = new Gathered(this, words);
    this.faults = new Faults(this);
    this.stackCheck = new StackCheck(this);
    this.reents = new Reents(this);
    this.runner = new Runner(this);
    this.idling = new Idling(this);
    this.svc = new SupervisorCalls(this);
    this.svc.registerLater({
      names: /^/,
      load: () => {
        const { kernelRows } = require("./rows.ts") as typeof import("./rows.ts");
        return { rows: kernelRows, context: this };
      },
    });
  }

  get tick(): number {
    return this.clock.tick;
  }

  /** Programs were compiled with headers of RT-Thread 5.x. */
  get five(): boolean {
    return this.memory.layout !== 0;
  }

  get nanoseconds(): number {
    return this.clock.nanoseconds(this.runner.ahead);
  }

  get rtc(): number {
    const wall = this.options.wall;
    if (wall !== undefined) return wall.epochSeconds() + this.rtcOffset - RTC_BOOT;
    return this.rtcOffset + Math.floor(this.nanoseconds / 1e9);
  }

  set rtc(seconds: number) {
    this.rtcOffset += seconds - this.rtc;
  }

  get currentModule(): number {
    const thread = this.scheduler.current;
    return thread === 0 ? 0 : OBJECT.module_id.get(this.memory, thread);
  }

  get callback(): Callback | undefined {
    const caller = this.runner.running?.frames.findLast(({ below }) => below !== undefined);
    if (caller === undefined || (!caller.interrupt && this.currentModule !== 0)) return undefined;
    return { address: caller.callee, interrupt: caller.interrupt };
  }

  errand(task: () => Task<void>): void {
    this.timers.errand(task);
  }

  lock(): void {
    this.scheduler.lock();
  }

  unlock(): void {
    this.scheduler.unlock();
  }

  stackArg(n: number): number {
    return this.memory.ld32(this.cpu.r[13] + 4 * n);
  }

  setHigh(word: number): void {
    this.cpu.r[1] = word;
  }

  /** An object name given by the guest. */
  name(address: number): string {
    return address === 0 ? "" : this.memory.cstring(address, NAME_MAX);
  }

  fail(errno: number): number {
    const thread = this.scheduler.current;
    if (thread !== 0) THREAD.error.set(this.memory, thread, -errno);
    const reent = this.runner.running?.reent ?? 0;
    if (reent !== 0) this.memory.st32(reent, errno);
    return -1;
  }

  /** _rt_errno: the thread's error field, or the one word of interrupt code. */
  errnoAddress(): number {
    const thread = this.scheduler.current;
    return thread === 0 || this.scheduler.interruptNest > 0
      ? this.errnoWord
      : THREAD.error.offsetIn(this.memory) + thread;
  }

  /** Sets it to a code of the kernel. */
  setErrno(error: number): void {
    this.memory.st32(this.errnoAddress(), this.five ? programError(error) : error);
  }

  /** The next 32 bits of the machine's generator (splitmix32), signed. */
  random(): number {
    this.randomState = (this.randomState + 0x9e3779b9) | 0;
    let z = this.randomState;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  }

  /** rt_thread_idle_sethook: at most four. */
  setIdleHook(hook: number): number {
    if (this.idleHooks.length >= IDLE_HOOKS) return -RT_EFULL;
    this.idleHooks.push(hook);
    this.hooks.callbackSet?.(`rt_thread_idle_sethook ${hook}`, hook);
    return RT_EOK;
  }

  deleteIdleHook(hook: number): number {
    const at = this.idleHooks.indexOf(hook);
    if (at < 0) return -RT_ENOSYS;
    this.idleHooks.splice(at, 1);
    return RT_EOK;
  }

  assert(condition: boolean, expression: string, fn: string, line: number): void {
    if (!condition) throw new AssertionFailed(expression, fn, line);
  }

  /** RT_DEBUG_NOT_IN_INTERRUPT. */
  notInInterrupt(fn: string, line: number): void {
    if (this.scheduler.interruptNest === 0) return;
    this.console.print(`Function[${fn}] shall not be used in ISR\n`);
    this.assert(false, "0", fn, line);
  }

  /** RT_DEBUG_IN_THREAD_CONTEXT. */
  inThreadContext(fn: string, line: number): void {
    if (this.scheduler.current === 0) {
      this.console.print(`Function[${fn}] shall not be used before scheduler start\n`);
      this.assert(false, "0", fn, line);
    }
    this.notInInterrupt(fn, line);
  }

  register<C>(group: ExportGroup<C>): void {
    this.svc.register(group);
  }

  registerLater<C>(group: LaterGroup<C>): void {
    this.svc.registerLater(group);
  }

  /** Gives the supervisor calls of the firmware their functions. */
  bind(nameOf: NameOf): void {
    this.svc.bind(nameOf);
  }

  /** Calls an exported function from the host, as part of the running thread. */
  call(name: string, ...args: number[]): CallResult {
    return this.svc.call(name, ...args);
  }

  /** Guest memory outside the heap for the life of the machine, aligned to 8. */
  systemAlloc(bytes: number): number {
    const address = ((this.systemFree + 7) & ~7) >>> 0;
    if (address + bytes > this.area.end) throw new Error("the system area is full");
    this.systemFree = address + bytes;
    return address;
  }

  boot(main: () => Task<void>): void {
    bootBoard(this, main);
  }

  run(limits: RunLimits): RunResult {
    return this.runner.run(limits);
  }

  pause(): void {
    this.runner.pause();
  }

  /** The running thread's function returned. */
  exitThread(): void {
    // It said that it was an interrupt and never that it is over: the board would not switch threads again.
    if (!this.options.compat404 && !this.runner.serving) this.scheduler.interruptNest = 0;
    this.runner.running?.push(this.ending.exit(), () => {});
    this.runner.leave = true;
  }

  /** The tick interrupt: rt_tick_increase. */
  *tickInterrupt(): Task<void> {
    this.idling.spendSlice(this.clock.take(this.idling.quietTicks()));
    yield* this.tickPassed();
  }

  /** What a new tick means for the running thread's slice and the hard timers. */
  *tickPassed(): Task<void> {
    const { memory, scheduler } = this;
    const thread = scheduler.current;
    if (thread !== 0 && !scheduler.currentGone) {
      const left = (THREAD.remaining_tick.get(memory, thread) - 1) >>> 0;
      THREAD.remaining_tick.set(memory, thread, left);
      if (left === 0) {
        THREAD.remaining_tick.set(memory, thread, THREAD.init_tick.get(memory, thread));
        THREAD.stat.set(memory, thread, THREAD.stat.get(memory, thread) | THREAD_STAT_YIELD);
        scheduler.schedule();
      }
    }
    yield* this.timers.checkHard();
  }
}
