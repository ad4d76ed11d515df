import { AL, Const, Inst, NONE, NZCV, Op, type Operand, opRows, TEMP, TEMPS } from "./ops.ts";

/** Largest number of guest instructions of a block: bounds the work thrown away when it is left early or rewritten. */
export const BLOCK_LIMIT = 32;

/**
 * Builds the IR of a block, one guest instruction after the other. Handlers see the pc as the instruction sees it, and
 * need not care for conditions: ops of a conditional instruction are put behind a `skip`, shared by neighbours with the
 * same condition.
 */
export class Builder {
  readonly insts: Inst[] = [];
  readonly pcs: number[] = [];
  readonly its: number[] = [];
  /** Address of the current instruction. */
  pc = 0;
  /** Its size in bytes. */
  size = 0;
  /** Condition of the current instruction. */
  cond = AL;
  /** ITSTATE for the next instruction. */
  it = 0;
  /** True in an IT block: 16-bit data processing leaves the flags alone. */
  inIT = false;
  /** Set when nothing behind the current instruction can be reached from it. */
  ended = false;

  private temps = 0;
  private skip: Inst | undefined;
  private skipCond = AL;
  /** Where the last skip goes on. */
  private joined = -1;

  constructor(readonly thumb: boolean) {}

  /** Starts the instruction at `pc`. */
  begin(pc: number, size: number, cond: number): void {
    this.pcs.push(pc);
    this.its.push(this.it);
    this.pc = pc;
    this.size = size;
    this.cond = cond;
    this.temps = 0;
    if (this.skip && cond !== this.skipCond) this.closeSkip();
  }

  /** Ends the block behind the current instruction. */
  finish(): void {
    this.closeSkip();
    this.pcs.push(this.pc + this.size);
    this.its.push(this.it);
  }

  /** Address behind the current instruction, as a return address or fall-through. */
  get next(): number {
    return (this.pc + this.size) | 0;
  }
  /** The pc as an operand reads it (A2.3.1). */
  get pcValue(): number {
    return (this.pc + (this.thumb ? 4 : 8)) | 0;
  }
  /** Align(PC, 4). */
  get pcBase(): number {
    return this.pcValue & ~3;
  }

  /** Register n as a source. */
  reg(n: number): Operand {
    return n === 15 ? new Const(this.pcValue) : n;
  }
  imm(value: number): Const {
    return new Const(value | 0);
  }
  /** A fresh temporary. */
  temp(): number {
    if (this.temps === TEMPS - 1) throw new Error("IR: an instruction needs too many temporaries");
    return TEMP + ++this.temps;
  }
  /** The operand in a register. */
  inRegister(x: Operand): number {
    if (typeof x === "number") return x;
    const t = this.temp();
    this.emit(Op.mov, t, NONE, x);
    return t;
  }

  /**
   * The constant which the last op has put into register d under the same condition, as MOVW does before MOVT; that op is
   * dropped, the caller writes d.
   */
  takeConstant(d: number): number | undefined {
    const x = this.insts.at(-1);
    const sure = this.cond === AL ? this.joined !== this.insts.length : this.skip !== undefined;
    if (x?.op !== Op.mov || x.d !== d || !x.kb || x.set || !sure) return undefined;
    x.op = Op.nop;
    return x.b;
  }

  /** d = a op b with the flags of `set`; d may be NONE. */
  alu(op: number, d: number, a: Operand, b: Operand, set = 0): void {
    if (typeof a !== "number" && typeof b !== "number" && set === 0) {
      if (op === Op.add) return this.mov(d, this.imm(a.value + b.value));
      if (op === Op.sub) return this.mov(d, this.imm(a.value - b.value));
    }
    this.emit(op, d, this.inRegister(a), b, set);
  }
  add(d: number, a: Operand, b: Operand): void {
    this.alu(Op.add, d, a, b);
  }
  sub(d: number, a: Operand, b: Operand): void {
    this.alu(Op.sub, d, a, b);
  }
  mov(d: number, b: Operand, set = 0): void {
    if (set === 0 && d === b) return;
    this.emit(Op.mov, d, NONE, b, set);
  }
  not(d: number, b: number, set = 0): void {
    this.emit(Op.mvn, d, NONE, b, set);
  }
  /** d = op a. */
  unary(op: number, d: number, a: Operand): void {
    this.emit(op, d, this.inRegister(a), NONE);
  }
  /** Shift by a constant that is not 0, or by a register. */
  shift(op: number, d: number, a: Operand, amount: Operand, set = 0): void {
    this.emit(op, d, this.inRegister(a), amount, set);
  }
  setCarry(value: number): void {
    const x = this.push(Op.setc);
    x.i = value;
    x.set = opRows[Op.setc].sets;
  }
  /** Any op of registers d, e, a, b, c. */
  wide(
    op: number,
    r: { d: number; e?: number; a: Operand; b: Operand; c?: Operand },
    set = 0,
  ): Inst {
    const a = this.inRegister(r.a);
    const b = this.inRegister(r.b);
    const c = r.c === undefined ? NONE : this.inRegister(r.c);
    const x = this.push(op);
    x.d = r.d;
    x.e = r.e ?? NONE;
    x.a = a;
    x.b = b;
    x.c = c;
    x.set = set;
    return x;
  }
  /** d = op(a, i, j). */
  field(op: number, d: number, a: Operand, i: number, j = 0): void {
    const source = this.inRegister(a);
    const x = this.push(op);
    x.d = d;
    x.a = source;
    x.i = i;
    x.j = j;
  }

