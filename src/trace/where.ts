import { nameText } from "./quote.ts";
import type { FilterUse, TraceFilter, TraceParts } from "./types.ts";

/** Offset of module_id in struct rt_object. */
const MODULE_ID = 12;
const NO_MODULE = "";

/** Names of what runs. */
export class Where {
  private readonly functions = new Map<number, string | undefined>();
  private seen = 0;

  constructor(
    private readonly parts: TraceParts,
    private readonly filter: TraceFilter,
    readonly use: FilterUse,
  ) {}

  /** Name of the running thread, `irq` in an interrupt. */
  get thread(): string {
    const { kernel } = this.parts;
    if (kernel.scheduler.interruptNest > 0) return "irq";
    const thread = kernel.runner.running?.thread ?? 0;
    return thread === 0 ? "boot" : nameText(kernel.objects.name(thread));
  }

  /** TCB of the running thread, 0 in an interrupt or before there is one. */
  get tcb(): number {
    const { kernel } = this.parts;
    return kernel.scheduler.interruptNest > 0 ? 0 : (kernel.runner.running?.thread ?? 0);
  }

  /** The module that an address is in; of the firmware's code, that of the running thread. */
  module(address: number): string {
    const { kernel, loader } = this.parts;
    const at = loader.whereIs(address);
    if (at) return nameText(at.module);
    const thread = kernel.runner.running?.thread ?? 0;
    const module =
      thread === 0 ? undefined : loader.module(kernel.memory.ldu32(thread + MODULE_ID));
    return module ? nameText(module.name) : NO_MODULE;
  }

  wanted(address: number): boolean {
    const { module, thread } = this.filter;
    const wanted =
      (thread === undefined || this.thread === thread) &&
      (module === undefined || this.module(address) === module);
    if (wanted) this.use.any = true;
    return wanted;
  }

  /** `demo!main+0x1c`, `printf+0x12`; undefined outside of code. */
  symbol(address: number): string | undefined {
    const { loader, firmware } = this.parts;
    const at = loader.whereIs(address);
    if (at) {
      const offset = at.symbol && at.insideSymbol ? at.symbolOffset : at.offset;
      const module = nameText(at.module);
      const name = at.symbol && at.insideSymbol ? `${module}!${nameText(at.symbol)}` : module;
      return plus(name, offset);
    }
    const near = firmware.nearest(address & ~1);
    return near && plus(near.name, near.offset);
  }

  /** Name of the function that an address is in, for filters. */
  functionName(address: number): string {
    if (this.seen !== this.parts.loader.changes) {
      this.seen = this.parts.loader.changes;
      this.functions.clear();
    }
    let name = this.functions.get(address);
    if (name === undefined && !this.functions.has(address)) {
      name = this.symbol(address)
        ?.replace(/^.*!/, "")
        .replace(/\+0x.*$/, "");
      this.functions.set(address, name);
    }
    return name ?? "";
  }
}

function plus(name: string, offset: number): string {
  return offset === 0 ? name : `${name}+0x${(offset >>> 0).toString(16)}`;
}
