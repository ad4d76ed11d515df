/** Debugging information of modules: DWARF 2 to 5. Read lazily, hardened against broken files. */
export { DebugInfo, type SourceLine } from "./debug-info.ts";
export { type Interval, Intervals } from "./intervals.ts";
export { type FileSource, SymbolFiles } from "./symbol-files.ts";
export * from "./unwind/mod.ts";
