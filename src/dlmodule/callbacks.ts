import type { Task } from "../kernel/call.ts";
import { ObjectClass } from "../kernel/types.ts";
import { finish, type LoaderParts } from "./context.ts";
import { DEVICE } from "./layout.ts";
import type { LeftBehind } from "./left-behind.ts";
import type { Module } from "./module.ts";
import { quoted } from "./visible.ts";

/** Callbacks of a device that code outside of its driver sets. */
const OF_DEVICES = [
  [DEVICE.RX_INDICATE, "rx_indicate"],
  [DEVICE.TX_COMPLETE, "tx_complete"],
] as const;

/**
 * Functions of modules that the system calls: hooks, handlers of pins, callbacks of devices. The kernel has them; here is which call of a
 * module's code gave each to it.
 */
export class Callbacks {
  /** A return address for each place that holds one (KernelHooks.callbackSet). */
  private readonly places = new Map<string, { readonly callback: number; readonly site: number }>();

  constructor(
    private readonly parts: LoaderParts,
    /** The return address of the module's code that the running thread comes from, 0 when there is none. */
    private readonly caller: () => number,
    private readonly name: (address: number) => string,
  ) {}

  /** For KernelHooks.callbackSet. */
  set(place: string, callback: number): void {
    const site = callback === 0 ? 0 : this.caller();
    if (site !== 0) this.places.set(place, { callback: callback >>> 0, site });
    else this.places.delete(place);
  }

  /** Takes back what lies in the module, and adds it to `things` with the place that has set it. */
  *giveBack(module: Module, things: (LeftBehind | string)[]): Task<void> {
    const { kernel, call } = this.parts;
    const { memory, objects } = kernel;
    for (const device of objects.list(ObjectClass.Device))
      for (const [offset, name] of OF_DEVICES) {
        const callback = memory.ldu32(device + offset);
        if (!module.contains(callback)) continue;
        things.push({
          kind: `${name} of device`,
          name: quoted(objects.name(device)),
          from: this.setter(`${name} of ${device}`, callback),
          more: `which calls ${this.name(callback)}`,
        });
        memory.st32(device + offset, 0);
      }
    for (const hook of [...(kernel.idleHooks ?? [])]) {
      if (!module.contains(hook)) continue;
      const from = this.setter(`rt_thread_idle_sethook ${hook}`, hook);
      things.push({ kind: "idle hook", name: this.name(hook), from });
      yield* finish(call("rt_thread_idle_delhook", hook));
    }
    for (const { pin, handler } of kernel.gpio?.forget((at) => module.contains(at)) ?? [])
      things.push({
        kind: "interrupt handler of pin",
        name: String(pin),
        from: this.setter(`pin ${pin}`, handler),
        more: `which calls ${this.name(handler)}`,
      });
    for (const [setter, hook] of kernel.guestHooks ?? []) {
      if (!module.contains(hook)) continue;
      const from = this.setter(setter, hook);
      things.push({ kind: `hook of ${setter}`, name: this.name(hook), from });
      kernel.guestHooks?.delete(setter);
    }
    for (const [place, { callback }] of this.places)
      if (module.contains(callback)) this.places.delete(place);
  }

  /** Function and offset of the call that put the callback there; undefined when no module's code did. */
  private setter(place: string, callback: number): string | undefined {
    const known = this.places.get(place);
    return known?.callback === callback >>> 0 ? this.name(known!.site) : undefined;
  }
}
