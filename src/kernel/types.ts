import type { Cpu, CpuFault } from "../cpu/types.ts";
import type { BlockMarks } from "./abi/block-marks.ts";
import type { GuestMemory } from "../memory/mod.ts";
import type { ExportGroup, Task } from "./call.ts";
import type { Cancellation } from "./cancellation.ts";

/** Object classes of rtdef.h (spec: kernel constants). */
export const ObjectClass = {
  Null: 0,
  Thread: 1,
  Semaphore: 2,
  Mutex: 3,
  Event: 4,
  MailBox: 5,
  MessageQueue: 6,
  MemHeap: 7,
  MemPool: 8,
  Device: 9,
  Timer: 10,
  Module: 11,
  /** Heaps; of 5.x alone. */
  Memory: 12,
} as const;
export type ObjectClass = (typeof ObjectClass)[keyof typeof ObjectClass];

/** Host time for a machine that runs in real time; without one, time is virtual. */
export interface WallClock {
  /** Milliseconds since an arbitrary start, monotonic. */
  now(): number;
  /** Seconds since 1970 UTC, for the RTC. */
  epochSeconds(): number;
}

export interface KernelOptions {
  /** Reproduce the observable defects of RT-Thread 4.0.4. */
  readonly compat404: boolean;
  /** Whose headers programs were compiled with: layouts, numbers and rules of RT-Thread 4.0.4, the default, or 5.x. */
  readonly abi?: "4.0.4" | "5.x";
  /** Absent: virtual time. */
  readonly wall?: WallClock;
  readonly seed: number;
  /** Where bytes written to the console go (after `\n` became `\r\n` in STREAM mode). */
  readonly output: (bytes: Uint8Array) => void;
  /**
   * Takes the bytes from `start` up to `end` that are written in STREAM mode as they are, each `\n` of which stands for `\r\n`, and keeps
   * nothing of `bytes`: for who would take the returns out again. Absent: `output` gets them.
   */
  readonly text?: (bytes: Uint8Array, start: number, end: number) => void;
  /** Nobody asks when within a tick something was printed, or looks at single writes: the C library may gather them (gathered.ts). */
  readonly gathers?: boolean;
  /** Absent: one schedule, that of a board whose code takes the same time on every run. */
  readonly schedule?: SchedulePolicy;
}

/**
 * Decides what timing decides on a board, so that other legal schedules of a program can be run. Virtual time only; a policy that
 * answers alike makes the same schedule.
 */
export interface SchedulePolicy {
  /** Units of the next tick, about `unitsPerTick`: a core that is slower or faster for a while. */
  tickUnits(): number;
  /** Units until the running thread loses the rest of its slice to an equal one. */
  untilPreemption(): number;
  /** Instructions that are executed first, so that it may lie between any two. */
  stepsBefore(): number;
  /** Which of `count` > 1 equal ready threads runs next; 0 has waited longest. */
  choose(count: number): number;
}

export interface RunLimits {
  /** Leave after about this many units, so that the caller can look at the wall clock or its input. */
  readonly units?: number;
  /** Leave when the tick counter reaches this value. */
  readonly untilTick?: number;
  /** Virtual time only: when every thread sleeps, jump to the next timer instead of returning "idle". */
  readonly skipIdle: boolean;
  /** With `skipIdle`: time passes up to `untilTick` also when no timer runs. */
  readonly passTime?: boolean;
}

/**
 * Why `Kernel.run` returned.
 * - idle: no thread but idle can run now; `nextTick` is when a timer will wake one (undefined: never without input).
 * - units, tick: a limit was reached.
 * - halted: the system stopped for good (an assertion in a kernel thread, a fault outside modules).
 */
export type RunResult =
  | { readonly why: "idle"; readonly nextTick: number | undefined }
  | { readonly why: "units" | "tick" | "halted" };

/** Small-memory heap: spec kernel 9.2. Addresses are guest addresses, 0 = no memory. */
export interface HeapApi {
  alloc(size: number): number;
  calloc(count: number, size: number): number;
  realloc(address: number, size: number): number;
  free(address: number): void;
  readonly total: number;
  readonly used: number;
  readonly max: number;
  /** How the headers of blocks begin. */
  readonly marks: BlockMarks;
  /** True for the address of a block in use. */
  owns?(address: number): boolean;
  /** Whether all headers are there and lead to each other. */
  isWhole(): boolean;
  /** Every block in address order, for memtrace and leak reports. */
  blocks(): Iterable<{
    header: number;
    address: number;
    size: number;
    used: boolean;
    owner: string;
  }>;
}

export interface ObjectsApi {
  /** Objects of the global container, newest first (what list_* shows). */
  list(cls: ObjectClass): number[];
  /** First (newest) object of the class with that name, 0 when absent. Compares RT_NAME_MAX characters. */
  find(name: string, cls: ObjectClass): number;
  /** rt_object_init / rt_object_allocate: links into the current module's list or the global container. */
  init(address: number, cls: ObjectClass, name: string): void;
  allocate(cls: ObjectClass, name: string): number;
  detach(address: number): void;
  delete(address: number): void;
  name(address: number): string;
  classOf(address: number): ObjectClass;
}

