import { disassemble } from "../cpu/mod.ts";
import { CPSR_T } from "../cpu/types.ts";
import {
  type ExidxTable,
  type FrameRegisters,
  LR,
  PC,
  SP,
  type SymbolFiles,
  unwindExidx,
  unwindPrologue,
} from "../dwarf/mod.ts";
import { callBefore } from "../dlmodule/mod.ts";
import { ElfImage } from "../elf/mod.ts";
import { SYSTEM_AREA } from "../kernel/mod.ts";
import type {
  CodeDetails,
  CodeLine,
  MachineView,
  ReportParts,
  SourcePlace,
  Unwound,
  UnwoundFrame,
} from "./view.ts";

/** Instructions that are shown before and after the pc. */
const BEFORE = 4;
const AFTER = 3;
/** Frames of a recursion are looked through to its beginning. */
const FRAMES_MAX = 10_000;
/** Farther from its beginning than this, an address is not disassembled from there. */
const FUNCTION_MAX = 0x10000;

/**
 * What costs more than a look at memory: lines, unwinding, disassembly. Loaded when the first report is made.
 */
export class Details implements CodeDetails {
  private firmwareTable: ExidxTable | undefined | null = null;
  /** Of the loader, when files were looked at last. */
  private changes = -1;

  constructor(
    private readonly parts: ReportParts,
    private readonly files: SymbolFiles,
  ) {}

  /** Before a report: what was loaded since the last one may be a newer file of the same name. */
  refresh(): void {
    const { changes } = this.parts.loader;
    if (changes !== this.changes) this.files.forget();
    this.changes = changes;
  }

  /** What of the debugging information was not there, or could not be read. */
  get problems(): readonly string[] {
    return [...this.files.problems];
  }

  /** Function and line of an address in a module that was built with -g. */
  source(address: number): SourcePlace | undefined {
    const at = this.parts.loader.whereIs(address);
    const info = at && this.files.info(at.path);
    const place = info?.line(at!.linkAddress, true);
    if (!place || place.line === 0) return undefined;
    return {
      fn: info?.functions(at!.linkAddress)[0]?.name,
      file: place.file,
      line: place.line,
      text: this.files.sourceLine(place.file, place.line),
    };
  }

  /** The function that an address is in, of a module that was built with -g. */
  functionName(address: number): string | undefined {
    const at = this.parts.loader.whereIs(address);
    return at && this.files.info(at.path)?.functions(at.linkAddress)[0]?.name;
  }

  /** The instruction that a module's file has where another one is executed, in hexadecimal digits; undefined when it is the same. */
  overwritten(view: MachineView, address: number, thumb: boolean): string | undefined {
    const at = this.parts.loader.whereIs(address);
    const size = thumb ? 2 : 4;
    const bytes = at && !at.unloaded && this.files.contents(at.path, at.linkAddress, size);
    const now = thumb ? view.half(address) : view.word(address);
    if (!bytes || now === undefined) return undefined;
    let then = 0;
    for (const byte of bytes.toReversed()) then = then * 256 + byte;
    return then === now ? undefined : then.toString(16).padStart(2 * size, "0");
  }

