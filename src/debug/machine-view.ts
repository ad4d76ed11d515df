import type { Whereabouts } from "../dlmodule/mod.ts";
import { type Kernel, nameText, OBJECT, THREAD, trapAt } from "../kernel/mod.ts";
import { callsOf } from "./callback.ts";
import type { Details } from "./details.ts";
import type { MachineView, Place, ReportParts } from "./view.ts";

const loaded = new WeakMap<ReportParts, Details>();

/** A run without reports does not pay for them. */
function detailsOf(parts: ReportParts): Details | undefined {
  if (!parts.files) return undefined;
  let details = loaded.get(parts);
  if (!details) {
    const { Details: Loaded } = require("./details.ts") as typeof import("./details.ts");
    details = new Loaded(parts, parts.files());
    loaded.set(parts, details);
  }
  details.refresh();
  return details;
}

/** Farther behind a symbol than this, an address has nothing to do with it. */
const SYMBOL_REACH = 0x10000;

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

export function viewOf(parts: ReportParts): MachineView {
  const { kernel, loader, symbols } = parts;
  const { memory, cpu } = kernel;
  const { floatContext } = cpu;
  return {
    registers: Array.from(cpu.r, (value) => value >>> 0),
    cpsr: cpu.cpsr >>> 0,
    details: detailsOf(parts),
    calls: callsOf(kernel as Kernel, (kernel as Kernel).runner.running?.thread ?? 0),
    float: floatContext,
    freedBlock: (address) => loader.freedBlock(address),
    heapMarks: kernel.heap.marks,
    heapBlocks: () => kernel.heap.blocks(),
    allocationSite: (address) => loader.allocationSite(address),
    ramStart: memory.base,
    ramEnd: memory.end,
    word: (address) => (memory.contains(address, 4) ? memory.ldu32(address) : undefined),
    half: (address) => (memory.contains(address, 2) ? memory.ld16(address) : undefined),
    place(address) {
      const at = loader.whereIs(address);
      if (at) return placeOf(at, address);
      const trap = trapAt((kernel as Kernel).area, address);
      if (trap)
        return {
          text: `${trap.name}+${hex(trap.offset)}`,
          symbol: trap.name,
          module: undefined,
          unloaded: false,
          start: (address - trap.offset) >>> 0,
        };
      const near = memory.contains(address) ? symbols.nearest(address) : undefined;
      if (!near || near.offset > SYMBOL_REACH) return undefined;
      return {
        text: `${near.name}+${hex(near.offset)}`,
        symbol: near.name,
        module: undefined,
        unloaded: false,
        start: (address - near.offset) >>> 0,
      };
    },
    thread(address) {
      const module = OBJECT.module_id.get(memory, address);
      const info = loader.module(module);
      return {
        address,
        name: nameText(kernel.objects.name(address)),
        stackStart: THREAD.stack_addr.get(memory, address),
        stackSize: THREAD.stack_size.get(memory, address),
        // Counted when it is asked for.
        get stackMax() {
          const start = THREAD.stack_addr.get(memory, address);
          const whole = memory.contains(start, THREAD.stack_size.get(memory, address));
          return whole ? kernel.threads.describe(address).stackMax : 0;
        },
        module: info && nameText(info.name),
        modulePath: info && nameText(info.path),
        isMain: info?.mainThread === address,
      };
    },
    heapBlock(address) {
      for (const block of kernel.heap.blocks())
        if (address >= block.address && address < block.address + block.size) return block;
      return undefined;
    },
  };
}

function placeOf(at: Whereabouts, address: number): Place {
  const module = nameText(at.module);
  const inModule = `${module}+${hex(at.offset)}`;
  const { symbolOffset, insideSymbol } = at;
  const symbol = at.symbol && nameText(at.symbol);
  const inSymbol = insideSymbol
    ? `${symbol}+${hex(symbolOffset)}`
    : `a static function behind ${symbol}`;
  return {
    text: symbol ? `${inModule} (${inSymbol})` : inModule,
    symbol: insideSymbol ? symbol : undefined,
    module,
    path: at.path,
    offset: at.offset,
    linkAddress: at.linkAddress,
    unloaded: at.unloaded,
    closedAt: at.closedAt,
    start: insideSymbol ? (address - symbolOffset) >>> 0 : undefined,
  };
}
