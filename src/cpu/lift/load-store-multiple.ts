import type { A32, Handlers, Thumb16, Thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { Op, type Operand, TEMP } from "../ir/ops.ts";
import { base, type Mode, registerOffset } from "./load-store.ts";

// Load and store of several registers: LDM, STM, PUSH, POP (ARM ARM A4.7), LDRD, STRD.

const count = (mask: number): number => {
  let n = 0;
  for (let m = mask; m; m &= m - 1) n++;
  return n;
};

/** Increment after, increment before, decrement after, decrement before. */
type Order = "ia" | "ib" | "da" | "db";

function startOf(order: Order, bytes: number): number {
  if (order === "ia") return 0;
  if (order === "ib") return 4;
  return order === "da" ? 4 - bytes : -bytes;
}

/** A loaded base is not written back. */
function loadMultiple(ir: Builder, n: number, mask: number, order: Order, W: number): void {
  const bytes = count(mask) * 4;
  ir.multiple(Op.ldm, n, mask, startOf(order, bytes));
  if (W && !(mask & (1 << n))) ir.add(n, n, ir.imm(order.startsWith("i") ? bytes : -bytes));
  if (mask & 0x8000) ir.branchExchange(TEMP);
}
function storeMultiple(ir: Builder, n: number, mask: number, order: Order, W: number): void {
  const bytes = count(mask) * 4;
  if (mask & 0x8000) ir.mov(TEMP, ir.reg(15));
  ir.multiple(Op.stm, n, mask, startOf(order, bytes));
  if (W) ir.add(n, n, ir.imm(order.startsWith("i") ? bytes : -bytes));
}

type Fields = { n: number; r: number; W: number };
const ldm =
  (order: Order, least = 1) =>
  (ir: Builder, { n, r, W }: Fields): void => {
    if (count(r) < least) return ir.undefined();
    loadMultiple(ir, n, r, order, W);
  };
const stm =
  (order: Order, least = 1) =>
  (ir: Builder, { n, r, W }: Fields): void => {
    if (count(r) < least) return ir.undefined();
    storeMultiple(ir, n, r, order, W);
  };
const push =
  (least: number) =>
  (ir: Builder, { r }: { r: number }): void =>
    stm("db", least)(ir, { n: 13, r, W: 1 });
const pop =
  (least: number) =>
  (ir: Builder, { r }: { r: number }): void =>
    ldm("ia", least)(ir, { n: 13, r, W: 1 });

/** LDRD, STRD <Rt>, <Rt2>, <address>: aligned to 4, the base written back last. */
function dual(
  ir: Builder,
  load: boolean,
  t: number,
  u: number,
  n: number,
  offset: Operand,
  mode: Mode,
): void {
  // The register offset of a writeback form may be loaded: compute the new base first.
  let moved: Operand = offset;
  if (mode !== "offset" && typeof offset === "number") {
    moved = ir.temp();
    ir.add(moved, n, offset);
  }
  const direct = mode === "offset" || typeof offset !== "number";
  const address = direct ? base(ir, n) : mode === "pre" ? moved : n;
  const by = direct && mode !== "post" ? offset : ir.imm(0);
  const x = ir.access(load ? Op.ldrd : Op.strd, address, by);
  if (load) {
    x.d = t;
    x.e = u;
  } else {
    x.s = t;
    x.t = u;
  }
  if (mode === "offset") return;
  if (typeof offset === "number") ir.mov(n, moved);
  else ir.add(n, n, offset);
}

type DualFields = { t: number; u: number; n: number; i: number; U: number };
const t32Dual =
  (load: boolean, mode: Mode) =>
  (ir: Builder, { t, u, n, i, U }: DualFields): void =>
    dual(ir, load, t, u, n, ir.imm(U ? i * 4 : -i * 4), mode);
const a32Dual =
  (load: boolean, mode: Mode) =>
  (ir: Builder, { t, n, i, U }: { t: number; n: number; i: number; U: number }): void =>
    dual(ir, load, t, t + 1, n, ir.imm(U ? i : -i), mode);
const a32DualRegister =
  (load: boolean, mode: Mode) =>
  (ir: Builder, { t, n, m, U }: { t: number; n: number; m: number; U: number }): void =>
    dual(ir, load, t, t + 1, n, registerOffset(ir, { m, U }).offset, mode);

export const thumb16Multiple = () =>
  ({
    push: (ir, { r, M }) => push(1)(ir, { r: r | (M << 14) }),
    pop: (ir, { r, P }) => pop(1)(ir, { r: r | (P << 15) }),
    stm: (ir, { n, r }) => storeMultiple(ir, n, r, "ia", 1),
    ldm: (ir, { n, r }) => loadMultiple(ir, n, r, "ia", 1),
  }) satisfies Partial<Handlers<Thumb16, Builder>>;

export const thumb32Multiple = () =>
  ({
    push: push(2),
    pop: pop(2),
    stm: stm("ia", 2),
    ldm: ldm("ia", 2),
    stmdb: stm("db", 2),
    ldmdb: ldm("db", 2),
    ldrd_lit: (ir, { t, u, i, U }) =>
      dual(ir, true, t, u, 15, ir.imm(U ? i * 4 : -i * 4), "offset"),
    strd_imm: t32Dual(false, "offset"),
    strd_pre: t32Dual(false, "pre"),
    strd_post: t32Dual(false, "post"),
    ldrd_imm: t32Dual(true, "offset"),
    ldrd_pre: t32Dual(true, "pre"),
    ldrd_post: t32Dual(true, "post"),
  }) satisfies Partial<Handlers<Thumb32, Builder>>;

export const a32Multiple = () =>
  ({
    push: push(1),
    pop: pop(1),
    stmda: stm("da"),
    ldmda: ldm("da"),
    stm: stm("ia"),
    ldm: ldm("ia"),
    stmdb: stm("db"),
    ldmdb: ldm("db"),
    stmib: stm("ib"),
    ldmib: ldm("ib"),
    ldrd_imm: a32Dual(true, "offset"),
    ldrd_pre: a32Dual(true, "pre"),
    ldrd_post: a32Dual(true, "post"),
    ldrd_reg: a32DualRegister(true, "offset"),
    ldrd_reg_pre: a32DualRegister(true, "pre"),
    ldrd_reg_post: a32DualRegister(true, "post"),
    strd_imm: a32Dual(false, "offset"),
    strd_pre: a32Dual(false, "pre"),
    strd_post: a32Dual(false, "post"),
    strd_reg: a32DualRegister(false, "offset"),
    strd_reg_pre: a32DualRegister(false, "pre"),
    strd_reg_post: a32DualRegister(false, "post"),
  }) satisfies Partial<Handlers<A32, Builder>>;
