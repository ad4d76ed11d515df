export type AccessKind = "read" | "write" | "execute";

/** A guest access that the memory map refuses; the kernel turns it into a data or prefetch abort of the running thread. */
export class GuestFault extends Error {
  constructor(
    readonly access: AccessKind,
    readonly address: number,
    readonly why: "unmapped" | "read-only" | "guard" | "alignment",
  ) {
    super(`guest ${access} of 0x${(address >>> 0).toString(16).padStart(8, "0")}: ${why}`);
  }
}
