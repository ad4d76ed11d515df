/** The embeddable API: a machine is disk + kernel + core + clock, without any I/O of its own. */
export { Machine } from "./machine/machine.ts";
export type { BootMode, MachineOptions } from "./machine/options.ts";
export type { ModuleOutcome } from "./machine/outcome.ts";