  /** d = [base + (offset << shift)]. */
  load(op: number, d: number, base: Operand, offset: Operand, shift = 0): void {
    const x = this.access(op, base, offset, shift);
    x.d = d;
  }
  store(op: number, value: Operand, base: Operand, offset: Operand, shift = 0): void {
    const s = this.inRegister(value);
    const x = this.access(op, base, offset, shift);
    x.s = s;
  }
  /** A memory op on [base + (offset << shift)]; the caller fills in the data registers. */
  access(op: number, base: Operand, offset: Operand, shift = 0): Inst {
    if (typeof base !== "number" && typeof offset !== "number") {
      base = this.imm(base.value + offset.value);
      offset = this.imm(0);
    } else base = this.inRegister(base);
    const x = this.push(op);
    this.source(x, base, offset);
    x.i = shift;
    return x;
  }
  /** ldm, stm: the registers of `mask` at base + offset. */
  multiple(op: number, base: number, mask: number, offset: number): void {
    const x = this.push(op);
    x.a = base;
    x.i = mask;
    x.j = offset;
  }

  /** Branch to a constant address of the given instruction set. */
  branch(address: number, thumb = this.thumb): void {
    const to = (address & ~1) | (thumb ? 1 : 0);
    if (this.cond !== AL && !this.skip) {
      const x = new Inst(Op.brc, this.pcs.length - 1);
      x.cond = this.cond;
      x.to = to;
      this.insts.push(x);
      return;
    }
    const x = this.push(Op.br);
    x.to = to;
    this.end();
  }
  /** Branch when the condition holds, whatever the condition of the instruction. */
  branchIf(cond: number, address: number): void {
    const x = this.push(Op.brc);
    x.cond = cond;
    x.to = address | (this.thumb ? 1 : 0);
  }
  branchZero(op: number, a: number, address: number): void {
    const x = this.push(op);
    x.a = a;
    x.to = address | (this.thumb ? 1 : 0);
  }
  /** BXWritePC (A2.3.2): bit 0 selects the instruction set. */
  branchExchange(a: Operand): void {
    if (typeof a !== "number") return this.branch(a.value, (a.value & 1) !== 0);
    this.push(Op.bx).a = a;
    this.end();
  }
  /** ALUWritePC: interworking in A32 (ARMv7), not in Thumb. */
  aluWritePc(a: Operand): void {
    if (!this.thumb) return this.branchExchange(a);
    if (typeof a !== "number") return this.branch(a.value);
    const t = this.temp();
    this.alu(Op.orr, t, a, this.imm(1));
    this.branchExchange(t);
  }

  svc(imm: number): void {
    this.push(Op.svc).i = imm;
  }
  bkpt(imm: number): void {
    this.push(Op.bkpt).i = imm;
    this.end();
  }
  undefined(): void {
    this.push(Op.udf);
    this.end();
  }

  /** Appends an op with operands to be filled in. */
  push(op: number): Inst {
    if (this.cond !== AL && !this.skip) this.openSkip();
    const x = new Inst(op, this.pcs.length - 1);
    this.insts.push(x);
    return x;
  }

  private emit(op: number, d: number, a: number, b: Operand, set = 0): void {
    const x = this.push(op);
    x.d = d;
    this.source(x, a, b);
    x.set = set;
  }
  private source(x: Inst, a: Operand, b: Operand): void {
    x.ka = typeof a !== "number";
    x.a = typeof a === "number" ? a : a.value;
    x.kb = typeof b !== "number";
    x.b = typeof b === "number" ? b : b.value;
  }
  private end(): void {
    if (this.cond === AL) this.ended = true;
  }
  private openSkip(): void {
    const x = new Inst(Op.skip, this.pcs.length - 1);
    x.cond = this.cond ^ 1;
    this.insts.push(x);
    this.skip = x;
    this.skipCond = this.cond;
  }
  private closeSkip(): void {
    if (!this.skip) return;
    this.skip.label = this.joined = this.insts.length;
    this.skip = undefined;
  }

  /** True when the current instruction writes flags, or calls what may, so that its condition says nothing about the next. */
  get wroteFlags(): boolean {
    const n = this.pcs.length - 1;
    for (let k = this.insts.length - 1; k >= 0 && this.insts[k].at === n; k--) {
      const { op, set } = this.insts[k];
      if (set & NZCV || op === Op.svc || op === Op.br || op === Op.bx) return true;
    }
    return false;
  }
  /** Ends a shared skip behind the current instruction. */
  separate(): void {
    this.closeSkip();
  }
  /** The current instruction reaches up to the border of a page, or across it; what goes on behind it is counted. */
  cross(border: number): void {
    this.closeSkip();
    const x = new Inst(Op.cross, this.pcs.length - 1);
    x.i = border | 0;
    this.insts.push(x);
    this.joined = this.insts.length;
  }
}
