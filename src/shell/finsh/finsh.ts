import { callGuest, type Task } from "../../kernel/call.ts";
import { GuestAborted } from "../../kernel/mod.ts";
import { toBytes } from "../keys.ts";
import { callFunction, moduleFunctions } from "../module-commands.ts";
import type { CommandContext } from "../types.ts";
import { evaluate, type Scope, type Value } from "./evaluate.ts";
import { FUNCTIONS, VARIABLES } from "./functions.ts";
import { FinshError } from "./lexer.ts";

/** More are not expected of a line of 80 characters. */
const MAX_ARGS = 8;

/** A fault in the function ends the call. */
function* call(entry: number, args: readonly number[]): Task<number> {
  try {
    return yield* callGuest(entry, ...args);
  } catch (error) {
    if (!(error instanceof GuestAborted)) throw error;
    return -1;
  }
}

/** The C mode of the shell: each line is an expression whose value is printed. */
export class Finsh {
  private readonly variables = new Map<string, number>(VARIABLES.map(({ name }) => [name, 0]));

  constructor(private readonly context: CommandContext) {}

  *run(line: string): Task<void> {
    const { console } = this.context.kernel;
    try {
      const value = yield* evaluate(line, this.scope());
      if (value !== undefined) console.print(this.show(value));
    } catch (error) {
      if (!(error instanceof FinshError)) throw error;
      console.print(`${error.message}\n`);
    }
  }

  private scope(): Scope {
    const { context, variables } = this;
    return {
      call: (name, args) =>
        FUNCTIONS.find((row) => row.name === name)?.run(context, args) ?? this.guest(name, args),
      // The addresses of the shell's own functions are not in guest memory.
      lookup: (name) => variables.get(name) ?? (context.symbols.lookup(name) || undefined),
      assign: (name, value) => variables.has(name) && !!variables.set(name, value),
    };
  }

  /**
   * A function that a module exports to this mode, or one of the kernel's; the original calls only functions that were exported to it.
   * Strings are on the heap while it runs.
   */
  private guest(name: string, args: readonly Value[]): Task<number> | undefined {
    const { context } = this;
    const { heap, memory, options } = context.kernel;
    const own = moduleFunctions(context).find((row) => row.name === name && !row.command);
    const entry = own || options.compat404 ? 0 : context.symbols.lookup(name);
    if (!own && entry === 0) return undefined;
    if (args.length > MAX_ARGS) throw new FinshError("Too many parameters");
    return (function* (): Task<number> {
      const strings: number[] = [];
      const words = args.map((arg) => {
        if (typeof arg === "number") return arg;
        const address = heap.alloc(arg.length + 1);
        if (address === 0) return 0;
        memory.write(address, toBytes(`${arg}\0`));
        strings.push(address);
        return address;
      });
      const result = own ? yield* callFunction(context, own, words) : yield* call(entry, words);
      for (const address of strings) heap.free(address);
      return result;
    })();
  }

  /** The value as a number, with its low byte as a character where that can be printed. */
  private show(value: Value): string {
    const number = typeof value === "string" ? this.place(value) : value;
    const char = number & 0xff;
    const letter = char > 0x20 && char < 0x7e ? `'${String.fromCharCode(char)}', ` : "";
    return `\t${letter}${number | 0}, 0x${(number >>> 0).toString(16).padStart(8, "0")}\n`;
  }

  /** The address a string gets in memory, which it keeps only while the line runs. */
  private place(text: string): number {
    const { heap, memory } = this.context.kernel;
    const address = heap.alloc(text.length + 1);
    if (address === 0) return 0;
    memory.write(address, toBytes(`${text}\0`));
    heap.free(address);
    return address;
  }
}
