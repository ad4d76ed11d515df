import type { Cpu } from "../cpu/types.ts";
import type { CallResult, ExportGroup, ExportRow } from "./call.ts";
import type { Kernel } from "./kernel.ts";
import { Trap } from "./board.ts";

type Handler = (context: never, a0: number, a1: number, a2: number, a3: number) => CallResult;

/** A firmware calls something no table of exported calls has. */
export class UnboundCall extends Error {
  constructor(name: string) {
    super(`${name} is not implemented`);
  }
}

/**
 * Supervisor calls: `svc #0` with the number of an exported function in ip (r12), as the stubs of the firmware do, and the trap words of
 * the system area.
 */
export class SupervisorCalls {
  private readonly rows = new Map<string, { row: ExportRow<never>; context: unknown }>();
  private handlers: Handler[] = [];
  private contexts: unknown[] = [];
  private names: readonly string[] = [];
  private readonly cpu: Cpu;

  constructor(private readonly k: Kernel) {
    this.cpu = k.cpu;
    k.cpu.onSvc = (imm) => this.serve(imm);
  }

  register<C>(group: ExportGroup<C>): void {
    for (const row of group.rows)
      this.rows.set(row.name, { row: row as unknown as ExportRow<never>, context: group.context });
  }

  /** Gives every number of the firmware its function. */
  bind(svcNames: readonly string[]): void {
    this.names = svcNames;
    this.handlers = svcNames.map((name) => this.rows.get(name)?.row.call ?? unbound(name));
    this.contexts = svcNames.map((name) => this.rows.get(name)?.context);
  }

  /** Calls an exported function from the host, as part of the running thread. */
  call(name: string, ...args: number[]): CallResult {
    const bound = this.rows.get(name);
    if (bound === undefined) throw new UnboundCall(name);
    const [a0 = 0, a1 = 0, a2 = 0, a3 = 0] = args;
    return bound.row.call(bound.context as never, a0, a1, a2, a3);
  }

  /** Names the firmware calls and nobody serves. */
  get unserved(): string[] {
    return this.names.filter((name) => !this.rows.has(name));
  }

  private serve(imm: number): boolean {
    if (imm !== 0) return this.trap(imm);
    const { k, cpu } = this;
    const r = cpu.r;
    const n = r[12];
    let result: CallResult;
    try {
      const handler = this.handlers[n];
      if (handler === undefined) throw new UnboundCall(`supervisor call ${n}`);
      result = handler(this.contexts[n] as never, r[0], r[1], r[2], r[3]);
    } catch (error) {
      k.faults.pend(error);
      return false;
    }
    if (typeof result === "number") r[0] = result;
    else if (result !== undefined) {
      k.runner.running?.push(result, (value) => {
        if (typeof value === "number") cpu.r[0] = value;
      });
      return false;
    }
    return !(k.scheduler.requested || k.runner.leave);
  }

  private trap(imm: number): boolean {
    const { k, cpu } = this;
    if (((cpu.r[15] - 4) | 0) !== (k.trap(imm) | 0)) {
      k.faults.pend(new UnboundCall(`svc #${imm}`));
    } else if (imm === Trap.Return) {
      k.runner.guestReturned();
    } else if (imm === Trap.ThreadExit) {
      k.exitThread();
    }
    return false;
  }
}

function unbound(name: string): Handler {
  return () => {
    throw new UnboundCall(name);
  };
}
