import type { CodeMap } from "./code-map.ts";
import type { Module } from "./module.ts";

/** Modules that ended stay known for reports about pointers into them. */
const RECENT_MAX = 16;

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
}

interface Ended {
  readonly name: string;
  readonly path: string;
  readonly address: number;
  readonly block: number;
  readonly size: number;
  readonly bias: number;
  readonly code: CodeMap;
}

/** The loaded modules by the address of their struct rt_dlmodule, and the last ones that were unloaded. */
export class Registry {
  private readonly live = new Map<number, Module>();
  private readonly recent: Ended[] = [];

  add(module: Module): void {
    this.live.set(module.address, module);
  }

  remove(module: Module): void {
    this.live.delete(module.address);
    const { name, path, address, block, size, bias, code } = module;
    code.settle();
    this.recent.unshift({ name, path, address, block, size, bias, code });
    this.recent.length = Math.min(this.recent.length, RECENT_MAX);
  }

  /** Nothing is loaded. */
  get empty(): boolean {
    return this.live.size === 0;
  }

  get(address: number): Module | undefined {
    return this.live.get(address >>> 0);
  }

  /** Newest first. */
  all(): Module[] {
    return [...this.live.values()].reverse();
  }

  containing(address: number): Module | undefined {
    for (const module of this.live.values()) if (module.contains(address)) return module;
    return undefined;
  }

  whereIs(address: number): Whereabouts | undefined {
    const live = this.containing(address);
    const found: Ended | undefined =
      live ?? this.recent.find(({ block, size }) => within(address, block, size));
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
    };
  }
}

function within(address: number, block: number, size: number): boolean {
  const offset = (address >>> 0) - block;
  return offset >= 0 && offset < size;
}