  /**
   * The frames below the innermost one, as far as they are certain: each return address follows a call, and the stack pointer goes up
   * and stays within [sp, stackTop].
   */
  unwind(view: MachineView, stackTop: number, start: readonly number[], thumb: boolean): Unwound {
    const frames: UnwoundFrame[] = [];
    let registers: FrameRegisters = start.map((value) => value >>> 0);
    let state = thumb;
    let calls = 0;
    /** The pc is where the code stopped, not a call of its own. */
    let stopped = true;
    for (let n = 0; n < FRAMES_MAX; n++) {
      const next = this.caller(view, registers, state, stopped);
      const back = next?.[PC];
      const sp = next?.[SP];
      if (!next || back === undefined || sp === undefined) break;
      if (sp < (registers[SP] as number) || sp > stackTop) break;
      if (n > 0 && sp === registers[SP] && back === registers[PC]) break;
      stopped = false;
      const call = callBefore(view, back);
      // What the kernel calls returns to a word of the system area.
      if (call === undefined && back < view.ramEnd && back >= view.ramEnd - SYSTEM_AREA) {
        const { called, caller } = view.calls?.[calls++] ?? {};
        const end = { address: back, called };
        if (!caller || !view.place(caller.registers[PC])) return { frames, end };
        // The kernel did not change the stack of whoever called it.
        const [at, top] = [caller.registers[PC], caller.registers[SP]];
        state = (caller.cpsr & CPSR_T) !== 0;
        frames.push({ ...end, thumb: false, sp }, { address: at, thumb: state, sp: top });
        registers = caller.registers.slice();
        stopped = true;
        continue;
      }
      if (call === undefined || !view.place(call) || view.place(call)?.unloaded) break;
      state = (back & 1) !== 0;
      frames.push({ address: call, thumb: state, sp });
      registers = next;
      // The tables speak of the call, not of what follows it.
      registers[PC] = call;
    }
    return { frames, end: undefined };
  }

  /** Registers of the caller, by whatever knows them. The return address keeps its bit 0. */
  private caller(
    view: MachineView,
    registers: FrameRegisters,
    thumb: boolean,
    innermost: boolean,
  ): FrameRegisters | undefined {
    const pc = registers[PC] as number;
    const place = view.place(pc);
    // A jump to nowhere: whoever made it left the return address in lr.
    if (!place || place.unloaded) return innermost ? leaf(registers) : undefined;
    const at = this.parts.loader.whereIs(pc);
    const info = at && !at.unloaded ? this.files.info(at.path) : undefined;
    const byFrames = info?.frames?.unwind(view, pc - at!.linkAddress, registers);
    if (byFrames) return byFrames;
    // Tables of .ARM.exidx hold for calls: inside a prologue or epilogue only the code itself tells.
    if (!innermost) {
      const table = this.parts.loader.exidx(pc) ?? this.firmware(pc);
      const byTable = table && unwindExidx(view, table, registers);
      if (byTable) return byTable;
    }
    return (
      unwindPrologue(view, place.start, thumb, registers) ??
      (innermost ? leaf(registers) : undefined)
    );
  }

  /** .ARM.exidx of the firmware. */
  private firmware(pc: number): ExidxTable | undefined {
    if (this.firmwareTable === null) {
      const { image } = this.parts;
      const section = image && new ElfImage(image).section(".ARM.exidx");
      this.firmwareTable = section
        ? { address: section.addr, entries: section.size >>> 3 }
        : undefined;
    }
    return this.parts.loader.whereIs(pc) ? undefined : this.firmwareTable;
  }

  /** The instructions around the pc. */
  disassembly(view: MachineView, pc: number, thumb: boolean): CodeLine[] {
    if (view.half(pc) === undefined) return [];
    const half = (address: number) => view.half(address) ?? 0;
    const begin = thumb ? this.thumbBegin(view, pc) : Math.max(view.ramStart, pc - 4 * BEFORE);
    const rows: { address: number; text: string }[] = [];
    let it = 0;
    for (let at = begin, after = 0; after <= AFTER && view.half(at) !== undefined;) {
      const line = disassemble(half, at, thumb, it);
      it = line.itState;
      rows.push({ address: at, text: line.text });
      if (at >= pc) after++;
      at += line.size;
    }
    const here = rows.findIndex(({ address }) => address === pc);
    const shown = rows.slice(Math.max(0, here - BEFORE));
    return shown.map(({ address, text }) => ({ address, text, here: address === pc }));
  }

  /** Where to begin so that instructions of two lengths are met at their beginnings: at that of the function. */
  private thumbBegin(view: MachineView, pc: number): number {
    const start = view.place(pc)?.start;
    return start !== undefined && start <= pc && pc - start < FUNCTION_MAX ? start : pc;
  }
}

/** A function that has not touched the stack. */
function leaf(registers: FrameRegisters): FrameRegisters {
  const next = registers.slice();
  next[PC] = registers[LR];
  return next;
}
