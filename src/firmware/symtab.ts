import type { GuestMemory } from "../memory/mod.ts";

const RECORD = 8;

/**
 * `RTMSymTab`: records {address, name} in the order of the names' bytes, as src/firmware/build writes them. Looked up in place:
 * a run needs a few of the 2,000 names.
 */
export class ExportTable {
  private readonly found = new Map<string, number>();

  constructor(
    private readonly memory: GuestMemory,
    private readonly start: number,
    private readonly end: number,
  ) {}

  /** Address of a symbol, 0 when there is none. */
  lookup(name: string): number {
    let address = this.found.get(name);
    if (address === undefined) {
      address = this.search(name);
      if (address !== 0) this.found.set(name, address);
    }
    return address;
  }

  *entries(): Iterable<{ readonly name: string; readonly address: number }> {
    const { memory } = this;
    for (let at = this.start; at < this.end; at += RECORD)
      yield { name: memory.cstring(memory.ldu32(at + 4)), address: memory.ldu32(at) };
  }

  private search(name: string): number {
    let low = 0;
    let high = (this.end - this.start) / RECORD;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.start + middle * RECORD;
      const order = this.compare(name, this.memory.ldu32(at + 4));
      if (order === 0) return this.memory.ldu32(at);
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return 0;
  }

  /** As strcmp(name, the string at `text`). */
  private compare(name: string, text: number): number {
    for (let i = 0; i < name.length; i++) {
      const order = name.charCodeAt(i) - this.memory.ld8(text + i);
      if (order !== 0) return order;
    }
    return -this.memory.ld8(text + name.length);
  }
}
