import type { Task } from "../kernel/call.ts";
import type { Libraries } from "./libraries.ts";
import type { Module } from "./module.ts";
import type { Objects } from "./objects.ts";
import type { References } from "./references.ts";
import type { Registry } from "./registry.ts";

/** Places that a report names for one library. */
const PLACES_MAX = 3;

/** Shared libraries when a module that uses them ends: its references end with it, and what it has not closed is noted. */
export class LibraryUsers {
  private readonly references: References;

  constructor(
    private readonly libraries: Libraries,
    private readonly registry: Registry,
    private readonly objects: Objects,
    /** Function and offset of an address in a module's code. */
    private readonly placeOf: (site: number) => string,
  ) {
    this.references = libraries.references;
  }

  /** Every library that a module has open loses that user. */
  *dropAll(owner: Module): Task<void> {
    for (const library of this.libraries.all())
      if (library.opens.has(owner.address)) yield* this.dropOwner(library, owner);
  }

  /** The same for one library, whose object is in the list of the module that ends: another user's list takes it. */
  *orphan(library: Module, owner: Module): Task<void> {
    yield* this.dropOwner(library, owner);
    const members = library.circle?.members ?? [library];
    const heir = members
      .flatMap((member) => [...member.opens.keys()])
      .map((address) => this.registry.get(address))
      .find((user) => user && !members.includes(user))?.address;
    const gone = this.registry.get(library.address) !== library;
    if (!gone && heir !== undefined) this.objects.link(library.address, heir);
  }

  /** A module that had `library` open ended: its references end with it. */
  private *dropOwner(library: Module, owner: Module): Task<void> {
    // One of a circle that goes, whose turn comes.
    if (library.circle?.members.includes(owner)) {
      library.opens.delete(owner.address);
      return;
    }
    const held = library.opens.get(owner.address) ?? 0;
    const opened = held - (owner.needed.includes(library) ? 1 : 0);
    if (opened > 0)
      owner.left.push({
        kind: "library",
        name: library.path,
        from: this.places(library.openedAt.get(owner.address) ?? []),
        more: `open: ${opened} ${opened === 1 ? "dlopen" : "calls of dlopen"} without dlclose`,
      });
    library.opens.delete(owner.address);
    library.openedAt.delete(owner.address);
    this.references.set(library, Math.max(this.references.of(library) - held, 0));
    if (this.references.inUse(library)) return;
    yield* this.libraries.unload(library);
    // Its destructors ran as a part of the owner's end.
    for (const { end } of library.circle?.members ?? [library])
      if (end && end.how !== "closed") owner.end = end;
  }

  /** The places of calls, each once; undefined when none is known. */
  private places(sites: readonly number[]): string | undefined {
    const known = sites.filter((site) => site !== 0).map((site) => this.placeOf(site));
    return known.length === 0 ? undefined : [...new Set(known)].slice(0, PLACES_MAX).join(" and ");
  }
}
