import type { GuestMemory } from "../memory/mod.ts";
import { MODULE } from "./layout.ts";
import { type Module, ModuleStruct } from "./module.ts";

/** module->nref is 16 bits wide. */
export const REFERENCES_MAX = 0xffff;

/**
 * How often libraries are used: module->nref, which guest code sees. Libraries of a circle have references of each other, which keep none of
 * them.
 */
export class References {
  private readonly struct: ModuleStruct;

  constructor(memory: GuestMemory) {
    this.struct = new ModuleStruct(memory);
  }

  of(library: Module): number {
    return this.struct.get16(library.address, MODULE.NREF);
  }

  set(library: Module, count: number): void {
    this.struct.set16(library.address, MODULE.NREF, count);
  }

  add(library: Module): void {
    this.set(library, (this.of(library) + 1) & REFERENCES_MAX);
  }

  /** One less; true when nobody needs it any more. */
  drop(library: Module): boolean {
    this.set(library, (this.of(library) - 1) & REFERENCES_MAX);
    return !this.inUse(library);
  }

  /** Somebody needs the library, or one of those that it forms a circle with. */
  inUse(library: Module): boolean {
    const members = library.circle?.members ?? [library];
    return members.some((member) => !member.gone && this.of(member) > this.within(member));
  }

  /** Without one of the library's references, nobody needs it or one of its circle any more. */
  isLast(library: Module): boolean {
    const last = this.drop(library);
    this.add(library);
    return last;
  }

  /** References that the libraries of its circle have of it. */
  within(library: Module): number {
    const members = library.circle?.members ?? [];
    return members.filter((member) => !member.gone && member.needed.includes(library)).length;
  }
}

/** Notes that `user` (struct rt_dlmodule; 0: a system thread) has one more or less of the library's references. */
export function noteUse(library: Module, user: number, by: 1 | -1): void {
  const held = (library.opens.get(user) ?? 0) + by;
  if (held > 0) library.opens.set(user, held);
  else library.opens.delete(user);
}
