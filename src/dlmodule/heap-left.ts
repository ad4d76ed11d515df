import { amount } from "../elf/mod.ts";
import type { Allocation, Allocations } from "./allocations.ts";
import type { LoaderParts } from "./context.ts";
import type { Module } from "./module.ts";

/** Constructor of libstdc++'s reserve for exceptions when memory is out: a program that has the library in it never gives that back. */
const RESERVE = /^_GLOBAL__sub_I__ZN9__gnu_cxx9__freeres/;
/** Variables of the environment that are looked at, and bytes of a name. */
const VARIABLES_MAX = 4096;
const NAME_BYTES_MAX = 64;

/** Blocks of the heap that a module which ends has not freed. */
export class HeapLeft {
  constructor(
    private readonly parts: LoaderParts,
    private readonly allocations: Allocations,
    /** The place of a call, for people. */
    private readonly name: (site: number) => string,
  ) {}

  /** Blocks of the heap, by the place that asked for them; gives their sum, undefined when there are none. */
  giveBack(module: Module, lines: string[]): string | undefined {
    const { heap } = this.parts.kernel;
    const sites = new Map<string, { count: number; bytes: number }>();
    for (const { address, allocation } of this.allocations.take(module)) {
      if (!heap.owns?.(address)) continue;
      if (allocation.use === "environment") {
        this.environment(address, allocation, lines);
        continue;
      }
      // Its thread was ended in the middle of it, which is no mistake of who threw it.
      if (allocation.use === "exception") {
        heap.free(address);
        continue;
      }
      const from = allocation.from ?? this.name(allocation.site);
      const site = sites.get(from) ?? { count: 0, bytes: 0 };
      site.count++;
      site.bytes += allocation.size;
      sites.set(from, site);
      heap.free(address);
    }
    const all = { count: 0, bytes: 0 };
    for (const [name, { count, bytes }] of sites) {
      if (RESERVE.test(name)) continue;
      lines.push(`${heapBlocks(count, bytes)}, from ${name}`);
      all.count += count;
      all.bytes += bytes;
    }
    return all.count === 0 ? undefined : `in all ${heapBlocks(all.count, all.bytes)}`;
  }

  /** A variable that the module has set is no one's any more; their table is the C library's. */
  private environment(block: number, { site, from }: Allocation, lines: string[]): void {
    const { heap, memory } = this.parts.kernel;
    const variable = this.parts.firmware?.environ?.() ?? 0;
    const table = variable === 0 ? block : memory.ldu32(variable);
    if (table === block) return;
    for (let at = table, n = 0; n < VARIABLES_MAX && memory.contains(at, 4); n++, at += 4) {
      const text = memory.ldu32(at);
      if (text === 0) break;
      if (text !== block) continue;
      const [name] = memory.cstring(block, NAME_BYTES_MAX).split("=", 1);
      lines.push(`environment variable ${name}, from ${from ?? this.name(site)}`);
      for (; memory.contains(at + 4, 4) && memory.ldu32(at) !== 0; at += 4)
        memory.st32(at, memory.ldu32(at + 4));
      break;
    }
    // A value that a longer one has replaced is only here.
    heap.free(block);
  }
}

function heapBlocks(count: number, bytes: number): string {
  return `${amount(count, "heap block")}, ${amount(bytes, "byte")}`;
}
