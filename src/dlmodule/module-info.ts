import type { KernelApi } from "../kernel/types.ts";
import { ObjectClass } from "../kernel/types.ts";
import { MODULE } from "./layout.ts";
import type { LifeCycle } from "./life-cycle.ts";
import { type Module, ModuleStruct } from "./module.ts";
import type { ModuleFacts } from "./module-facts.ts";
import type { Registry } from "./registry.ts";

export interface ModuleInfo extends ModuleFacts {
  /** module->mem_space, what list_module shows. */
  readonly memory: number;
  /** module->stat. */
  readonly stat: number;
  readonly entry: number;
  /** TCB, 0 when there is none. */
  readonly mainThread: number;
}

/** Modules as lists, reports and debuggers see them. */
export class ModuleInfos {
  private readonly struct: ModuleStruct;

  constructor(
    private readonly kernel: KernelApi,
    private readonly registry: Registry,
    private readonly life: LifeCycle,
  ) {
    this.struct = new ModuleStruct(kernel.memory);
  }

  /** One module; also a struct rt_dlmodule with nothing loaded, which 4.0.4 leaves after some failures. */
  of(address: number): ModuleInfo | undefined {
    const module = this.registry.get(address);
    if (module) return this.describe(module);
    const { objects } = this.kernel;
    if (!objects.list(ObjectClass.Module).includes(address)) return undefined;
    return this.describe({
      address,
      name: objects.name(address),
      path: "",
      block: 0,
      space: 0,
      size: 0,
      library: false,
    });
  }

  describe(
    module: Pick<Module, "address" | "name" | "path" | "block" | "space" | "size" | "library">,
  ): ModuleInfo {
    const { struct } = this;
    const { address, name, path, space, block, size, library } = module;
    return {
      name,
      path,
      address,
      nref: struct.get16(address, MODULE.NREF),
      memory: space,
      image: block,
      size,
      stat: struct.stat(address),
      priority: struct.get16(address, MODULE.PRIORITY),
      stackSize: this.life.stackSize(address),
      entry: struct.get(address, MODULE.ENTRY_ADDR),
      mainThread: struct.get(address, MODULE.MAIN_THREAD),
      library,
    };
  }
}
