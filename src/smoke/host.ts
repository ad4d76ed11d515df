import type { BlockDevice } from "../block/mod.ts";
import type { Engine } from "../cpu/mod.ts";
import type { Instrument, MachineMount } from "../machine/mod.ts";
import type { Scenario } from "./scenario.ts";

/** What a test needs of the host. */
export interface TestHost {
  readonly firmware: Uint8Array;
  /** See MachineOptions. */
  readonly prepared?: Int32Array;
  /** A file named in the scenario; throws an error with a text for the user. */
  read(path: string): Uint8Array;
  /** Whether a text matches, when that may take long; undefined: it was given up. */
  matches?(pattern: RegExp, text: string): boolean | undefined;
  /** See DriverOptions. */
  look?(): void;
  /** See DriverOptions. */
  check?(): void;
  /** See DriverOptions. */
  busy?(): void;
  /** Called when a machine has been closed. */
  between?(): void;
  /** Fresh file systems for what `--mount` says; closed by who asked. */
  mounts?(texts: readonly string[]): readonly MachineMount[];
  /** A fresh disk whose changes nobody keeps: "default", an image beside the scenario, or (undefined) the test's own. */
  disk(path: string | undefined): BlockDevice;
}

/** What the command line says about every machine; a scenario that says something else is right. */
export interface BoardOptions {
  readonly ram?: number;
  readonly stack?: number;
  readonly abi?: "4.0.4" | "5.x";
  readonly compat404?: boolean;
  readonly leaks?: "report" | "ignore" | "error";
  readonly mounts?: readonly string[];
}

export interface TestOptions {
  readonly board?: BoardOptions;
  readonly engine?: Engine;
  /** Looks into the machines: a debugger, coverage. */
  readonly instrument?: Instrument;
  /** Simulated milliseconds when the scenario does not say. */
  readonly timeout: number;
  /** Host milliseconds, 0 = none. */
  readonly wallTimeout: number;
  /** Give what was printed for transcripts instead of comparing. */
  readonly update: boolean;
  /** See DriverOptions: where a test gives way. */
  readonly pause?: () => boolean;
}

/** The machine of a scenario. */
export function boardOf(
  scenario: Scenario,
  given: BoardOptions = {},
): Omit<BoardOptions, "mounts"> {
  const { compat404, abi } = scenario;
  return {
    ram: scenario.ram ?? given.ram,
    stack: scenario.stack ?? given.stack,
    // One who asks for the defects of 4.0.4 does not ask for another release.
    abi: abi ?? (compat404 ? undefined : given.abi),
    compat404: compat404 ?? (abi === "5.x" ? false : given.compat404),
    leaks: scenario.leaks ?? (scenario.budget.leaksDeclared ? undefined : given.leaks),
  };
}
