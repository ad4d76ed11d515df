import { IntMap } from "../memory/mod.ts";
import type { Module } from "./module.ts";

/** A return address, and its text once the code there is gone. */
interface Site {
  readonly at: number;
  readonly text?: string;
}

/**
 * Which call of a module's code made an object of the kernel: a return address each, which becomes text only when it
 * is asked for, or when the code that it lies in is about to go.
 */
export class Origins {
  private readonly objects = new IntMap<Site>();

  constructor(
    /** The return address of the module's code that the running thread comes from, 0 when there is none. */
    private readonly caller: () => number,
    private readonly name: (site: number) => string,
  ) {}

  /** For KernelHooks.objectMade. */
  made(object: number): void {
    const at = this.caller();
    if (at !== 0) this.objects.set(object, { at });
    else this.objects.delete(object);
  }

  /** For KernelHooks.objectGone. */
  gone(object: number): void {
    this.objects.delete(object);
  }

  /** Function and offset of the call that made the object; undefined when no module's code did. */
  of(object: number): string | undefined {
    const site = this.objects.get(object);
    return site && (site.text ?? this.name(site.at));
  }

  /** A module is about to go: its objects with it; what its code has made for others keeps the name of the place. */
  forget(module: Module): void {
    for (const object of [...this.objects.keys()]) {
      const site = this.objects.get(object)!;
      if (module.contains(object)) this.objects.delete(object);
      else if (site.text === undefined && module.contains(site.at))
        this.objects.set(object, { at: site.at, text: this.name(site.at) });
    }
  }
}
