import type { Module } from "./module.ts";

interface Open {
  readonly module: Module;
  /** Return address behind the call of rt_device_open. */
  readonly site: number;
}

/** Which module has opened which device with rt_device_open, and how often. */
export class OpenDevices {
  private readonly opens = new Map<number, Open[]>();

  /** For KernelHooks.deviceOpened. */
  opened(device: number, open: Open): void {
    const list = this.opens.get(device);
    if (list) list.push(open);
    else this.opens.set(device, [open]);
  }

  /** For KernelHooks.deviceClosed: by `module`, or on somebody's behalf. */
  closed(device: number, module: Module | undefined): void {
    const list = this.opens.get(device);
    if (!list) return;
    const own = list.findLastIndex((open) => open.module === module);
    list.splice(own < 0 ? list.length - 1 : own, 1);
    if (list.length === 0) this.opens.delete(device);
  }

  /** What a module has not closed, and is forgotten now. */
  take(module: Module): { readonly device: number; readonly sites: readonly number[] }[] {
    const left: { device: number; sites: number[] }[] = [];
    for (const [device, list] of this.opens) {
      const sites = list.filter((open) => open.module === module).map(({ site }) => site);
      if (sites.length === 0) continue;
      left.push({ device, sites });
      const others = list.filter((open) => open.module !== module);
      if (others.length > 0) this.opens.set(device, others);
      else this.opens.delete(device);
    }
    return left;
  }
}
