export * as arithmetic from "./arithmetic.ts";
export * as convert from "./convert.ts";
export type { Sizes } from "./arithmetic.ts";
export { type FloatContext, FloatUnit, ZERO } from "./unit.ts";
