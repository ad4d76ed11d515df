export * as arithmetic from "./arithmetic.ts";
export * as convert from "./convert.ts";
export type { Sizes } from "./arithmetic.ts";
export { FPSCR } from "./format.ts";
export { type FloatContext, FloatUnit, REGISTERS, STATUS, TOUCHED, ZERO } from "./unit.ts";
