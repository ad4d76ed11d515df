import { type GuestMemory, READ, SYSTEM_AREA } from "../memory/mod.ts";

/** First byte behind the .bss of the reference kernel image: where rt_system_heap_init starts. */
export const HEAP_BEGIN = 0x6007ce14;

/** Return traps: read-only ARM code, one 64-byte granule. */
const TRAPS = 64;
const TRAP_SIZE = 8;
/** Kernel variables and list heads, one page. */
const DATA = 0x1000;
/** The interrupt stack, below `irqStack`. On the board it is 1 KiB; a hard timer's callback that calls printf needs more. */
export const IRQ_STACK = 0x4000;
const REENTS = 0x80000;

/** Bytes for what the C library prints before the kernel takes it (device/gathered.ts). */
export const GATHERED = 0x4000;

/** Where everything in the system area lies. */
export interface SystemArea {
  readonly heapBegin: number;
  readonly heapEnd: number;
  readonly traps: number;
  readonly data: number;
  /** Top (initial sp) of the interrupt stack. */
  readonly irqStack: number;
  /** [reents, reentsEnd) holds the C library's area of each thread. */
  readonly reents: number;
  readonly reentsEnd: number;
  /** Room for what the C library prints, above `end`. */
  readonly gathered: number;
  /** [free, end) belongs to whoever asks with `Kernel.systemAlloc`. */
  readonly free: number;
  readonly end: number;
}

export function systemArea(memory: GuestMemory): SystemArea {
  const base = memory.end - SYSTEM_AREA;
  if (base <= HEAP_BEGIN)
    throw new Error(
      `guest memory of ${memory.size} bytes leaves no heap: it must end above 0x${(HEAP_BEGIN + SYSTEM_AREA).toString(16)}`,
    );
  const data = base + TRAPS;
  const reents = base + DATA;
  return {
    heapBegin: HEAP_BEGIN,
    heapEnd: base,
    traps: base,
    data,
    // Above every thread's stack, so that one comparison finds an overflow in interrupt handlers too.
    irqStack: memory.end,
    reents,
    reentsEnd: reents + REENTS,
    free: reents + REENTS,
    gathered: memory.end - IRQ_STACK - GATHERED,
    end: memory.end - IRQ_STACK - GATHERED,
  };
}

/** Supervisor calls of the trap words; `svc #0` is the call of an exported function. */
export const Trap = {
  /** What the kernel calls on its own account returns there. */
  Return: 1,
  ThreadExit: 2,
  TaskEntry: 3,
  ThreadTimeout: 4,
  /** The same of what it calls for guest code, to which a debugger unwinds further. */
  ReturnToCaller: 5,
} as const;

/** Names of the trap words for debuggers and reports, by their numbers. */
export const TRAP_NAMES = [
  undefined,
  "_rtt_call_return",
  "_rtt_thread_exit",
  "_rtt_task_entry",
  "_rtt_thread_timeout",
  "_rtt_call_return",
] as const;

/** `svc #imm` and `b .` in A32; the branch ends what is translated. */
const SVC = 0xef000000;
const STAY = 0xeafffffe;

/** The trap word at an address, and how far behind its beginning that is. */
export function trapAt(
  area: SystemArea,
  address: number,
): { readonly name: string; readonly offset: number } | undefined {
  const at = address - area.traps;
  const name = TRAP_NAMES[Math.floor(at / TRAP_SIZE)];
  return name === undefined ? undefined : { name, offset: at % TRAP_SIZE };
}

/** Writes the traps and returns the address of one by its number. */
export function writeTraps(memory: GuestMemory, area: SystemArea): (trap: number) => number {
  for (let n = 0; n < TRAPS / TRAP_SIZE; n++) {
    memory.st32(area.traps + TRAP_SIZE * n, SVC | n);
    memory.st32(area.traps + TRAP_SIZE * n + 4, STAY);
  }
  memory.protect(area.traps, area.traps + TRAPS, READ);
  return (trap) => area.traps + TRAP_SIZE * trap;
}
