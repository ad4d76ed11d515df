import type { CpuFault } from "../cpu/types.ts";

/** RT_ASSERT failed in kernel code or, by rt_assert_handler, in a module. */
export class AssertionFailed extends Error {
  constructor(
    readonly expression: string,
    readonly fn: string,
    /** Where the kernel's source has it, as far as that was recorded; elsewhere near that place. */
    readonly line: number,
  ) {
    super(`(${expression}) assertion failed at function:${fn}, line number:${line}`);
  }
}

/**
 * Thrown into a Task whose guest call will not return, when the thread belongs to no module: a CPU fault, a failed assertion, a stack
 * overflow, or an end that the guest code asked for and must not have.
 */
export class GuestAborted extends Error {
  constructor(why: CpuFault | string) {
    super(
      typeof why === "string"
        ? why
        : `guest code failed: ${why.kind} at 0x${(why.pc >>> 0).toString(16)}, ${why.why}`,
    );
  }
}

/** Guest code that an interrupt or a system thread has called ended itself: the call is over, and the caller goes on. */
export class CallEnded extends Error {}

/** A supervisor call that is none of the firmware's. */
export class SoftwareInterrupt extends Error {}

/** A firmware calls something no table of exported calls has. */
export class UnboundCall extends Error {
  constructor(name: string) {
    super(`${name} is not implemented`);
  }
}
