import type { GuestMemory } from "../memory/mod.ts";
import type { Inserted, WatchKind } from "./types.ts";

/** Tag of the guard over a watched range. */
class Watch {
  /** What was there when it was looked at last. */
  seen: Uint8Array;

  constructor(
    readonly kind: WatchKind,
    readonly address: number,
    readonly size: number,
    private readonly memory: GuestMemory,
  ) {
    this.seen = memory.read(address, size).slice();
  }

  /** True when the bytes differ from those seen before. */
  changed(): boolean {
    const now = this.memory.read(this.address, this.size);
    if (this.seen.every((byte, i) => byte === now[i])) return false;
    this.seen = now.slice();
    return true;
  }
}

/** As many as a debugger may set, and how many bytes each covers. */
const WATCHES_MAX = 32;
const BYTES_MAX = 4096;

/**
 * Watched ranges: guards of the guest memory, which send an access to the engines' slow path, so that only the accesses to the 64 bytes
 * around one cost anything. What the kernel itself stores passes no guard; it is found by comparing.
 */
export class Watchpoints {
  private readonly watches: Watch[] = [];
  private lifted = true;

  constructor(private readonly memory: GuestMemory) {}

  get any(): boolean {
    return this.watches.length > 0;
  }

  insert(kind: WatchKind, address: number, size: number): boolean {
    if (size === 0 || size > BYTES_MAX || this.watches.length >= WATCHES_MAX) return false;
    if (!this.memory.contains(address, size)) return false;
    this.lift();
    this.watches.push(new Watch(kind, address, size, this.memory));
    this.lower();
    return true;
  }

  remove(kind: WatchKind, address: number, size: number): boolean {
    const at = this.watches.findIndex(
      (watch) => watch.kind === kind && watch.address === address && watch.size === size,
    );
    if (at < 0) return false;
    this.lift();
    this.watches.splice(at, 1);
    this.lower();
    return true;
  }

  clear(): void {
    this.lift();
    this.watches.length = 0;
  }

  *inserted(): Generator<Inserted> {
    yield* this.watches;
  }

  /** The watch that an access stops for, `tag` being that of the guard it hit. */
  hit(tag: unknown, access: "read" | "write" | undefined): Watch | undefined {
    if (!(tag instanceof Watch)) return undefined;
    const wanted = (kind: WatchKind) =>
      kind === "awatch" || (kind === "watch") === (access === "write");
    const overlaps = (other: Watch) =>
      other.address < tag.address + tag.size && tag.address < other.address + other.size;
    return this.watches.find((watch) => overlaps(watch) && wanted(watch.kind));
  }

  /** The first watch for stores whose bytes changed without a guarded access. */
  changed(): Watch | undefined {
    return this.watches.find((watch) => watch.kind !== "rwatch" && watch.changed());
  }

  /** Has an access made that may pass, by the interpreter. */
  pass<T>(access: () => T): T {
    return this.memory.withoutGuards(this.starts, access);
  }

  /** Where guards begin. They are removed by that; another one may begin there, such as that of a stack. */
  private get starts(): readonly number[] {
    return this.watches
      .map(({ address }) => address)
      .filter((address) => this.memory.guardAt(address) instanceof Watch);
  }

  private lift(): void {
    if (this.lifted) return;
    this.lifted = true;
    for (const start of this.starts) this.memory.removeGuard(start);
  }

  private lower(): void {
    if (!this.lifted) return;
    this.lifted = false;
    for (const watch of this.watches) {
      const { address, size, kind } = watch;
      this.memory.addGuard(address, address + size, watch, kind !== "watch");
    }
  }
}
