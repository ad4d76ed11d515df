import { Arena } from "./interp/arena.ts";

/** Translations of code that nobody can write to, handed from a machine that is closed to the next one with the same image. */
export class SharedCode {
  private static readonly of = new WeakMap<Uint8Array, SharedCode>();
  private readonly idle: Arena[] = [];

  /** What machines of this process with that very image (the object, not only its bytes) share. */
  static for(image: Uint8Array): SharedCode {
    let shared = this.of.get(image);
    if (!shared) this.of.set(image, (shared = new SharedCode()));
    return shared;
  }

  take(): Arena {
    return this.idle.pop() ?? new Arena();
  }

  give(arena: Arena): void {
    this.idle.push(arena);
  }
}
