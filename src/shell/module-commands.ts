import { callGuest, type Task } from "../kernel/call.ts";
import { GuestAborted } from "../kernel/mod.ts";
import { toBytes } from "./keys.ts";
import type { Command, CommandContext, LoadedModule, ShellParts } from "./types.ts";

/** The variables that MSH_CMD_EXPORT and FINSH_FUNCTION_EXPORT define: struct finsh_syscall { name, desc, func }. */
const SYMBOL = /^__fsym_/;
/** What 4.0.4 puts before the name of a command; a name without it is a function of the C mode. */
const COMMAND_PREFIX = "__cmd_";
const NAME = /^[\x21-\x7e]{1,32}$/;
const MAX_HELP = 128;

/** One row of a module's FSymTab. */
export interface ModuleFunction {
  readonly name: string;
  readonly help: string;
  readonly module: number;
  /** Address of the function. */
  readonly entry: number;
  /** Declared with MSH_CMD_EXPORT of 4.0.4: takes argc and argv. */
  readonly command: boolean;
}

const known = new WeakMap<LoadedModule, readonly ModuleFunction[]>();

/** What the loaded modules export to the shell, oldest module first. */
export function moduleFunctions({ kernel, modules }: ShellParts): ModuleFunction[] {
  const functions: ModuleFunction[] = [];
  for (const { address } of [...(modules.modules?.() ?? [])].reverse()) {
    const module = modules.find?.(address);
    if (!module) continue;
    let rows = known.get(module);
    if (!rows) {
      rows = functionsOf(kernel.memory, module);
      known.set(module, rows);
    }
    functions.push(...rows);
  }
  return functions;
}

function functionsOf(
  memory: ShellParts["kernel"]["memory"],
  module: LoadedModule,
): ModuleFunction[] {
  const rows: ModuleFunction[] = [];
  const inside = (address: number): boolean => module.contains(address);
  for (const [symbol, exported] of module.plan.exports) {
    if (!SYMBOL.test(symbol)) continue;
    const row = module.addressOf(exported);
    if (row % 4 !== 0 || !inside(row) || !inside(row + 11)) continue;
    const [name, help, entry] = [0, 4, 8].map((offset) => memory.ldu32(row + offset));
    if (!inside(name) || !inside(entry)) continue;
    const full = memory.cstring(name, COMMAND_PREFIX.length + 33);
    const command = full.startsWith(COMMAND_PREFIX);
    const short = command ? full.slice(COMMAND_PREFIX.length) : full;
    if (!NAME.test(short)) continue;
    const text = inside(help) ? memory.cstring(help, MAX_HELP) : "";
    rows.push({ name: short, help: text, module: module.address, entry, command });
  }
  return rows;
}

/** The functions as commands. RT-Thread 5 has no prefix, nor a C mode: there every function is a command. */
export function moduleCommands(parts: ShellParts): Command[] {
  return moduleFunctions(parts)
    .filter(({ command }) => command || parts.kernel.options.abi === "5.x")
    .map((row) => ({
      name: row.name,
      help: row.help,
      run: (context, argv) => runCommand(context, row, argv),
    }));
}

/** Calls the function with argc and argv, which are on the heap while it runs. */
function* runCommand(
  context: CommandContext,
  row: ModuleFunction,
  argv: readonly string[],
): Task<number> {
  const { heap, memory } = context.kernel;
  const bytes = argv.map((word) => toBytes(`${word}\0`));
  const table = 4 * (argv.length + 1);
  const block = heap.alloc(bytes.reduce((sum, { length }) => sum + length, table));
  if (block === 0) return -1;
  let at = block + table;
  bytes.forEach((word, i) => {
    memory.st32(block + 4 * i, at);
    memory.write(at, word);
    at += word.length;
  });
  memory.st32(block + 4 * argv.length, 0);
  const result = yield* callFunction(context, row, [argv.length, block]);
  heap.free(block);
  return result;
}

/** Calls a function of a module in the shell's thread. A fault in it ends the module, not the shell. */
export function* callFunction(
  { modules }: CommandContext,
  { entry, module }: ModuleFunction,
  args: readonly number[],
): Task<number> {
  try {
    return yield* callGuest(entry, ...args);
  } catch (error) {
    if (!(error instanceof GuestAborted)) throw error;
    yield* modules.kill?.(module) ?? (function* (): Task<void> {})();
    return -1;
  }
}
