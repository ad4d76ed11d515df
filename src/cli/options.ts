/**
 * Every option of the command line, one row each: parser, help and suggestions derive from it.
 */
export interface OptionRow {
  readonly name: string;
  readonly short?: string;
  /** Name of the value in help; absent for a flag. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
  readonly commands: readonly Command[];
}

export type Command = "boot" | "run" | "check" | "symbols" | "version" | "help";

const RUNNING: readonly Command[] = ["boot", "run"];
const ALL: readonly Command[] = ["boot", "run", "check", "symbols", "version", "help"];

export const OPTIONS = [
  {
    name: "command",
    short: "c",
    value: "LINE",
    multiple: true,
    help: "run an msh line headless instead of opening the shell; repeatable",
    commands: ["boot"],
  },
  {
    name: "snapshot",
    help: "keep changes to the disk in memory and discard them at the end",
    commands: ["boot"],
  },
  {
    name: "disk",
    value: "DISK",
    help: "put the module on a copy of this disk (the file is not changed)",
    commands: ["run"],
  },
  {
    name: "with",
    value: "FILE[:PATH]",
    multiple: true,
    help: "place a host file on the disk (default: in the root, under its own name); repeatable",
    commands: ["run"],
  },
  {
    name: "time",
    value: "virtual|real",
    help: "clock of the simulation (default: real in a terminal, virtual elsewhere)",
    commands: RUNNING,
  },
  {
    name: "timeout",
    value: "TIME",
    help: "simulated time after which a headless run ends with 124 (default 60s; 0 = none)",
    commands: RUNNING,
  },
  {
    name: "wall-timeout",
    value: "TIME",
    help: "host time after which a run ends with 124 (default none)",
    commands: RUNNING,
  },
  {
    name: "line-delay",
    value: "TIME",
    help: "simulated time to let pass after each line of piped input (default 0)",
    commands: ["boot"],
  },
  {
    name: "pace",
    value: "TIME|FILE",
    help: "type each line of piped input after so much simulated silence; FILE: a row SILENCE [LEAST] per line",
    commands: ["boot"],
  },
  {
    name: "compat",
    value: "4.0.4",
    help: "reproduce the observable defects of that RT-Thread release",
    commands: RUNNING,
  },
  {
    name: "ram",
    value: "SIZE",
    help: "end of the heap, counted from 0x60000000 (default 8M, up to 512M)",
    commands: RUNNING,
  },
  {
    name: "stack",
    value: "SIZE",
    help: "stack of a module's main thread when the module does not say (default 32K)",
    commands: RUNNING,
  },
  {
    name: "leaks",
    value: "report|ignore|error",
    help: "memory, files and callbacks that a module leaves behind (default report; error: exit code 138)",
    commands: RUNNING,
  },
  {
    name: "engine",
    value: "interp|auto|jit",
    help: "how guest code is executed: interpreted (default), hot code translated, all translated",
    commands: RUNNING,
  },
  {
    name: "seed",
    value: "N",
    help: "seed of the one source of randomness (default 1)",
    commands: RUNNING,
  },
  {
    name: "firmware",
    value: "FILE",
    help: "boot this firmware ELF instead of the built-in one",
    commands: ["boot", "run", "check", "symbols"],
  },
  {
    name: "gdb",
    value: "[HOST:]PORT|unix:PATH",
    help: "let gdb (or lldb) connect there: `target remote :PORT`",
    commands: RUNNING,
  },
  {
    name: "gdb-wait",
    help: "with --gdb: stop before the first instruction of a program's main until gdb connects",
    commands: RUNNING,
  },
  {
    name: "symbols",
    value: "DIR",
    multiple: true,
    help: "look for unstripped modules (NAME.debug, NAME.elf, NAME.mo) here; repeatable",
    commands: RUNNING,
  },
  { name: "stats", help: "print counters on stderr at the end", commands: RUNNING },
  { name: "json", help: "machine-readable output", commands: ["check", "symbols"] },
  {
    name: "against",
    value: "4.0.4|FILE",
    help: "check for a stock RT-Thread 4.0.4, or for a board by its list_symbols text or kernel ELF",
    commands: ["check"],
  },
  { name: "help", short: "h", help: "show help", commands: ALL },
  { name: "version", short: "V", help: "show the version", commands: ["boot"] },
] as const satisfies readonly OptionRow[];

export type OptionName = (typeof OPTIONS)[number]["name"];

export const COMMANDS: readonly { name: Command; usage: string; help: string }[] = [
  {
    name: "boot",
    usage: "[options] [DISK]",
    help: "boot DISK and open msh; without DISK, the built-in default disk",
  },
  {
    name: "boot",
    usage: "[options] [DISK] -c LINE ...",
    help: "run msh lines headless, then leave",
  },
  {
    name: "run",
    usage: "run [options] FILE.mo [ARG ...]",
    help: "run one module from the host, like a program",
  },
  {
    name: "check",
    usage: "check [options] FILE ...",
    help: "will these modules load, and what is wrong with them? Nothing is run",
  },
  { name: "symbols", usage: "symbols [--json]", help: "list the exported symbol table" },
  { name: "version", usage: "version", help: "show the version" },
  { name: "help", usage: "help [COMMAND | exit-codes]", help: "show help" },
];
