import type { Module } from "./module.ts";
import type { Registry } from "./registry.ts";
import { callBefore, type CodeReader } from "./return-address.ts";

/** Return addresses that are remembered, by their low bits; a power of two. */
const KNOWN = 64;

/** Which modules return addresses lie in. The same few come with every call of a loop: they are remembered while no module comes or goes. */
export class ReturnAddresses {
  private readonly words = new Int32Array(KNOWN);
  private readonly modules: (Module | undefined)[] = new Array<undefined>(KNOWN).fill(undefined);
  /** What the registry counted when they were found. */
  private asOf = 0;

  constructor(
    private readonly code: CodeReader,
    private readonly registry: Registry,
  ) {}

  /** The module that a call in front of the address is in; undefined when there is none. */
  into(word: number): Module | undefined {
    const { registry } = this;
    const at = (word >>> 1) & (KNOWN - 1);
    if (registry.changes !== this.asOf) {
      this.modules.fill(undefined);
      this.asOf = registry.changes;
    }
    if (this.words[at] === (word | 0) && this.modules[at]) return this.modules[at];
    const module = registry.containing(word);
    if (!module || callBefore(this.code, word) === undefined) return undefined;
    this.words[at] = word;
    this.modules[at] = module;
    return module;
  }
}
