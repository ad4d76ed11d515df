/** `rtt-sim check`: what the loader would say of a file, and what else is to be known of it. Nothing is run. */
export { readAttributes } from "./attributes.ts";
export { inspect } from "./inspect.ts";
export { type Library, libraryOf } from "./library.ts";
export type { CheckReport } from "./report.ts";
export { STOCK_404 } from "./stock.ts";
export type { InspectOptions } from "./subject.ts";
export { readSymbolList, type Target } from "./symbol-list.ts";
export { checkText } from "./text.ts";