export interface ThreadsApi {
  /** TCB of the running thread, 0 before the scheduler starts. */
  readonly current: number;
  /** rt_thread_create; 0 when out of memory. */
  create(
    name: string,
    entry: number,
    parameter: number,
    stackSize: number,
    priority: number,
    slice: number,
  ): number;
  /**
   * A thread whose body is TypeScript; it has a TCB and a stack as every other one. `figures` are what list_thread shows of a
   * stack that no guest code uses, in bytes: in use while the thread waits, and the high-water mark.
   */
  createTask(
    name: string,
    stackSize: number,
    priority: number,
    slice: number,
    body: () => Task<void>,
    figures?: { readonly inUse: number; readonly max: number },
  ): number;
  startup(thread: number): number;
  suspend(thread: number): number;
  resume(thread: number): number;
  delete(thread: number): number;
  detach(thread: number): number;
  /** Takes the running thread out of everything when its control block is in memory that goes now, or was overwritten. */
  vanish?(): void;
  /** The running thread was ended so. */
  readonly vanished?: boolean;
  /** Simulated nanoseconds at which a thread that does not run began to wait, or became ready. */
  since?(thread: number): number;
  /** Suspends the running thread for that many ticks. */
  sleep(ticks: number): Task<number>;
  /** Names of the threads on a wait list (address of the rt_list_t head), in queue order. */
  waiting(listHead: number): number[];
  /** What list_thread shows of one thread. */
  describe(thread: number): ThreadInfo;
}

export interface ThreadInfo {
  readonly thread: number;
  readonly name: string;
  readonly priority: number;
  /** Low three bits of stat. */
  readonly state: number;
  /** Bytes between sp and the top of the stack at the last switch. */
  readonly stackInUse: number;
  readonly stackSize: number;
  /** High-water mark in bytes, found by the fill byte. */
  readonly stackMax: number;
  readonly remainingTicks: number;
  readonly error: number;
}

export interface ConsoleApi {
  /** Writes text (latin-1) as rt_kputs does on the console device: `\n` becomes `\r\n`. */
  print(text: string): void;
  /** Sends bytes, or those from `start` up to `end`; with `stream` as `print` does, else as they are. */
  write(bytes: Uint8Array, stream: boolean, start?: number, end?: number): void;
  /** rt_kprintf for host code: same conversions and the same deviations from C as the guest's. */
  printf(format: string, ...args: (number | string)[]): void;
  /** Bytes that arrived on the line. */
  feed(bytes: Uint8Array): void;
  /** Next input byte (0-255); suspends the calling thread until there is one; -1 at the end of input. */
  getchar(): Task<number>;
  /** No more input will come: readers get end of file instead of waiting for ever. */
  end(): void;
  readonly ended: boolean;
  /** Bytes that getchar gives without waiting. */
  readonly available?: number;
  /** Takes at most `count` bytes that wait. */
  take?(count: number): Uint8Array;
  /** How many threads wait in getchar now. */
  readonly readers: number;
}

/** The kernel symbol table (RTMSymTab of the firmware), as loader, list_symbols and fault reports see it. */
export interface SymbolTable {
  /** Address of an exported symbol (bit 0 set for a Thumb function), 0 when there is none. */
  lookup(name: string): number;
  /**
   * The entry of an exported function for callers that pass floating-point values in VFP registers (AAPCS 6.1); 0 when there is no
   * other than `lookup`'s.
   */
  floatEntry?(name: string): number;
  /** In table order. */
  entries(): Iterable<{ readonly name: string; readonly address: number }>;
  /** The function that contains or precedes the address, from the firmware's full symbol table when it has one. */
  nearest(address: number): { readonly name: string; readonly offset: number } | undefined;
}

