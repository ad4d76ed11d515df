import type { CodeMap } from "./code-map.ts";
import type { HowEnded, Module } from "./module.ts";
import type { ModuleFacts } from "./module-facts.ts";
import { partAt } from "./segments.ts";

/** Modules that ended stay known for reports about pointers into them and for `list_module -v`. */
const RECENT_MAX = 16;

/** A module that ended a short time ago; its memory was given back. */
export interface EndedInfo extends ModuleFacts {
  readonly how: HowEnded;
  /** Return value of main, argument of exit(), or what the kernel gave as ret_code. */
  readonly code: number;
}

export interface Whereabouts {
  readonly module: string;
  readonly path: string;
  /** Address of struct rt_dlmodule; it may have been given back. */
  readonly address: number;
  /** Bytes from the start of the module's memory. */
  readonly offset: number;
  /** Link-time address: what objdump and addr2line show. */
  readonly linkAddress: number;
  readonly symbol: string | undefined;
  readonly symbolOffset: number;
  /** The address lies within the symbol's size; otherwise the symbol is only the nearest one in front of it. */
  readonly insideSymbol: boolean;
  /** The module is no longer loaded. */
  readonly unloaded: boolean;
  /** Of a library that is no longer loaded: return address behind the call that has closed it, 0 when that is not known. */
  readonly closedAt: number;
}

interface Ended {
  /** What the loader said of it last. */
  readonly info: EndedInfo;
  readonly name: string;
  readonly path: string;
  readonly address: number;
  readonly block: number;
  readonly size: number;
  readonly bias: number;
  readonly code: CodeMap;
  readonly closedAt: number;
}

/** The loaded modules by the address of their struct rt_dlmodule, and the last ones that were unloaded. */
export class Registry {
  private readonly live = new Map<number, Module>();
  /** By the address of their images, for the question whose an address is. */
  private readonly byPlace: Module[] = [];
  private readonly recent: Ended[] = [];
  /** Counts modules that came and went. */
  changes = 0;

  add(module: Module): void {
    this.live.set(module.address, module);
    this.byPlace.splice(this.behind(module.block), 0, module);
    this.changes++;
  }

  /**
   * `facts` as they were when the module's object was given back.
   *
   * @param closedAt return address behind the call that has closed a library
   */
  remove(module: Module, facts: ModuleFacts, closedAt = 0): void {
    if (this.live.delete(module.address)) {
      const at = this.byPlace.indexOf(module, Math.max(0, this.behind(module.block) - 1));
      if (at >= 0) this.byPlace.splice(at, 1);
    }
    this.changes++;
    const { name, path, address, block, size, bias, code } = module;
    code.settle();
    const info = { ...facts, ...(module.end ?? { how: "closed" as const, code: 0 }) };
    this.recent.unshift({ info, name, path, address, block, size, bias, code, closedAt });
    this.recent.length = Math.min(this.recent.length, RECENT_MAX);
  }

  /** Nothing is loaded. */
  get empty(): boolean {
    return this.live.size === 0;
  }

  /** Libraries at most. */
  get withoutPrograms(): boolean {
    for (const module of this.live.values()) if (!module.library) return false;
    return true;
  }

  get(address: number): Module | undefined {
    return this.live.get(address >>> 0);
  }

  /** Newest first. */
  all(): Module[] {
    return [...this.live.values()].reverse();
  }

  /** The last modules that ended, newest first. */
  ended(): EndedInfo[] {
    return this.recent.map(({ info }) => info);
  }

  /** What all images lie in: from `low` up to `high`. */
  get span(): { readonly low: number; readonly high: number } {
    const { byPlace } = this;
    const last = byPlace[byPlace.length - 1];
    return last ? { low: byPlace[0].block, high: last.block + last.size } : { low: 0, high: 0 };
  }

  containing(address: number): Module | undefined {
    const module = this.byPlace[this.behind(address >>> 0) - 1];
    return module?.contains(address) ? module : undefined;
  }

  /** The part of an image that its program may write and that holds the address. */
  variablesAt(address: number): { readonly start: number; readonly end: number } | undefined {
    const module = this.containing(address);
    if (!module) return undefined;
    const part = partAt(module.plan.segments, (address - module.bias) >>> 0);
    if (!part?.writable) return undefined;
    const start = (module.bias + part.vaddr) >>> 0;
    const end = start + part.memsz;
    return address < end ? { start, end } : undefined;
  }

  /** How many images begin at or before the address. */
  private behind(address: number): number {
    const { byPlace } = this;
    let [low, high] = [0, byPlace.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byPlace[middle].block <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  whereIs(address: number): Whereabouts | undefined {
    const live = this.containing(address);
    const ended = live
      ? undefined
      : this.recent.find(({ block, size }) => within(address, block, size));
    const found = live ?? ended;
    if (!found) return undefined;
    const offset = (address >>> 0) - found.block;
    const nearest = found.code.nearest(offset);
    return {
      module: found.name,
      path: found.path,
      address: found.address,
      offset,
      linkAddress: (address - found.bias) >>> 0,
      symbol: nearest?.name,
      symbolOffset: nearest?.offset ?? 0,
      insideSymbol: nearest?.inside ?? false,
      unloaded: live === undefined,
      closedAt: ended?.closedAt ?? 0,
    };
  }
}

function within(address: number, block: number, size: number): boolean {
  const offset = (address >>> 0) - block;
  return offset >= 0 && offset < size;
}
