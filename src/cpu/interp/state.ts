/**
 * The register file of the core, one Int32Array: r0-r15, temporaries, flags. Flags are kept as values that are cheap to
 * produce: N is the sign of slot N, Z is set when slot Z is 0, C is 0 or 1, V is the sign of slot V.
 */
export const enum Slot {
  PC = 15,
  Temp = 16,
  /** Receives results nobody wants. */
  Junk = 24,
  Scratch = 25,
  N = 26,
  Z = 27,
  C = 28,
  V = 29,
  /** 0 or 1. */
  Q = 30,
  /** Four bits. */
  GE = 31,
  /** 1 in Thumb state. */
  T = 32,
  IT = 33,
  /** Where the counters of executed code begin, as an index of words. */
  Counters = 34,
  /** The border of pages that was crossed last, from one instruction to the next, and all the units that were left then. */
  Border = 35,
  Crossed = 36,
  /** Units of the run that the engine has not been given yet. */
  Reserve = 37,
  /** TPIDRURW: of the core, no part of a thread's context, as in RT-Thread 4.0.4. */
  ThreadId = 38,
  Count = 40,
}

/** Supervisor mode, interrupts enabled: how RT-Thread runs its threads. */
const SVC_MODE = 0x13;

export function packCpsr(R: Int32Array): number {
  return (
    (R[Slot.N] & 0x80000000) |
    (R[Slot.Z] === 0 ? 1 << 30 : 0) |
    (R[Slot.C] << 29) |
    ((R[Slot.V] >>> 3) & (1 << 28)) |
    (R[Slot.Q] << 27) |
    ((R[Slot.IT] & 3) << 25) |
    (R[Slot.GE] << 16) |
    ((R[Slot.IT] >>> 2) << 10) |
    (R[Slot.T] << 5) |
    SVC_MODE
  );
}

export function unpackCpsr(R: Int32Array, cpsr: number): void {
  unpackFlags(R, cpsr);
  R[Slot.GE] = (cpsr >>> 16) & 15;
  R[Slot.T] = (cpsr >>> 5) & 1;
  R[Slot.IT] = ((cpsr >>> 25) & 3) | (((cpsr >>> 10) & 63) << 2);
}

/** N, Z, C, V and Q. */
export function unpackFlags(R: Int32Array, cpsr: number): void {
  R[Slot.N] = cpsr;
  R[Slot.Z] = cpsr & (1 << 30) ? 0 : 1;
  R[Slot.C] = (cpsr >>> 29) & 1;
  R[Slot.V] = cpsr << 3;
  R[Slot.Q] = (cpsr >>> 27) & 1;
}
