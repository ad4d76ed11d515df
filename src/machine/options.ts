import type { BlockDevice } from "../block/mod.ts";
import type { Engine } from "../cpu/mod.ts";
import type { Report } from "../debug/mod.ts";
import type { LeakPolicy } from "../dlmodule/mod.ts";
import type { SymbolFiles } from "../dwarf/mod.ts";
import type { SchedulePolicy, WallClock } from "../kernel/types.ts";
import type { ShellParts } from "../shell/mod.ts";
import type { VfsApi } from "../vfs/types.ts";
import type { Instrument } from "./instrument.ts";
import type { MachineMount } from "./mounts.ts";

export interface MachineOptions {
  /** The firmware ELF (src/firmware/prebuilt/firmware.elf or one of the user's). */
  readonly firmware: Uint8Array;
  /** Translations of its code (prepareCode). */
  readonly prepared?: Int32Array;
  readonly disk: BlockDevice;
  /** File systems beside that of the disk. */
  readonly mounts?: readonly MachineMount[];
  /** What the guest writes to its console. */
  readonly output: (bytes: Uint8Array) => void;
  /** Takes most of it without the returns of line ends: KernelOptions.text. */
  readonly text?: (bytes: Uint8Array, start: number, end: number) => void;
  /** KernelOptions.gathers, where no instrument looks and no defect of the board shows single writes. */
  readonly gathers?: boolean;
  /** Messages of the simulator, one or more lines without the last line end. */
  readonly diagnostics?: (text: string) => void;
  /** The reports among them, with what they consist of. */
  readonly reports?: (report: Report) => void;
  readonly compat404?: boolean;
  /** Whose headers programs were compiled with; default 4.0.4. */
  readonly abi?: "4.0.4" | "5.x";
  /** Absent: virtual time. */
  readonly wall?: WallClock;
  readonly seed?: number;
  /** Another legal schedule than the board's; virtual time and the engine "interp" only. */
  readonly schedule?: SchedulePolicy;
  /** Bytes from 0x60000000 to the end of the heap; default 8 MiB, up to 512 MiB, of which the kernel then keeps the last one. */
  readonly ram?: number;
  /** How guest code is executed; engines differ in speed only. */
  readonly engine?: Engine;
  /** Stack in bytes of a module's main thread when the module does not say. */
  readonly stack?: number;
  /** What to say about things that modules leave behind. */
  readonly leaks?: LeakPolicy;
  /** What the shell's user has around it. */
  readonly shell?: Pick<ShellParts, "editing" | "historyLines" | "transfer" | "reset" | "rc">;
  /** Takes what the guest writes to uart1. */
  readonly output1?: (bytes: Uint8Array) => void;
  /** Nobody can type at uart1. */
  readonly mute1?: boolean;
  /** Where debugging information of modules is looked for, when a report is made; default: the guest's disk. */
  readonly symbols?: (vfs: VfsApi) => SymbolFiles;
  /** Looks into the machine while it runs. */
  readonly instrument?: Instrument;
  /** Begins with what machines that were closed have translated of the same firmware (the same object). */
  readonly shared?: boolean;
}

/** shell: boot texts and msh on the console; lines: a quiet system that executes what `execute` gives it. */
export type BootMode = "shell" | "lines";
