import { relocationName } from "../elf/mod.ts";
import { nameText } from "./quote.ts";
import type { FilterUse, Line, TraceFilter, TraceParts } from "./types.ts";

const hex8 = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** What the loader did to each module: where its segments lie, each relocation with the word before and after, its exports. */
export class LoadTrace {
  private seen: number;
  private known = new Map<number, { name: string; image: number }>();

  constructor(
    private readonly parts: TraceParts,
    private readonly filter: TraceFilter,
    private readonly use: FilterUse,
    private readonly line: Line,
  ) {
    this.seen = parts.loader.changes;
  }

  /** There is something to say. */
  get stale(): boolean {
    return this.parts.loader.changes !== this.seen;
  }

  /** Called before guest code runs: a module that is new has not run yet. */
  look(): void {
    const { loader } = this.parts;
    if (loader.changes === this.seen) return;
    this.seen = loader.changes;
    const now = new Map(
      loader
        .modules()
        .filter(({ image }) => image !== 0)
        .map((info) => [info.address, info]),
    );
    for (const [address, { name, image }] of this.known)
      if (now.get(address)?.image !== image && this.wanted(name))
        this.line(`unload ${nameText(name)} from ${hex(image)}`);
    for (const [address, info] of now)
      if (this.known.get(address)?.image !== info.image && this.wanted(info.name))
        this.loaded(address);
    this.known = new Map([...now].map(([address, { name, image }]) => [address, { name, image }]));
  }

  private wanted(name: string): boolean {
    const wanted = this.filter.module === undefined || this.filter.module === nameText(name);
    if (wanted) this.use.any = true;
    return wanted;
  }

  private loaded(address: number): void {
    const { loader, kernel } = this.parts;
    const module = loader.find(address);
    if (!module) return;
    const { plan, bias } = module;
    const { memory } = kernel;
    this.line(
      `load ${nameText(module.path)} as ${nameText(module.name)}: ${module.size} bytes at ${hex(module.block)}, bias ${hex(bias)}`,
    );
    for (const { vaddr, bytes, memsz, writable } of plan.segments)
      this.line(
        `  segment ${hex8(vaddr)}..${hex8(vaddr + memsz)} -> ${hex8(vaddr + bias)}  ${writable ? "rw-" : "r-x"}  ${bytes.length} bytes from the file, ${memsz - bytes.length} zero`,
      );
    const before = (at: number): string => {
      const segment = plan.segments.find(
        ({ vaddr, memsz }) => at >= vaddr && at + 4 <= vaddr + memsz,
      );
      if (!segment) return "????????";
      let word = 0;
      for (let i = 0; i < 4; i++) word |= (segment.bytes[at - segment.vaddr + i] ?? 0) << (8 * i);
      return hex8(word);
    };
    for (const table of plan.relocations) {
      for (let n = 0; n < table.count; n++) {
        const at = table.words[n * table.stride];
        const info = table.words[n * table.stride + 1];
        const type = relocationName(info & 0xff);
        const symbol = info >>> 8 ? table.symbols.name(info >>> 8) || `symbol ${info >>> 8}` : "";
        const place = (at + bias) >>> 0;
        const after = memory.contains(place, 4) ? hex8(memory.ldu32(place)) : "????????";
        this.line(
          `  ${hex8(place)}  ${type.padEnd(18)} ${before(at)} -> ${after}  ${nameText(symbol)}`.trimEnd(),
        );
      }
    }
    for (const symbol of plan.exports.values())
      this.line(`  export ${hex8(module.addressOf(symbol))}  ${nameText(symbol.name)}`);
    this.line(`  entry ${hex8(plan.entry + bias)}${plan.program ? "" : " (library: not called)"}`);
  }
}
