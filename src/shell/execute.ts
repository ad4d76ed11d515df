import type { Task } from "../kernel/call.ts";
import { Errno, OpenFlag } from "../vfs/mod.ts";
import { tryVfs } from "./commands/paths.ts";
import { behindBuffer, SCRIPT_LINE, scriptLines } from "./script.ts";
import { firstWord, leadingBlanks, splitArguments } from "./split.ts";
import type { Command, CommandContext } from "./types.ts";

/** What a line turned out to be, and what came of it. */
export type LineOutcome =
  | { readonly kind: "empty" | "script"; readonly result: 0 }
  /** `status` is what became of it; the result is what system() gives for it. */
  | {
      readonly kind: "command";
      readonly result: number;
      readonly status: number;
      readonly name: string;
    }
  /** `module` is what dlmodule_exec returned: 0 when the file could not be loaded. The result is 0 all the same. */
  | {
      readonly kind: "module";
      readonly result: 0;
      readonly path: string;
      readonly module: number;
    }
  | { readonly kind: "not-found"; readonly result: -1; readonly name: string };

const EMPTY: LineOutcome = { kind: "empty", result: 0 };
const SCRIPT: LineOutcome = { kind: "script", result: 0 };

/**
 * msh_exec() of RT-Thread 4.0.4: a built-in command, a script, a module, in that order.
 *
 * @param line The line buffer.
 * @param length How many of its characters are the line; the rest matters only where the original looks behind the end.
 */
export function* executeLine(
  context: CommandContext,
  line: string,
  length = line.length,
): Task<LineOutcome> {
  const blanks = leadingBlanks(line, length);
  const rest = line.slice(blanks);
  const size = length - blanks;
  if (size === 0) return EMPTY;
  const word = firstWord(rest, size);

  const command = context.commands.find(({ name }) => name === word);
  if (command) return yield* runCommand(context, command, rest, size);

  const script = /\.sh|\.SH/.test(word) ? openFirst(context, [word, `/bin/${word}`]) : undefined;
  if (script) return yield* runScript(context, script.fd);

  const file = /\.mo|\.MO/.test(word) ? word : `${word}.mo`;
  const places = [file, `/bin/${file}`];
  const program = openFirst(context, places);
  if (program) context.vfs.close(program.fd);
  const path = program?.path ?? places.find((place) => context.modules.exists?.(place));
  if (path !== undefined) {
    const module = yield* context.modules.exec(path, rest);
    return { kind: "module", result: 0, path, module };
  }

  // Cut at the first blank, not at a tab.
  const name = rest.split(" ", 1)[0];
  context.kernel.fail(Errno.ENOENT);
  context.kernel.console.print(`${name}: command not found.\n`);
  return { kind: "not-found", result: -1, name };
}

function* runCommand(
  context: CommandContext,
  { name, run, mute }: Command,
  line: string,
  length: number,
): Task<LineOutcome> {
  const { argv, tooMany } = splitArguments(line, length);
  if (tooMany) {
    const kept = argv.map((word) => `${word} `).join("");
    context.kernel.console.print(`Too many args ! We only Use:\n${kept}\n`);
  }
  const answer = run(context, argv);
  const status = (typeof answer === "object" ? yield* answer : answer) ?? 0;
  return { kind: "command", result: mute ? 0 : status, status, name };
}

/** Runs a script by its path; false when there is none. */
export function* executeScript(context: CommandContext, path: string): Task<boolean> {
  const script = openFirst(context, [path]);
  if (script) yield* runScript(context, script.fd);
  return script !== undefined;
}

function* runScript(context: CommandContext, fd: number): Task<LineOutcome> {
  const { kernel, vfs } = context;
  for (const line of scriptLines(vfs, fd)) {
    if (line[leadingBlanks(line)] === "#") continue;
    const endless = line.length === SCRIPT_LINE && kernel.options.compat404;
    yield* executeLine(context, endless ? line + behindBuffer(kernel) : line, line.length);
  }
  vfs.close(fd);
  return SCRIPT;
}

function openFirst(
  { vfs }: CommandContext,
  paths: readonly string[],
): { fd: number; path: string } | undefined {
  for (const path of paths) {
    const fd = tryVfs(() => vfs.open(path, OpenFlag.RdOnly));
    if (fd !== undefined) return { fd, path };
  }
  return undefined;
}
