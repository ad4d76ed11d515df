/** Exit codes of the binary; 0..123 are the module's own. The table is printed by `rtt-sim help exit-codes`. */
export const ExitCode = {
  Ok: 0,
  TestFailed: 1,
  Usage: 2,
  NoTests: 5,
  BadData: 65,
  NoInput: 66,
  NoOutput: 74,
  Timeout: 124,
  Internal: 125,
  NotLoadable: 126,
  NotFound: 127,
  Aborted: 134,
  Killed: 137,
  Leaks: 138,
  Fault: 139,
  Deadlock: 140,
} as const;

export const EXIT_CODE_HELP: readonly (readonly [code: string, meaning: string])[] = [
  [
    "0..123",
    "return value of main, or exit() argument, of the module that the command line or the shell started last (mod 256); a fault or abort of one that it started comes before 0; result of a built-in command",
  ],
  ["1", "test: a test failed"],
  ["2", "wrong use of the command line"],
  ["5", "test: no tests were found"],
  ["65", "the disk image or file is not usable"],
  ["66", "an input file is missing or unreadable"],
  [
    "74",
    "the output cannot be written, for instance because the host's disk is full or standard output is closed; a reader that has seen enough (| head) is no error",
  ],
  ["124", "time-out (--timeout or --wall-timeout)"],
  ["125", "internal error of the simulator: please report it"],
  ["126", "module found but not loadable"],
  ["127", "command or module not found"],
  [
    "129-131, 143",
    "ended by SIGHUP, SIGINT, SIGQUIT or SIGTERM; test: all its processes end, and the reports name what was not run; 128 + n is also the end of a module by raise(n) without a handler",
  ],
  ["134", "abort() or failed assertion in a module, or its heap was found overwritten"],
  ["137", "the debugger ended the run"],
  ["138", "the module left memory, files or callbacks behind (--leaks error)"],
  ["139", "fault in a module: bad memory access, undefined instruction, stack overflow"],
  ["140", "deadlock: nothing can ever run again"],
  [
    "255",
    "a built-in command of the shell failed (cat of a file that is not there), or was used wrongly",
  ],
];

/** An error the user can cause: one sentence, a hint, an exit code. Everything else is an internal error. */
export class UserError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
