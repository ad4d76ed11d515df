import type { Task } from "../kernel/call.ts";
import type { Audit } from "./audit.ts";
import type { EndEvent, LoaderParts, Signal } from "./context.ts";
import { heldAddresses } from "./held-addresses.ts";
import type { LeftBehind } from "./left-behind.ts";
import type { Module } from "./module.ts";
import type { Registry } from "./registry.ts";
import { visible } from "./visible.ts";

/** What is said when modules end: what they leave behind, what they have damaged, who still has their addresses. */
export class EndReports {
  /** Things left behind since the last program ended. */
  private leaks: string[] = [];
  /** The heap was found overwritten since then. */
  private damaged = false;

  constructor(
    private readonly parts: LoaderParts,
    private readonly auditor: Audit,
    private readonly registry: Registry,
    private readonly ends: Signal<EndEvent>,
  ) {}

  /** A program has ended; with it goes what its libraries have left. */
  ended({ name, path, address, end }: Module): void {
    const { how, code } = end ?? { how: "closed", code: 0 };
    const { leaks, damaged } = this;
    this.leaks = [];
    this.damaged = false;
    this.ends.emit({ name, path, address, how, code, left: leaks.length, leaks, damaged });
  }

  /** Gives back what a module leaves behind, and says so when it ended in good order. */
  *audit(module: Module, devices: readonly LeftBehind[]): Task<void> {
    const { kernel, options } = this.parts;
    if (kernel.options.compat404) return;
    const path = visible(module.path);
    const damage = this.auditor.damage();
    if (damage !== undefined) {
      this.damaged = true;
      if (!damage.told) this.say(`heap corruption, found at the end of ${path}`, [damage.text]);
    }
    if (module.library && options?.leaks !== "ignore") {
      const held = heldAddresses(module, this.registry, kernel.memory);
      if (held.length > 0)
        this.say(
          `${path} is unloaded, and others still have addresses of its functions`,
          held.map(visible),
        );
    }
    const { things, lines } = yield* this.auditor.run(module, devices);
    const { how } = module.end ?? { how: "closed" };
    const orderly = how === "returned" || how === "exit" || how === "closed";
    if (lines.length === 0 || !orderly || !module.ready || options?.leaks === "ignore") return;
    this.leaks.push(...things);
    this.say(`${path} left behind (given back now)`, lines);
  }

  private say(what: string, lines: readonly string[]): void {
    this.parts.options?.diagnostics?.(`${what}:${lines.map((line) => `\n  ${line}`).join("")}`);
  }
}
