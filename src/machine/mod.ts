/** A simulated board and what drives it. */
export { CountedDisk } from "./counted-disk.ts";
export { Driver, type DriverOptions, type Verdict } from "./driver.ts";
export { Machine } from "./machine.ts";
export type { BootMode, MachineOptions } from "./options.ts";
export type { MachineMount } from "./mounts.ts";
export { exitCode, type ModuleOutcome } from "./outcome.ts";
export { codeOf, explanation, standstillOf } from "./verdict.ts";
export type { Instrument } from "./instrument.ts";
