import { amount } from "../elf/mod.ts";
import type { ElfSymbols } from "../elf/mod.ts";
import type { KernelApi } from "../kernel/types.ts";
import { ObjectClass } from "../kernel/types.ts";
import { fixPersonalities, fixTypeTables } from "./exceptions.ts";
import { stringBytes } from "./guest-strings.ts";
import { blockSize } from "./heap-need.ts";
import { MODULE, PRIORITY_MAX, STACK_404, STACK_404_MAX, STAT } from "./layout.ts";
import { LoadError } from "./load-error.ts";
import * as text from "./messages.ts";
import { Module, ModuleStruct, moduleName } from "./module.ts";
import type { LoadPlan } from "./plan-types.ts";
import type { Bindings } from "./bind.ts";
import { relocate404 } from "./relocate-404.ts";
import { relocate } from "./relocate-arm.ts";

/** module->nsym is 16 bits wide. */
const NSYM_MAX = 0xffff;

/** Puts a planned module into guest memory; everything it allocates is given back when it throws. */
export class Placer {
  private readonly struct: ModuleStruct;
  private readonly view: DataView;

  constructor(
    private readonly kernel: KernelApi,
    /** Stack of a main thread when the module does not say. */
    private readonly stackSize: number,
  ) {
    this.struct = new ModuleStruct(kernel.memory);
    this.view = new DataView(kernel.memory.wasm.buffer);
  }

  /** Relocation records applied so far, in all modules. */
  relocations = 0;

  /** dlmodule_create: struct rt_dlmodule with its defaults, 0 when there is no memory. */
  create(path: string, references = 1): number {
    const { kernel, struct } = this;
    const address = kernel.objects.allocate(ObjectClass.Module, "module");
    if (address === 0) return 0;
    struct.setStat(address, STAT.INIT);
    struct.set16(address, MODULE.PRIORITY, PRIORITY_MAX - 1);
    struct.set(address, MODULE.STACK_SIZE, this.stackSize);
    struct.set(address, MODULE.OBJECT_LIST, address + MODULE.OBJECT_LIST);
    struct.set(address, MODULE.OBJECT_LIST + 4, address + MODULE.OBJECT_LIST);
    struct.setName(address, moduleName(path));
    struct.set16(address, MODULE.NREF, references);
    return address;
  }

  place(path: string, plan: LoadPlan, bindings: Bindings, symbols: ElfSymbols | undefined): Module {
    const module = this.reserve(path, plan, bindings.size, symbols);
    try {
      this.complete(module, bindings);
    } catch (error) {
      this.release(module);
      throw error;
    }
    return module;
  }

  /** The module with its block of `size` bytes, in which nothing is yet. */
  reserve(path: string, plan: LoadPlan, size: number, symbols: ElfSymbols | undefined): Module {
    const { heap, objects } = this.kernel;
    const address = this.create(path);
    if (address === 0) throw new LoadError("", "there is no memory left for its module object");
    const space = heap.alloc(blockSize(plan, size));
    if (space === 0) {
      objects.delete(address);
      const free = heap.total - heap.used;
      throw new LoadError(
        text.NO_SPACE,
        `it needs a block of ${amount(size, "byte")}; the heap has ${amount(free, "byte")} free${free > size ? ", but not in one piece" : ""}: end other modules or give more memory with --ram`,
      );
    }
    // The image begins where its link-time address and its place have the same remainder.
    const block = space + ((plan.start - space) & (plan.align - 1));
    return new Module(address, path, plan, size, space, block, symbols);
  }

  /** Fills and relocates it. */
  complete(module: Module, bindings: Bindings): void {
    const { plan, block, size } = module;
    this.fill(plan, bindings, block);
    this.describe(module);
    this.kernel.cpu.invalidate(block, block + size);
  }

  /** Gives back what `reserve` took. */
  release({ space, address }: Module): void {
    this.kernel.heap.free(space);
    this.kernel.objects.delete(address);
  }

