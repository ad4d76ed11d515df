import type { A32, Handlers, Thumb16, Thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { Op, type Operand } from "../ir/ops.ts";
import { shifted } from "./operand.ts";

// Load and store of one register (ARM ARM A4.6): <op><c> <Rt>, <address>.

/** Where the base register ends up: [n + offset], [n + offset]!, [n], offset. */
export type Mode = "offset" | "pre" | "post";

type Access = "ldr" | "ldrb" | "ldrh" | "ldrsb" | "ldrsh" | "str" | "strb" | "strh";

/** The base as an address: the pc aligned to 4 for literals. */
export function base(ir: Builder, n: number): Operand {
  return n === 15 ? ir.imm(ir.pcBase) : n;
}

/** Register offset: m shifted, negative when U is 0. Returns the operand and a left shift the access itself can do. */
export function registerOffset(
  ir: Builder,
  f: { m: number; y?: number; i?: number; U?: number },
): { offset: Operand; shift: number } {
  const { m, y = 0, i = 0, U = 1 } = f;
  if (U === 1 && y === 0) return { offset: ir.reg(m), shift: i };
  const offset = shifted(m, y, i)(ir, false);
  if (U === 1) return { offset, shift: 0 };
  const t = ir.temp();
  ir.alu(Op.rsb, t, offset, ir.imm(0));
  return { offset: t, shift: 0 };
}

/** Performs the access; a load of the pc branches with interworking after the base is written back (LoadWritePC). */
function transfer(
  ir: Builder,
  access: Access,
  t: number,
  n: number,
  offset: Operand,
  shift: number,
  mode: Mode,
): void {
  const load = access.startsWith("l");
  const target = t === 15 ? ir.temp() : t;
  const perform = (address: Operand, by: Operand, left = 0): void => {
    if (load) ir.load(Op[access], target, address, by, left);
    else ir.store(Op[access], ir.reg(t), address, by, left);
  };
  const zero = ir.imm(0);
  if (mode === "offset") perform(base(ir, n), offset, shift);
  else if (typeof offset !== "number") {
    perform(n, mode === "pre" ? offset : zero);
    ir.add(n, n, offset);
  } else {
    // The new base first: the offset register may be the one that is loaded.
    let by = offset;
    if (shift) {
      by = ir.temp();
      ir.shift(Op.lsl, by, offset, ir.imm(shift));
    }
    const moved = ir.temp();
    ir.add(moved, n, by);
    perform(mode === "pre" ? moved : n, zero);
    ir.mov(n, moved);
  }
  if (load && t === 15) ir.branchExchange(target);
}

const signed = (i: number, U: number): number => (U ? i : -i);

type ImmFields = { t: number; n: number; i: number; U?: number };
type RegFields = { t: number; n: number; m: number; i?: number; y?: number; U?: number };

/** Immediate offset of `scale` bytes; sign 0 takes U, -1 is always negative. */
const immediate =
  (access: Access, mode: Mode, scale = 1, negative = false) =>
  (ir: Builder, { t, n, i, U }: ImmFields): void => {
    const value = signed(i * scale, negative ? 0 : (U ?? 1));
    transfer(ir, access, t, n, ir.imm(value), 0, mode);
  };
const registerForm =
  (access: Access, mode: Mode) =>
  (ir: Builder, f: RegFields): void => {
    const { offset, shift } = registerOffset(ir, f);
    transfer(ir, access, f.t, f.n, offset, shift, mode);
  };
const literal =
  (access: Access, scale = 1) =>
  (ir: Builder, { t, i, U }: { t: number; i: number; U?: number }): void =>
    transfer(ir, access, t, 15, ir.imm(signed(i * scale, U ?? 1)), 0, "offset");

export const thumb16LoadStore = () =>
  ({
    ldr_lit: literal("ldr", 4),
    str_reg: registerForm("str", "offset"),
    strh_reg: registerForm("strh", "offset"),
    strb_reg: registerForm("strb", "offset"),
    ldrsb_reg: registerForm("ldrsb", "offset"),
    ldr_reg: registerForm("ldr", "offset"),
    ldrh_reg: registerForm("ldrh", "offset"),
    ldrb_reg: registerForm("ldrb", "offset"),
    ldrsh_reg: registerForm("ldrsh", "offset"),
    str_imm: immediate("str", "offset", 4),
    ldr_imm: immediate("ldr", "offset", 4),
    strb_imm: immediate("strb", "offset"),
    ldrb_imm: immediate("ldrb", "offset"),
    strh_imm: immediate("strh", "offset", 2),
    ldrh_imm: immediate("ldrh", "offset", 2),
    str_sp: (ir, { t, i }) => transfer(ir, "str", t, 13, ir.imm(i * 4), 0, "offset"),
    ldr_sp: (ir, { t, i }) => transfer(ir, "ldr", t, 13, ir.imm(i * 4), 0, "offset"),
  }) satisfies Partial<Handlers<Thumb16, Builder>>;

/** The six Thumb-2 forms of an access. Unprivileged accesses are like any other: all code is privileged. */
function t32Forms<const A extends Access>(access: A) {
  return {
    [`${access}_imm12`]: immediate(access, "offset"),
    [`${access}_imm8`]: immediate(access, "offset", 1, true),
    [`${access}_pre`]: immediate(access, "pre"),
    [`${access}_post`]: immediate(access, "post"),
    [`${access}t`]: immediate(access, "offset"),
    [`${access}_reg`]: registerForm(access, "offset"),
  } as Record<`${A}_${"imm12" | "imm8" | "pre" | "post"}` | `${A}t`, Immediate> &
    Record<`${A}_reg`, Register>;
}
type Immediate = (ir: Builder, f: ImmFields) => void;
type Register = (ir: Builder, f: RegFields) => void;

export const thumb32LoadStore = () =>
  ({
    ldrb_lit: literal("ldrb"),
    ...t32Forms("ldrb"),
    ldrsb_lit: literal("ldrsb"),
    ...t32Forms("ldrsb"),
    ldrh_lit: literal("ldrh"),
    ...t32Forms("ldrh"),
    ldrsh_lit: literal("ldrsh"),
    ...t32Forms("ldrsh"),
    ldr_lit: literal("ldr"),
    ...t32Forms("ldr"),
    ...t32Forms("strb"),
    ...t32Forms("strh"),
    ...t32Forms("str"),
  }) satisfies Partial<Handlers<Thumb32, Builder>>;

/** The eight A32 forms of an access. */
function a32Forms<const A extends Access>(access: A) {
  return {
    [`${access}_imm`]: immediate(access, "offset"),
    [`${access}_pre`]: immediate(access, "pre"),
    [`${access}_post`]: immediate(access, "post"),
    [`${access}t_post`]: immediate(access, "post"),
    [`${access}_reg`]: registerForm(access, "offset"),
    [`${access}_reg_pre`]: registerForm(access, "pre"),
    [`${access}_reg_post`]: registerForm(access, "post"),
    [`${access}t_reg_post`]: registerForm(access, "post"),
  } as Record<`${A}_${"imm" | "pre" | "post"}` | `${A}t_post`, Immediate> &
    Record<`${A}_reg${"" | "_pre" | "_post"}` | `${A}t_reg_post`, Register>;
}

export const a32LoadStore = () =>
  ({
    push_one: (ir, { t }) => transfer(ir, "str", t, 13, ir.imm(-4), 0, "pre"),
    pop_one: (ir, { t }) => transfer(ir, "ldr", t, 13, ir.imm(4), 0, "post"),
    ...a32Forms("str"),
    ...a32Forms("ldr"),
    ...a32Forms("strb"),
    ...a32Forms("ldrb"),
    ...a32Forms("strh"),
    ...a32Forms("ldrh"),
    ...a32Forms("ldrsb"),
    ...a32Forms("ldrsh"),
  }) satisfies Partial<Handlers<A32, Builder>>;
