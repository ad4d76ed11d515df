/** The embeddable API: a machine is disk + kernel + core + clock, without any I/O of its own. */
export { Machine, type MachineOptions, type BootMode } from "./machine/machine.ts";
export type { ModuleOutcome } from "./machine/outcome.ts";
