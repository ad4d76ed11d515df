/** The file system check. Not part of `fat/mod.ts`: who needs it loads it when it is asked for. */
export { checkVolume, type CheckReport } from "./check.ts";
export type { CheckOptions } from "./checker.ts";
export { HARMLESS, type Problem, type ProblemKind, PROBLEMS } from "./problem.ts";
