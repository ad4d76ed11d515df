import type { FloatContext } from "../cpu/mod.ts";
import type { Cpu, CpuFault, CpuStats, Exit } from "../cpu/types.ts";
import type { GuestMemory } from "../memory/mod.ts";

/** A core around another one, which does the work: whoever looks into a machine overrides what it wants to see. */
export class WrappedCore implements Cpu {
  /** The kernel's hook; `svc` is called before and around it. */
  protected hook: (imm: number) => boolean = () => false;

  constructor(protected readonly inner: Cpu) {
    inner.onSvc = (imm) => this.svc(imm);
  }

  get memory(): GuestMemory {
    return this.inner.memory;
  }
  get r(): Int32Array {
    return this.inner.r;
  }
  get cpsr(): number {
    return this.inner.cpsr;
  }
  set cpsr(value: number) {
    this.inner.cpsr = value;
  }
  get floatContext(): FloatContext | undefined {
    return this.inner.floatContext;
  }
  set floatContext(context: FloatContext | undefined) {
    this.inner.floatContext = context;
  }
  floatsInto(context: FloatContext | undefined): FloatContext | undefined {
    return this.inner.floatsInto(context);
  }
  get units(): number {
    return this.inner.units;
  }
  set units(value: number) {
    this.inner.units = value;
  }
  get fault(): CpuFault | undefined {
    return this.inner.fault;
  }
  get stats(): CpuStats {
    return this.inner.stats;
  }
  get onSvc(): (imm: number) => boolean {
    return this.hook;
  }
  set onSvc(hook: (imm: number) => boolean) {
    this.hook = hook;
  }
  jump(target: number): void {
    this.inner.jump(target);
  }
  invalidate(start: number, end: number): void {
    this.inner.invalidate(start, end);
  }
  clearExclusive(): void {
    this.inner.clearExclusive();
  }
  single(): Exit | undefined {
    return this.inner.single();
  }
  run(): Exit {
    return this.inner.run();
  }

  /** A supervisor call of the guest. */
  protected svc(imm: number): boolean {
    return this.hook(imm) && !this.looks();
  }

  /** Something happened in a call that is to be looked at before guest code goes on: `run` is left, and called again. */
  protected looks(): boolean {
    return false;
  }
}
