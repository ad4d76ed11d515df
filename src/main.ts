import { ExitCode, UserError } from "./cli/exit-codes.ts";
import { instrumented } from "./cli/instruments.ts";
import { OutputClosed, writeAll } from "./cli/output.ts";
import { fullSpeed } from "./cli/jit-policy.ts";
import { parseCommandLine } from "./cli/parse.ts";
import { VERSION } from "./cli/version.ts";
import { DEFAULT_RAM, RAM_BASE, reserveMemory, SYSTEM_AREA } from "./memory/mod.ts";
import { visibleLines } from "./text/mod.ts";

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(argv);
  if (parsed.flag("help")) return help(parsed.command === "boot" ? [] : [parsed.command]);
  if (writesFiles(argv)) (await import("./cli/keep-inputs.ts")).keepInputs(parsed);
  if (parsed.command === "run" || parsed.command === "boot") {
    if (!parsed.flag("ram")) reserveMemory({ base: RAM_BASE, size: DEFAULT_RAM + SYSTEM_AREA });
  } else if (!["test", "version", "help"].includes(parsed.command)) {
    fullSpeed();
  }
  switch (parsed.command) {
    case "version":
      return say(VERSION);
    case "help":
      return help(parsed.operands);
    case "check":
      return (await import("./cli/check.ts")).check(parsed);
    case "disk":
      return (await import("./cli/disk/main.ts")).disk(parsed.operands);
    case "symbols":
      return (await import("./cli/symbols.ts")).symbols(parsed);
    case "sdk":
      return (await import("./cli/sdk.ts")).sdk(parsed);
    case "run":
      return instrumented(parsed, (await import("./cli/run.ts")).run);
    case "test":
      return instrumented(parsed, (await import("./cli/test.ts")).test);
    case "boot":
      return parsed.flag("version")
        ? say(VERSION)
        : instrumented(parsed, (await import("./cli/boot.ts")).boot);
  }
}

/** Options that may name a file to write; only who gives one pays for the look at what else is named. */
const OUTPUTS = [
  "-o",
  "--save",
  "--log",
  "--trace",
  "--coverage",
  "--profile",
  "--serial",
  "--reporter",
];

function writesFiles(argv: readonly string[]): boolean {
  for (const word of argv) for (const option of OUTPUTS) if (word.startsWith(option)) return true;
  return false;
}

async function help([topic, ...more]: readonly string[]): Promise<number> {
  if (topic === "disk") return (await import("./cli/disk/main.ts")).disk(["help", ...more]);
  const text = (await import("./cli/help.ts")).helpText(topic);
  if (text !== undefined) return say(text);
  throw new UserError(
    ExitCode.Usage,
    `no help on '${topic}'`,
    "topics: run, test, check, disk, symbols, sdk, version, help, exit-codes",
  );
}

function say(text: string): number {
  writeAll(1, new TextEncoder().encode(text));
  return ExitCode.Ok;
}

function complain(text: string): void {
  try {
    writeAll(2, new TextEncoder().encode(visibleLines(text)));
  } catch {
    // Nobody reads our stderr: the exit code has to say it alone.
  }
}

/** --json: programs read stdout. */
async function tell(code: number, text: string, hint?: string): Promise<void> {
  const argv = process.argv.slice(2);
  if (!argv.includes("--json")) return;
  try {
    const { printJsonError, wantsJson } = await import("./cli/json-error.ts");
    if (wantsJson(argv)) printJsonError(code, text, hint);
  } catch {
    // Nobody reads our stdout.
  }
}

async function start(): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (error instanceof UserError) {
      complain(`rtt-sim: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ""}`);
      process.exitCode = error.code;
      await tell(error.code, error.message, error.hint);
    } else if (error instanceof Error && error.name === "FirmwareError") {
      complain(
        `rtt-sim: ${error.message}\n  give --firmware an image that src/firmware/build.ts made\n`,
      );
      process.exitCode = ExitCode.BadData;
      await tell(ExitCode.BadData, error.message);
    } else if (error instanceof OutputClosed) {
      process.exitCode = ExitCode.Ok;
    } else {
      const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      complain(
        `rtt-sim: internal error: ${what}\n  this is a defect of rtt-sim, not of your module; please report it with the command line and the files\n`,
      );
      if (process.env.RTT_SIM_DEBUG && error instanceof Error) complain(`${error.stack}\n`);
      process.exitCode = ExitCode.Internal;
      await tell(ExitCode.Internal, what);
    }
  }
}

void start();