/** What the upper layers plug into the kernel; each is optional so that the kernel can be tested alone. */
export interface KernelHooks {
  /** rt_thread_exit/delete/detach of a thread that belongs to a module: dlmodule_destroy(module_id). */
  threadEnded?: (thread: number, module: number) => Task<void> | void;
  /** RT_ASSERT failed, or a CPU fault happened, in a thread that belongs to a module: dlmodule_exit(code). */
  endModule?: (thread: number, module: number, code: number) => Task<void> | void;
  /** Guest code that a Task of the running thread has called ends that thread (rt_thread_delete, _detach, pthread_exit); throws when it must not. */
  endsItself?: (thread: number) => void;
  /**
   * A fault or failed assertion in guest code that an interrupt or a system thread has called: true when it ends the program whose code it is,
   * and the caller goes on as if the function had returned.
   */
  callbackFailed?: (thread: number) => boolean;
  /** raise() of a signal whose default action is to end the program, in a program that has no handler for it; ends the running thread too. */
  signalled?: (signal: number) => Task<void>;
  /** A CPU fault, before anything is printed: lets `debug` and reporters look at the machine as it was. */
  fault?: (fault: CpuFault, thread: number) => void;
  /** A thread that ended is about to be forgotten; its TCB and stack are still there. */
  threadGone?: (thread: number) => void;
  /** A thread was found with its stack overflowed. */
  stackOverflow?: (thread: number) => void;
  /** Guest code was given a block of the heap, as rt_malloc and its kin do; registers are those of the call. */
  allocated?: (address: number, size: number) => void;
  /** A block's header was found overwritten, of which the console was told. */
  heapBroken?: (header: number, by: string) => void;
  /** Lists or control blocks of the kernel were overwritten; the system is about to stop. */
  kernelBroken?: (message: string) => void;
  /** Variables of a loaded module among which an address lies: [start, end). */
  variablesAt?: (address: number) => { readonly start: number; readonly end: number } | undefined;
  /** Guest code gives a block back. */
  freed?: (address: number) => void;
  /** An object was linked into its container, or a module's list; registers are those of the call. */
  objectMade?: (object: number) => void;
  /** An object is about to be taken out of its list for good. */
  objectGone?: (object: number) => void;
  /** Guest code has opened a device with rt_device_open, or closed it. */
  deviceOpened?: (device: number) => void;
  deviceClosed?: (device: number) => void;
  /**
   * Guest code has given the system a callback, 0 to take it away. Places: the name of the function that sets a hook (of idle hooks, of
   * which there are several, with the callback), `pin N`, `rx_indicate of N` and `tx_complete of N` with the address of a device.
   */
  callbackSet?: (place: string, callback: number) => void;
  assertion?: (expression: string, fn: string, line: number, thread: number) => void;
  /** Set once a thread allowed that it is cancelled. */
  cancellation?: Cancellation;
  /** A thread is about to run; the firmware's `_impure_ptr` follows it. */
  switched?: (thread: number) => void;
}

/** The kernel as seen by dlmodule, shell, debug and the machine. */
export interface Callback {
  readonly address: number;
  readonly interrupt: boolean;
}

export interface KernelApi {
  readonly memory: GuestMemory;
  readonly cpu: Cpu;
  readonly options: KernelOptions;
  readonly heap: HeapApi;
  readonly objects: ObjectsApi;
  readonly threads: ThreadsApi;
  readonly console: ConsoleApi;
  readonly hooks: KernelHooks;
  /** Guest functions that the idle thread calls. */
  readonly idleHooks?: readonly number[];
  /** Virtual pins. */
  readonly gpio?: {
    /** Takes away interrupt handlers; gives pin and handler of each. */
    forget(contains: (address: number) => boolean): { pin: number; handler: number }[];
  };
  /** Other guest functions that the kernel calls, by the name of the function that set them (`rt_malloc_sethook`). */
  readonly guestHooks?: Map<string, number>;
  /** What the C library prints, which it may gather where `options.gathers`. */
  readonly gathered?: {
    /** Whether the call being served is the library's own, with the text behind what it has gathered. */
    isNext(address: number): boolean;
    /** Such a text of so many bytes has been written to the console, by descriptor 1. */
    resume(size: number): void;
  };
  /** Ticks since boot, 32 bits. */
  readonly tick: number;
  /** Simulated nanoseconds since boot. */
  readonly nanoseconds: number;
  /** Seconds since 1970 UTC of the soft RTC. */
  rtc: number;
  /** rt_malloc'ed module object of the running thread, 0 for system threads. */
  readonly currentModule: number;
  /** The guest function that an interrupt, or a thread of no module, has called last and that runs now. */
  readonly callback: Callback | undefined;
  /** Has the thread of soft timers run a Task, as what an interrupt cannot do. */
  errand(task: () => Task<void>): void;
  /** rt_enter_critical / rt_exit_critical. */
  lock(): void;
  unlock(): void;
  /** The n-th word (0-based, counted after r0-r3) of stack arguments of the call being served. */
  stackArg(n: number): number;
  /** r1 of a 64-bit result. */
  setHigh(word: number): void;
  /** Sets errno of the running thread (positive; the negative goes to thread->error) and returns -1. */
  fail(errno: number): number;
  /** rt_assert_handler for kernel code: prints and halts, or ends the module of the running thread. */
  assert(condition: boolean, expression: string, fn: string, line: number): void;
  /** Binds exported functions; called by the machine before boot. */
  register<C>(group: ExportGroup<C>): void;
  /**
   * Starts the system threads (timer, tidle0) and the thread `main` (priority 10, stack 2048, slice 20) whose body is given;
   * nothing runs before the first `run`.
   */
  boot(main: () => Task<void>): void;
  /** Runs the system; see RunResult. */
  run(limits: RunLimits): RunResult;
  /** Makes `run` return (why: "units") at the next scheduling point, so that its caller can look at what happened. */
  pause(): void;
}
