/** Registers of one frame while the stack is unwound: r0-r15, undefined where the caller's value is not known. */
export type FrameRegisters = (number | undefined)[];

export const FP7 = 7;
export const FP = 11;
export const SP = 13;
export const LR = 14;
export const PC = 15;

/** Guest memory as an unwinder reads it; undefined where there is none. */
export interface StackMemory {
  word(address: number): number | undefined;
  half(address: number): number | undefined;
}
