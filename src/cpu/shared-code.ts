import type { GuestMemory } from "../memory/mod.ts";
import { Arena } from "./interp/arena.ts";

/** Translations of code that nobody can write to, handed from a machine that is closed to the next one with the same image and memory. */
export class SharedCode {
  private static readonly of = new WeakMap<Uint8Array, SharedCode>();
  private readonly idle = new WeakSet<Arena>();

  /** What machines of this process with that very image (the object, not only its bytes) share. */
  static for(image: Uint8Array): SharedCode {
    let shared = this.of.get(image);
    if (!shared) this.of.set(image, (shared = new SharedCode()));
    return shared;
  }

  take(memory: GuestMemory): Arena {
    const arena = Arena.in(memory);
    return arena && this.idle.delete(arena) ? arena : new Arena(memory);
  }

  give(arena: Arena): void {
    this.idle.add(arena);
  }
}
