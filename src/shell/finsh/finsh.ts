import { callGuest, type Task } from "../../kernel/call.ts";
import { GuestAborted } from "../../kernel/mod.ts";
import { callFunction, type ModuleFunction, moduleFunctions } from "../module-commands.ts";
import type { CommandContext } from "../types.ts";
import { evaluate, type Store } from "./evaluate.ts";
import { FUNCTIONS, VARIABLES } from "./functions.ts";
import { FinshError } from "./lexer.ts";
import { type Names, parse } from "./parse.ts";
import { Storage } from "./storage.ts";
import { INT } from "./types.ts";

/** The C mode of the shell: each line is an expression whose value is printed, or a declaration. */
export class Finsh {
  private readonly storage: Storage;
  private readonly names: Names;
  private readonly store: Store;

  constructor(private readonly context: CommandContext) {
    const storage = new Storage(context.kernel);
    this.storage = storage;
    this.names = {
      find: (name) => {
        const variable = this.variable(name);
        if (variable) return { kind: "variable", variable };
        const address = this.function(name)?.entry ?? this.exported(name);
        return address === 0 ? undefined : { kind: "constant", value: address | 0, type: INT };
      },
      callable: (name) =>
        FUNCTIONS.some((row) => row.name === name) ||
        this.function(name) !== undefined ||
        this.variable(name) !== undefined ||
        this.exported(name) !== 0,
      declare: (name, type) => ({ kind: "variable", variable: storage.declare(name, type) }),
    };
    this.store = {
      load: (place) => storage.load(place),
      store: (place, value) => storage.store(place, value),
      text: (text) => storage.text(text),
      call: (name, args) => this.call(name, args),
    };
  }

  *run(line: string): Task<void> {
    const { console } = this.context.kernel;
    if (line.trim() === "") return;
    try {
      const nodes = parse(line, this.names);
      let value = 0;
      for (const node of nodes) ({ value } = yield* evaluate(node, this.store));
      console.print(show(value));
    } catch (error) {
      if (!(error instanceof FinshError)) throw error;
      console.print(`${error.message}\n`);
    }
  }

  /** One that was declared, or that the system exports. */
  private variable(name: string) {
    const declared = this.storage.find(name);
    if (declared || !VARIABLES.some((row) => row.name === name)) return declared;
    return this.storage.declare(name, INT);
  }

  /** A function that a module exports to this mode. */
  private function(name: string): ModuleFunction | undefined {
    return moduleFunctions(this.context).find((row) => row.name === name && !row.command);
  }

  /** The original knows only what was exported to this mode; here the kernel's functions can be called too. */
  private exported(name: string): number {
    const { kernel, symbols } = this.context;
    return kernel.options.compat404 ? 0 : symbols.lookup(name);
  }

  /** A function by its name, or through a variable that holds its address. */
  private *call(name: string, args: readonly number[]): Task<number> {
    const { context } = this;
    const own = this.function(name);
    const variable = this.variable(name);
    if (variable) return yield* callAddress(this.storage.load(variable) >>> 0, args);
    const row = own ? undefined : FUNCTIONS.find((row) => row.name === name);
    if (row) {
      const result = row.run(context, args);
      return typeof result === "number" ? result : yield* result;
    }
    return own
      ? yield* callFunction(context, own, args)
      : yield* callAddress(this.exported(name), args);
  }
}

/** A fault in the function ends the call. */
function* callAddress(entry: number, args: readonly number[]): Task<number> {
  if (entry === 0) throw new FinshError("Null node");
  try {
    return yield* callGuest(entry, ...args);
  } catch (error) {
    if (!(error instanceof GuestAborted)) throw error;
    return -1;
  }
}

/** The value as a number, with its low byte as a character where that can be printed. */
function show(value: number): string {
  const char = value & 0xff;
  const letter = char > 0x20 && char < 0x7e ? `'${String.fromCharCode(char)}', ` : "";
  return `\t${letter}${value | 0}, 0x${(value >>> 0).toString(16).padStart(8, "0")}\n`;
}
