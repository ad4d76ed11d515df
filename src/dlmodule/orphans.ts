import type { Task } from "../kernel/call.ts";
import type { KernelApi } from "../kernel/types.ts";
import type { Audit } from "./audit.ts";
import type { Endings } from "./endings.ts";
import type { Libraries } from "./libraries.ts";
import type { LibraryUsers } from "./library-users.ts";
import type { LifeCycle } from "./life-cycle.ts";
import type { Module } from "./module.ts";
import type { ModuleInfos } from "./module-info.ts";
import type { Registry } from "./registry.ts";
import type { StartUp } from "./start-up.ts";
import { quoted } from "./visible.ts";

/** What becomes of modules whose owner ends before them. */
export class Orphans {
  constructor(
    private readonly kernel: KernelApi,
    private readonly registry: Registry,
    private readonly infos: ModuleInfos,
    private readonly audit: Audit,
    private readonly life: LifeCycle,
    private readonly endings: Endings,
    private readonly startUp: StartUp,
    private readonly libraries: Libraries,
    private readonly users: LibraryUsers,
  ) {}

  /** A module object in the list of a module that ends: a library it has open, or a program that it started. */
  *end(owner: Module, address: number): Task<void> {
    const { heap, objects, options } = this.kernel;
    const { compat404 } = options;
    const nested = this.registry.get(address);
    if (!nested) {
      if (compat404 || !heap.owns?.(address)) return;
      owner.left.push({
        kind: "module object",
        name: quoted(objects.name(address)),
        from: this.audit.origins.of(address),
        more: "dlmodule_create without dlmodule_destroy",
      });
      objects.delete(address);
      return;
    }
    if (!nested.ready && !compat404) {
      // A thread of the owner was loading it.
      this.startUp.discard(nested, "killed");
      if (nested.circle) yield* this.endings.unload(nested);
      else yield* this.life.destroy(nested);
    } else if (nested.library && !compat404) {
      if (this.libraries.isShared(nested)) yield* this.users.orphan(nested, owner);
      else {
        owner.left.push({
          kind: "module",
          name: nested.path,
          from: this.audit.origins.of(address),
          more: "dlmodule_load without dlmodule_destroy",
        });
        yield* this.life.destruct(nested);
        yield* this.life.destroy(nested);
      }
    } else if (nested.library) this.registry.remove(nested, this.infos.describe(nested));
    else {
      owner.left.push({
        kind: "program",
        name: nested.path,
        from: this.audit.origins.of(address),
        more: "which it started and which still ran",
      });
      yield* this.life.terminate(nested, "killed", -1);
    }
  }
}
