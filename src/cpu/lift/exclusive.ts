import type { A32, Handlers, Thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { Op } from "../ir/ops.ts";

// Synchronization primitives (ARM ARM A3.4): LDREX, STREX, CLREX, SWP. `size` is log2 of the bytes.

const load =
  (size: number, pair = false) =>
  (ir: Builder, { t, n, u, i }: { t: number; n: number; u?: number; i?: number }): void => {
    const x = ir.access(Op.ldrex, n, ir.imm((i ?? 0) * 4));
    x.d = t;
    if (pair) x.e = u ?? t + 1;
    x.i = size;
  };
const store =
  (size: number, pair = false) =>
  (
    ir: Builder,
    { d, t, n, u, i }: { d: number; t: number; n: number; u?: number; i?: number },
  ): void => {
    const x = ir.access(Op.strex, n, ir.imm((i ?? 0) * 4));
    x.d = d;
    x.s = t;
    if (pair) x.t = u ?? t + 1;
    x.i = size;
  };
const swap =
  (op: number) =>
  (ir: Builder, { t, u, n }: { t: number; u: number; n: number }): void => {
    const x = ir.push(op);
    x.d = t;
    x.s = u;
    x.a = n;
  };

const common = () => ({
  clrex: (ir: Builder) => {
    ir.push(Op.clrex);
  },
  ldrex: load(2),
  ldrexb: load(0),
  ldrexh: load(1),
  ldrexd: load(3, true),
  strex: store(2),
  strexb: store(0),
  strexh: store(1),
  strexd: store(3, true),
});

export const thumb32Exclusive = () => common() satisfies Partial<Handlers<Thumb32, Builder>>;

export const a32Exclusive = () =>
  ({
    ...common(),
    swp: swap(Op.swp),
    swpb: swap(Op.swpb),
  }) satisfies Partial<Handlers<A32, Builder>>;
