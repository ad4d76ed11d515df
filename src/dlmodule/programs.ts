import { SCHEDULE, type Task } from "../kernel/call.ts";
import { amount } from "../elf/mod.ts";
import type { Endings } from "./endings.ts";
import type { LifeCycle } from "./life-cycle.ts";
import type { Loading, LoadOptions } from "./loading.ts";
import type { Refusals } from "./refusals.ts";
import type { StartUp } from "./start-up.ts";

/** From a file to a program that runs. */
export class Programs {
  constructor(
    private readonly loading: Loading,
    private readonly life: LifeCycle,
    private readonly endings: Endings,
    private readonly startUp: StartUp,
    private readonly refusals: Refusals,
    private readonly compat404: boolean,
  ) {}

  /**
   * dlmodule_exec: loads the file and starts its main thread with the arguments of `line`, which begins with the command word.
   * Does not wait. Returns the address of struct rt_dlmodule, 0 when the file was refused.
   */
  *exec(path: string, line: string, file?: LoadOptions["file"]): Task<number> {
    const module = yield* this.loading.load(path, { as: "program", file });
    if (!module) return 0;
    const { name, address, plan } = module;
    if (!plan.program && !this.compat404) {
      this.refusals.refuse(module.path, [
        plan.object
          ? "it is an object file without a function main, with which a program begins"
          : "it has no entry (it was linked with `-e 0`, or with `-e main` and has no function main): it is a library for dlopen, not a program",
      ]);
      yield* this.endings.unload(module);
      return 0;
    }
    if (!this.life.start(module, line)) {
      this.refusals.refuse(module.path, [
        `there is no memory for its main thread with a stack of ${amount(this.life.stackSize(module.address), "byte")}: end other modules or give more memory with --ram`,
      ]);
      yield* this.endings.unload(module);
      return 0;
    }
    this.startUp.begins.emit({ name, path: module.path, address });
    // rt_thread_startup: a thread with a better priority runs before the caller goes on.
    yield SCHEDULE;
    return address;
  }
}
