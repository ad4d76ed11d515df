import type { KernelApi } from "../kernel/types.ts";
import type { Module } from "./module.ts";

/** struct __emutls_object of libgcc. */
const CONTROL = { SIZE: 0, ALIGN: 4, TEMPLATE: 12 } as const;
const HEAP_ALIGN = 4;

interface Copy {
  readonly block: number;
  readonly address: number;
}

/** Emulated thread-local variables: a copy of a variable for each thread that uses it, made at the first use. */
export class ThreadVariables {
  /** By thread, then by control object. */
  private readonly copies = new Map<number, Map<number, Copy>>();

  constructor(private readonly kernel: KernelApi) {}

  /** __emutls_get_address; 0 when there is no memory. */
  address(control: number): number {
    const { threads } = this.kernel;
    let own = this.copies.get(threads.current);
    if (!own) this.copies.set(threads.current, (own = new Map()));
    let copy = own.get(control);
    if (!copy) {
      copy = this.make(control);
      if (copy) own.set(control, copy);
    }
    return copy?.address ?? 0;
  }

  threadEnded(thread: number): void {
    for (const { block } of this.copies.get(thread)?.values() ?? []) this.kernel.heap.free(block);
    this.copies.delete(thread);
  }

  /** The variables of a module that ends, in every thread. */
  moduleEnded(module: Module): void {
    for (const own of this.copies.values())
      for (const [control, { block }] of own) {
        if (!module.contains(control)) continue;
        this.kernel.heap.free(block);
        own.delete(control);
      }
  }

  private make(control: number): Copy | undefined {
    const { heap, memory } = this.kernel;
    const size = memory.ldu32(control + CONTROL.SIZE);
    const wanted = memory.ldu32(control + CONTROL.ALIGN);
    const align = (wanted & (wanted - 1)) === 0 ? Math.max(wanted, HEAP_ALIGN) : HEAP_ALIGN;
    const block = heap.alloc(size + align - HEAP_ALIGN);
    if (block === 0) return undefined;
    const address = Math.ceil(block / align) * align;
    const template = memory.ldu32(control + CONTROL.TEMPLATE);
    if (template === 0) memory.fill(address, size, 0);
    else memory.write(address, memory.read(template, size));
    return { block, address };
  }
}
