import { type EndEvent, Signal } from "./context.ts";
import { Audit } from "./audit.ts";
import { Causes } from "./causes.ts";
import { EndReports } from "./end-reports.ts";
import { Endings } from "./endings.ts";
import { Finder } from "./finder.ts";
import { Libdl } from "./libdl.ts";
import { Libraries } from "./libraries.ts";
import { LibraryUsers } from "./library-users.ts";
import { LifeCycle } from "./life-cycle.ts";
import { Loading } from "./loading.ts";
import { ModuleInfos } from "./module-info.ts";
import { Objects } from "./objects.ts";
import { Orphans } from "./orphans.ts";
import { Placer } from "./place.ts";
import { Preparer } from "./prepare.ts";
import { Programs } from "./programs.ts";
import { Refusals } from "./refusals.ts";
import { Registry } from "./registry.ts";
import { StartUp } from "./start-up.ts";
import { Starting } from "./starting.ts";
import { ThreadVariables } from "./thread-variables.ts";
import { STACK_404, STACK_DEFAULT } from "./layout.ts";
import type { Loader } from "./loader.ts";
import type { Module } from "./module.ts";

/** What the loader consists of, each with what it needs of the others. */
export class Workings {
  readonly ends = new Signal<EndEvent>();
  readonly registry = new Registry();
  readonly causes = new Causes();
  readonly starting = new Starting();
  readonly placer: Placer;
  readonly threadVariables: ThreadVariables;
  readonly audit: Audit;
  readonly finder: Finder;
  readonly life: LifeCycle;
  readonly infos: ModuleInfos;
  readonly refusals: Refusals;
  readonly endings: Endings;
  readonly startUp: StartUp;
  readonly loading: Loading;
  readonly programs: Programs;
  readonly libdl: Libdl;
  private readonly libraries: Libraries;
  private readonly reports: EndReports;

  constructor(loader: Loader) {
    const { parts } = loader;
    const { kernel, vfs, options } = parts;
    const { compat404 } = kernel.options;
    const { registry, causes, starting } = this;
    const preparer = new Preparer(parts);
    const objects = new Objects(parts);
    const stackSize = options?.stackSize ?? (compat404 ? STACK_404 : STACK_DEFAULT);
    const placer = (this.placer = new Placer(kernel, stackSize));
    this.threadVariables = new ThreadVariables(kernel);
    const audit = (this.audit = new Audit(parts, registry, objects, () => starting.system(kernel)));
    const reports = (this.reports = new EndReports(parts, audit, registry, this.ends));
    const finder = (this.finder = new Finder(vfs, (path) => preparer.member(path) !== undefined));
    const life = (this.life = new LifeCycle(parts, {
      audit: (module, devices) => {
        module.facts = infos.describe(module);
        return reports.audit(module, devices);
      },
      device: (device) => audit.device(device),
      finished: (module) => this.finished(module),
      leaked: (module) => reports.ended(module),
      leaving: (module, object) => {
        const left = audit.object(module, object);
        if (left && left.kind !== "device") module.left.push(left);
      },
      orphan: (owner, nested) => orphans.end(owner, nested),
      dropLibraries: (owner) => users.dropAll(owner),
    }));
    const infos = (this.infos = new ModuleInfos(kernel, registry, life));
    const refusals = (this.refusals = new Refusals(parts, placer));
    const endings = (this.endings = new Endings(parts, registry, life, objects, starting, causes));
    const libraries = (this.libraries = new Libraries(loader, life, registry));
    const users = new LibraryUsers(libraries, registry, objects, (site) => audit.name(site));
    const startUp = (this.startUp = new StartUp(
      parts,
      audit,
      libraries,
      life,
      endings,
      starting,
      causes,
    ));
    this.loading = new Loading(
      kernel,
      finder,
      preparer,
      placer,
      registry,
      objects,
      libraries,
      refusals,
      starting,
      startUp,
    );
    this.programs = new Programs(this.loading, life, endings, startUp, refusals, compat404);
    const orphans = new Orphans(
      kernel,
      registry,
      infos,
      audit,
      life,
      endings,
      startUp,
      libraries,
      users,
    );
    this.libdl = new Libdl(loader, libraries, registry);
  }

  /** The module is gone. */
  private finished(module: Module): void {
    const closedAt = module.library ? this.audit.allocations.caller() : 0;
    this.registry.remove(module, module.facts ?? this.infos.describe(module), closedAt);
    this.libraries.forget(module);
    this.libdl.forget(module);
    this.threadVariables.moduleEnded(module);
    if (!module.library) this.reports.ended(module);
  }
}
