import type { KernelApi } from "../kernel/types.ts";

/** Strings in guest memory that live as long as a module (0: as the system); each is made once. */
export class GuestStrings {
  private readonly addresses = new Map<number, Map<string, number>>();

  constructor(private readonly kernel: KernelApi) {}

  /** Address of the text, 0 when there is no memory. */
  of(owner: number, text: string): number {
    const { heap, memory } = this.kernel;
    let known = this.addresses.get(owner);
    if (!known) this.addresses.set(owner, (known = new Map()));
    let address = known.get(text) ?? 0;
    if (address !== 0) return address;
    address = heap.alloc(text.length + 1);
    if (address === 0) return 0;
    memory.write(
      address,
      Uint8Array.from(`${text}\0`, (c) => c.charCodeAt(0)),
    );
    known.set(text, address);
    return address;
  }

  forget(owner: number): void {
    for (const address of this.addresses.get(owner)?.values() ?? []) this.kernel.heap.free(address);
    this.addresses.delete(owner);
  }
}
