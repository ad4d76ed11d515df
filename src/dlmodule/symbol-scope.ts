import type { SymbolTable } from "../kernel/types.ts";
import type { Module } from "./module.ts";

/** Where a symbol is looked for, and in which order. */
export class SymbolScope {
  /** Opened with RTLD_GLOBAL, in this order. */
  readonly globals = new Set<Module>();

  constructor(private readonly symbols: SymbolTable) {}

  /**
   * A symbol for a file that is being loaded: the kernel's, of a library opened RTLD_GLOBAL, of one that the file needs. `hard`:
   * the file passes floating-point values in VFP registers.
   */
  lookup(name: string, needed: readonly Module[], hard: boolean): number {
    const address = this.kernels(name, hard);
    if (address !== 0) return address;
    return this.first(name, [...this.globals, ...withNeeded(needed)]);
  }

  /** dlsym of a handle: the library and what it needs. */
  inLibrary(name: string, module: Module): number {
    return this.first(name, withNeeded([module]));
  }

  /** dlsym of RTLD_DEFAULT: what a file loaded by `program` would be given, or a definition of the program itself. */
  anywhere(name: string, program: Module | undefined): number {
    const address = this.kernels(name, program?.plan.hardFloat);
    if (address !== 0) return address;
    return this.first(name, this.order(program));
  }

  /** dlsym of RTLD_NEXT: the definition behind the caller's, the kernel's last. */
  after(name: string, caller: Module | undefined, program: Module | undefined): number {
    const order = this.order(program);
    const place = caller ? order.indexOf(caller) : -1;
    const address = this.first(name, order.slice(place + 1));
    const hard = (caller ?? program)?.plan.hardFloat;
    return address !== 0 ? address : this.kernels(name, hard);
  }

  /** The kernel's; `hard`: for a file that passes floating-point values in VFP registers. */
  kernels(name: string, hard: boolean | undefined): number {
    return (hard && this.symbols.floatEntry?.(name)) || this.symbols.lookup(name);
  }

  private order(program: Module | undefined): Module[] {
    return [...new Set([...withNeeded(program ? [program] : []), ...this.globals])];
  }

  private first(name: string, modules: Iterable<Module>): number {
    for (const module of modules) {
      const symbol = module.plan.exports.get(name);
      if (symbol) return module.addressOf(symbol) | 0;
    }
    return 0;
  }
}

/** The modules and what they need, breadth first, each once. */
function withNeeded(modules: readonly Module[]): Module[] {
  const order = new Set(modules);
  for (const module of order) for (const needed of module.needed) order.add(needed);
  return [...order];
}
