/** Traces of a running machine, and the wrapper of a core that they and the debugger stand on. */
export { Coverage } from "./lcov.ts";
export { CoverageCore } from "./coverage.ts";
export { ChromeTrace } from "./chrome.ts";
export { TracingCore, type TraceOptions } from "./tracer.ts";
export { nameText } from "./quote.ts";
export { type FilterUse, type Trace, type TraceFilter, type TraceParts, TRACES } from "./types.ts";
export { WrappedCore } from "./wrapped-core.ts";
export { FunctionNames } from "./names.ts";
export { type Profile, ProfileCore } from "./profile.ts";
export { cpuprofile, folded, speedscope, top } from "./profile-formats.ts";
