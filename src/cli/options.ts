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

export type Command =
  "boot" | "run" | "test" | "check" | "disk" | "symbols" | "sdk" | "version" | "help";

const RUNNING: readonly Command[] = ["boot", "run"];
const TESTING: readonly Command[] = ["boot", "run", "test"];
const ALL: readonly Command[] = [
  "boot",
  "run",
  "test",
  "check",
  "symbols",
  "sdk",
  "version",
  "help",
];

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
    name: "save",
    value: "FILE",
    help: "write the whole disk as it is at the end to a raw image (or .gz); DISK itself is not changed",
    commands: ["boot", "run"],
  },
  {
    name: "mount",
    value: "WHAT:/PATH",
    multiple: true,
    help: "a folder of the host (read-only), an image or ram:SIZE as a file system of its own; repeatable",
    commands: TESTING,
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
    help: "simulated time after which a headless run ends with 124 (default 60s, for test 10s; 0 = none)",
    commands: TESTING,
  },
  {
    name: "wall-timeout",
    value: "TIME",
    help: "host time after which a run ends with 124 (default none)",
    commands: TESTING,
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
    name: "serial",
    value: "WHERE",
    help: "connect the console (uart0): stdio (default), pty, tcp:HOST:PORT, unix:PATH, file:PATH, null",
    commands: ["boot"],
  },
  {
    name: "serial1",
    value: "WHERE",
    help: "connect the second line (uart1), to the same choice; default null",
    commands: ["boot"],
  },
  {
    name: "pty-link",
    value: "PATH",
    help: "make a symbolic link to the pseudo terminal of --serial pty, else of --serial1 pty",
    commands: ["boot"],
  },
  {
    name: "log",
    value: "FILE",
    help: "write what the console prints to a file too, each line with its simulated time",
    commands: ["boot"],
  },
  {
    name: "editing",
    value: "rich|plain",
    help: "line editor: rich (default in a terminal) or the board's own (elsewhere and with --compat)",
    commands: ["boot"],
  },
  {
    name: "history",
    value: "N",
    help: "lines of history (default 5, in a terminal 500, kept between sessions)",
    commands: ["boot"],
  },
  {
    name: "rc",
    value: "PATH",
    help: "run this script of the disk before anything is typed",
    commands: ["boot"],
  },
  {
    name: "compat",
    value: "4.0.4",
    help: "reproduce the observable defects of that RT-Thread release",
    commands: TESTING,
  },
  {
    name: "abi",
    value: "4.0.4|5.x",
    help: "the release whose headers programs were compiled with: layouts, numbers and rules (default 4.0.4)",
    commands: TESTING,
  },
  {
    name: "ram",
    value: "SIZE",
    help: "end of the heap, counted from 0x60000000 (default 8M, up to 512M)",
    commands: [...TESTING, "check"],
  },
  {
    name: "stack",
    value: "SIZE",
    help: "stack of a module's main thread when the module does not say (default 32K)",
    commands: [...TESTING, "check"],
  },
  {
    name: "leaks",
    value: "report|ignore|error",
    help: "memory, files and callbacks that a module leaves behind (default report; error: exit code 138)",
    commands: TESTING,
  },
  {
    name: "engine",
    value: "interp|auto|jit",
    help: "how guest code is executed: interpreted, hot code translated (default), all translated",
    commands: TESTING,
  },
  {
    name: "seed",
    value: "N",
    help: "seed of the one source of randomness (default 1); for test also the schedule",
    commands: TESTING,
  },
  {
    name: "firmware",
    value: "FILE",
    help: "boot this firmware ELF instead of the built-in one",
    commands: ["boot", "run", "test", "check", "symbols"],
  },
  {
    name: "gdb",
    value: "[HOST:]PORT|unix:PATH",
    help: "let gdb (or lldb) connect there: `target remote :PORT`; with `target extended-remote :PORT`, `run` starts it again",
    commands: TESTING,
  },
  {
    name: "gdb-wait",
    help: "with --gdb: stop before the first instruction of a program's main until gdb connects",
    commands: TESTING,
  },
  {
    name: "trace",
    value: "calls,sched,load,insn",
    multiple: true,
    help: "show kernel calls, thread switches, what the loader does, or every instruction (on stderr)",
    commands: RUNNING,
  },
  {
    name: "trace-output",
    short: "o",
    value: "FILE",
    help: "write the text of --trace there instead of to stderr",
    commands: RUNNING,
  },
  {
    name: "trace-json",
    value: "FILE",
    help: "write scheduling and calls for chrome://tracing and Perfetto",
    commands: RUNNING,
  },
  {
    name: "trace-module",
    value: "NAME",
    help: "trace only what this module's code does",
    commands: RUNNING,
  },
  {
    name: "trace-thread",
    value: "NAME",
    help: "trace only this thread",
    commands: RUNNING,
  },
  {
    name: "trace-name",
    value: "GLOB",
    help: "trace only functions with such names, for instance 'rt_sem_*'",
    commands: RUNNING,
  },
  {
    name: "coverage",
    value: "FILE",
    help: "write which lines, functions and branches of the modules were executed (lcov tracefile); not together with --profile or --top",
    commands: TESTING,
  },
  {
    name: "coverage-merge",
    help: "with --coverage: add to the tracefile that is there instead of replacing it",
    commands: TESTING,
  },
  {
    name: "profile",
    value: "FILE",
    help: "write where instructions were spent: FILE.cpuprofile, FILE.speedscope.json or FILE.folded",
    commands: RUNNING,
  },
  {
    name: "top",
    help: "print the ten functions that took most instructions",
    commands: RUNNING,
  },
  {
    name: "symbols",
    value: "DIR",
    multiple: true,
    help: "look for unstripped modules (NAME.debug, NAME.elf, NAME.mo) here; repeatable",
    commands: TESTING,
  },
  { name: "stats", help: "print counters on stderr at the end", commands: RUNNING },
  { name: "disasm", help: "also show the code, an instruction a line", commands: ["check"] },
  { name: "json", help: "machine-readable output", commands: ["check", "run", "symbols", "test"] },
  {
    name: "out",
    value: "DIR",
    help: "copy files that the run makes or changes to this folder of the host",
    commands: ["run"],
  },
  {
    name: "reporter",
    value: "NAME[:FILE]",
    multiple: true,
    help: "text (default), junit, tap, json or github, to stdout or to a file; repeatable",
    commands: ["test"],
  },
  {
    name: "jobs",
    short: "j",
    value: "N",
    help: "processes that run tests (default: as many as there are cores, and work for)",
    commands: ["test"],
  },
  {
    name: "shard",
    value: "I/N",
    help: "the I-th of N parts of the tests",
    commands: ["test"],
  },
  {
    name: "filter",
    value: "WHAT",
    multiple: true,
    help: "tests with this text in their path or name, that match /this/, or that have tag:THIS",
    commands: ["test"],
  },
  { name: "bail", help: "stop at the first test that fails", commands: ["test"] },
  {
    name: "retry",
    value: "N",
    help: "run a failed test again: a result that differs is reported as a failure of its own",
    commands: ["test"],
  },
  {
    name: "explore",
    value: "N",
    help: "run each test under N other legal schedules, and name the first that fails",
    commands: ["test"],
  },
  { name: "update", help: "record transcripts instead of comparing them", commands: ["test"] },
  { name: "watch", help: "run again whenever a file changes", commands: ["test"] },
  { name: "wall", help: "reports have the host's times as well", commands: ["test"] },
  {
    name: "against",
    value: "4.0.4|FILE",
    help: "check for a stock RT-Thread 4.0.4, or for a board by its list_symbols text or kernel ELF",
    commands: ["check"],
  },
  {
    name: "force",
    help: "write into a folder that is not empty, over files of the same names",
    commands: ["sdk"],
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
    name: "test",
    usage: "test [options] PATH ...",
    help: "run smoke tests: modules, *.smoke.toml, folders and disk images with them",
  },
  {
    name: "check",
    usage: "check [options] FILE ...",
    help: "will these modules load, and what is wrong with them? Nothing is run",
  },
  {
    name: "disk",
    usage: "disk COMMAND ...",
    help: "work with disk images: create, ls, cp, mv, rm, cat, mkdir, info, fsck",
  },
  { name: "symbols", usage: "symbols [--json]", help: "list the exported symbol table" },
  {
    name: "sdk",
    usage: "sdk [--force] DIR",
    help: "write headers, build files and an example tree for making modules",
  },
  { name: "version", usage: "version", help: "show the version" },
  { name: "help", usage: "help [COMMAND | exit-codes]", help: "show help" },
];
