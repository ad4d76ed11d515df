import type { Position } from "./toml.ts";

/** Lines of keys in the scenario, counted from 1. */
export type Lines = Readonly<Record<string, number>>;

/** What a text has to be like. */
export interface TextRules {
  readonly lines?: Lines;
  readonly equals?: string;
  readonly contains: readonly string[];
  /** One after the other. */
  readonly ordered: readonly string[];
  readonly absent: readonly string[];
  readonly matches: readonly RegExp[];
  /** A file beside the scenario with the whole text, as recorded by --update. */
  readonly transcript?: string;
}

/** What a file of the guest has to be like when all is over. */
export interface FileRules extends TextRules {
  /** One character per byte, as the guest has it. */
  readonly path: string;
  /** False: it must not exist. */
  readonly exists: boolean;
  readonly size?: number;
  /** A host file with the same bytes. */
  readonly same?: string;
  /** Where it says so. */
  readonly sameAt?: Position;
}

/** A file put on the disk before the machine starts. */
export interface Placed {
  readonly at: Position;
  /** One character per byte, as the guest has it. */
  readonly path: string;
  readonly content: { readonly text: string } | { readonly from: string };
}

/** Upper limits; absent: none, but for leaks. */
export interface Budget {
  readonly lines?: Lines;
  readonly instructions?: number;
  /** Bytes of heap in use at the worst moment, above what the booted system has. */
  readonly heap?: number;
  /** Bytes of the stack of any one thread of a module. */
  readonly stack?: number;
  /** Simulated milliseconds from the first step to the end. */
  readonly time?: number;
  /** Bytes of output. */
  readonly output?: number;
  /** Things left behind by modules. */
  readonly leaks: number;
  /** The scenario says how many. */
  readonly leaksDeclared: boolean;
}

export interface Step {
  readonly at: Position;
  /** A module of the host, started like a program; or a line given to msh. */
  readonly action:
    | {
        readonly kind: "run";
        readonly module: string;
        /** Where it says so. */
        readonly at: Position;
        readonly args: readonly string[];
      }
    | { readonly kind: "msh"; readonly line: string };
  readonly stdin: string;
  /** Exit code; undefined: any but those of a crash. */
  readonly exit: number | "any" | undefined;
  readonly output: TextRules;
}

export interface Scenario {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  /** Why it is not run. */
  readonly skip: string | undefined;
  /** An image beside the scenario, "default" for the built-in disk; undefined: an empty disk. */
  readonly disk: string | undefined;
  /** Where it says so. */
  readonly diskAt: Position | undefined;
  readonly files: readonly Placed[];
  /** Steps are typed at the serial console: output has echo and prompt. */
  readonly console: boolean;
  readonly steps: readonly Step[];
  /** About everything that was printed. */
  readonly output: TextRules;
  /** About the messages of the simulator. */
  readonly messages: TextRules;
  readonly expectedFiles: readonly FileRules[];
  readonly budget: Budget;
  /** Simulated milliseconds. */
  readonly timeout: number | undefined;
  /** Host milliseconds. */
  readonly wallTimeout: number | undefined;
  readonly repeat: number;
  readonly seed: number | undefined;
  readonly compat404: boolean | undefined;
  readonly abi: "4.0.4" | "5.x" | undefined;
  readonly leaks: "report" | "ignore" | "error" | undefined;
  readonly ram: number | undefined;
  readonly stack: number | undefined;
}

/** Nothing is expected of a text. */
export const NO_RULES: TextRules = { contains: [], ordered: [], absent: [], matches: [] };