  private fill(plan: LoadPlan, bindings: Bindings, block: number): void {
    const { memory } = this.kernel;
    memory.fill(block, bindings.size, 0);
    for (const { vaddr, bytes } of plan.segments) memory.write(block + vaddr - plan.start, bytes);
    if (plan.original) {
      this.relocations += relocate404(plan, bindings, this.view, block);
      return;
    }
    this.relocations += relocate(plan, bindings, this.view, block);
    for (const { name, from, to, size } of bindings.copies) {
      if (!memory.contains(from, size))
        throw new LoadError(
          "",
          `its variable ${name} is to be a copy of ${amount(size, "byte")} at 0x${from.toString(16)}, where there are not so many`,
        );
      memory.write(block + to - plan.start, memory.read(from, size));
    }
    fixTypeTables(plan, this.view, block);
    fixPersonalities(plan, this.view, block);
  }

  /** The fields that describe the placed module. */
  private describe(module: Module): void {
    const { struct } = this;
    const { address, plan, bias } = module;
    struct.set(address, MODULE.VSTART_ADDR, plan.start);
    struct.set(address, MODULE.ENTRY_ADDR, bias + plan.entry);
    struct.set(address, MODULE.MEM_SPACE, module.space);
    struct.set(address, MODULE.MEM_SIZE, module.size);
    this.table(module);
    this.parameters(module);
    struct.set(address, MODULE.INIT_FUNC, this.functionOf(module, "module_init"));
    struct.set(address, MODULE.CLEANUP_FUNC, this.functionOf(module, "module_cleanup"));
  }

  /** module->symtab, every name in a heap block of its own. */
  private table(module: Module): void {
    const { heap, memory } = this.kernel;
    const functions = module.plan.functions.slice(0, NSYM_MAX);
    if (functions.length === 0) return;
    const blocks = [heap.alloc(8 * functions.length)];
    const [table] = blocks;
    if (table !== 0)
      for (const { name, value } of functions) {
        const at = heap.alloc(name.length + 1);
        if (at === 0) break;
        memory.write(at, stringBytes(name));
        memory.st32(table + 8 * (blocks.length - 1), module.bias + value);
        memory.st32(table + 8 * (blocks.length - 1) + 4, at);
        blocks.push(at);
      }
    if (blocks.length <= functions.length) {
      // 4.0.4 writes it to address 0.
      for (const block of blocks) if (block !== 0) heap.free(block);
      throw new LoadError("", "there is no memory left for the table of its functions");
    }
    this.struct.set16(module.address, MODULE.NSYM, functions.length);
    this.struct.set(module.address, MODULE.SYMTAB, table);
  }

  /** dlmodule_thread_priority and dlmodule_thread_stacksize, variables of the module. */
  private parameters(module: Module): void {
    const { memory, options } = this.kernel;
    const priority = this.variable(module, "dlmodule_thread_priority", 2);
    if (priority !== 0) {
      const value = memory.ld16(priority);
      if (value < PRIORITY_MAX) this.struct.set16(module.address, MODULE.PRIORITY, value);
    }
    const stack = this.variable(module, "dlmodule_thread_stacksize", 4);
    if (stack !== 0) {
      const value = memory.ldu32(stack);
      // 4.0.4 has the test the wrong way round: it takes what exec then refuses.
      const taken = options.compat404 ? value < STACK_404 || value > STACK_404_MAX : value !== 0;
      if (taken) this.struct.set(module.address, MODULE.STACK_SIZE, value);
    }
  }

  /** Guest address of a variable of the module that is `size` bytes long, 0 when it has none of that name. */
  private variable(module: Module, name: string, size: number): number {
    const symbol = module.plan.exports.get(name);
    if (!symbol) return 0;
    const address = module.addressOf(symbol);
    return module.contains(address) && module.contains(address + size - 1) ? address : 0;
  }

  private functionOf(module: Module, name: string): number {
    for (const symbol of module.plan.functions)
      if (symbol.name === name) return symbol.value !== 0 ? module.addressOf(symbol) : 0;
    return 0;
  }
}
