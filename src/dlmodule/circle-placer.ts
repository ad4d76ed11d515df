import type { Task } from "../kernel/call.ts";
import type { Bindings } from "./bind.ts";
import type { CircleFile } from "./circle.ts";
import type { Libraries } from "./libraries.ts";
import { LoadError } from "./load-error.ts";
import type { Module } from "./module.ts";
import type { Placer } from "./place.ts";
import type { Draft, Preparer } from "./prepare.ts";

interface Member {
  readonly path: string;
  readonly needs: readonly string[];
  readonly draft: Draft;
  /** Libraries that are no part of the circle, each with a reference. */
  readonly others: Module[];
  readonly absent: string[];
}

/** Places the libraries of a circle: all of them lie in memory before the first is relocated. None of their code runs here. */
export class CirclePlacer {
  constructor(
    private readonly preparer: Preparer,
    private readonly placer: Placer,
    private readonly libraries: Libraries,
    /** Says why a file is not loaded; throws what is no defect of a file. */
    private readonly refuse: (path: string, error: unknown) => void,
  ) {}

  /** The modules in the order in which they start; undefined when one is refused, and nothing is left of the others. */
  *place(files: readonly CircleFile[]): Task<Module[] | undefined> {
    const members: Member[] = [];
    let done = false;
    const root = files.at(-1)!.path;
    let at = root;
    try {
      for (const { path, needs } of files) {
        at = path;
        const bytes = this.preparer.read(path);
        // What there is to say of the one that was asked for has been said.
        const draft = path === root ? this.preparer.draft(bytes) : this.preparer.plan(bytes);
        members.push({ path, needs, draft, others: [], absent: [] });
      }
      const inside = new Set(files.map(({ path }) => path.toLowerCase()));
      for (const { draft, others, absent } of members)
        yield* this.libraries.require(draft.plan.needed, others, absent, inside);
      const modules = this.relocated(members, (path) => (at = path));
      done = true;
      return modules;
    } catch (error) {
      this.refuse(at, error);
      if (at !== root)
        this.refuse(
          root,
          new LoadError("", `it needs the library ${at} (DT_NEEDED), which cannot be loaded`),
        );
      done = true;
      // All in one: what is left when the thread ends meanwhile goes as well.
      yield* this.libraries.release(members.flatMap(({ others }) => others));
      return undefined;
    } finally {
      // The thread has ended while it waited for one of them.
      if (!done) for (const { others } of members) this.libraries.releaseLater(others);
    }
  }

  private relocated(members: readonly Member[], looking: (path: string) => void): Module[] {
    const { libraries, placer } = this;
    const modules: Module[] = [];
    try {
      const sizes = members.map((member) => {
        looking(member.path);
        // A definition has no address yet; that it is there settles the size.
        return this.bound(member, member.others, (name) =>
          Number(members.some(({ draft }) => draft.plan.exports.has(name))),
        );
      });
      members.forEach(({ path, draft }, n) => {
        looking(path);
        modules.push(placer.reserve(path, draft.plan, sizes[n].size, draft.symbols));
      });
      const byPath = new Map(modules.map((module) => [module.path.toLowerCase(), module]));
      members.forEach(({ needs, others }, n) => {
        const inside = needs.flatMap((path) => byPath.get(path.toLowerCase()) ?? []);
        modules[n].needed = [...new Set(inside), ...others];
      });
      members.forEach((member, n) => {
        looking(member.path);
        placer.complete(
          modules[n],
          this.bound(member, modules[n].needed, () => 0),
        );
      });
      libraries.adoptCircle(modules);
      return modules;
    } catch (error) {
      for (const module of modules) placer.release(module);
      throw error;
    }
  }

  private bound(
    { draft, absent }: Member,
    needed: readonly Module[],
    otherwise: (name: string) => number,
  ): Bindings {
    const { hardFloat } = draft.plan;
    const lookup = (name: string): number =>
      this.libraries.scope.lookup(name, needed, hardFloat) || otherwise(name);
    return this.preparer.bind(draft, lookup, absent).bindings;
  }
}
