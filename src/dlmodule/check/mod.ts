/** `rtt-sim check`: what the loader would say of a file, and what else is to be known of it. Nothing is run. */
export { readAttributes } from "./attributes.ts";
export { inspect, type InspectOptions, type Library, libraryOf } from "./inspect.ts";
export type { CheckReport } from "./report.ts";
export { STOCK_404 } from "./stock.ts";
export { readSymbolList, type Target } from "./symbol-list.ts";
export { checkText } from "./text.ts";
