import type { Cpu } from "../cpu/types.ts";
import type { GuestMemory } from "../memory/mod.ts";
import { Kernel } from "./kernel.ts";
import type { BoardOptions } from "./options.ts";
import type { SymbolTable } from "./types.ts";

export { HEAP_BEGIN, IRQ_STACK, Trap, TRAP_NAMES, trapAt } from "./board.ts";
export { SYSTEM_AREA } from "../memory/mod.ts";
export { BlockMarks } from "./abi/block-marks.ts";
export { HEAP_MEM, MUTEX, OBJECT, THREAD, TIMER } from "./abi/layout.ts";
export {
  callGuest,
  type CallResult,
  type ExportGroup,
  type ExportRow,
  type GuestCall,
  type LaterGroup,
  SCHEDULE,
  type Task,
  type Wait,
} from "./call.ts";
export { ByteQueue } from "./device/byte-queue.ts";
export { UNITS_PER_TICK } from "./clock.ts";
export { AssertionFailed, CallEnded, GuestAborted } from "./errors.ts";
export { hexByte, nameText, readable } from "./guest-text.ts";
export { Kernel } from "./kernel.ts";
export { BrokenList } from "./list.ts";
export * from "./lists.ts";
export type { BoardOptions, GuestLibrary } from "./options.ts";
export { setDate, setTime } from "./local-time.ts";
export { kernelRows } from "./rows.ts";
export * from "./types.ts";

/**
 * Builds the kernel over guest memory whose last MiB (SYSTEM_AREA) is not heap: `new GuestMemory({ base: 0x60000000, size: 0x900000 })`
 * is the reference board with its 8 MiB.
 */
export function createKernel(
  memory: GuestMemory,
  cpu: Cpu,
  symbols: SymbolTable | undefined,
  options: BoardOptions,
): Kernel {
  return new Kernel(memory, cpu, symbols, options);
}
