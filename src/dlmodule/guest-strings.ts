import type { KernelApi } from "../kernel/types.ts";

/** A text of one byte per character as a C string. */
export function stringBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length + 1);
  for (let n = 0; n < text.length; n++) bytes[n] = text.charCodeAt(n);
  return bytes;
}

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
    memory.write(address, stringBytes(text));
    known.set(text, address);
    return address;
  }

  forget(owner: number): void {
    for (const address of this.addresses.get(owner)?.values() ?? []) this.kernel.heap.free(address);
    this.addresses.delete(owner);
  }
}
