/** What loops do with floating-point registers: scalars as compilers use them, and Advanced SIMD as GCC's vectorizer does. */
import type { Random } from "../qemu/random.ts";
import type { Item } from "./items.ts";
import { C, type Maker } from "./maker.ts";

type Vfp = Item & { op: "vfp" };
const vfp = (row: Vfp["row"], f: Vfp["f"], c?: number): Item =>
  c === undefined ? { op: "vfp", row, f } : { op: "vfp", row, f, c };
type Simd = Item & { op: "neon" };
const neon = (row: Simd["row"], f: Simd["f"]): Item => ({ op: "neon", row, f });

/** The field of a register: a double d0-d7 is D:Vd, a single s0-s15 Vd:D. */
const field = (z: number, r: number): number => (z ? r : (r >> 1) | ((r & 1) << 4));
const scalar = (random: Random, z: number): number => field(z, random.below(z ? 8 : 16));
/** Few registers, so that results are used again. */
const near = (random: Random, z: number): number =>
  random.once(3) ? scalar(random, z) : field(z, random.below(3));

const THREE: readonly Vfp["row"][] = [
  "vadd",
  "vadd",
  "vsub",
  "vmul",
  "vmul",
  "vmla",
  "vmla",
  "vmls",
  "vnmls",
  "vnmla",
  "vnmul",
  "vdiv",
  "vfma",
  "vfms",
  "vfnma",
  "vfnms",
  "vmaxnm",
  "vminnm",
];
const TWO: readonly Vfp["row"][] = ["vmov", "vabs", "vneg", "vsqrt", "vrintz", "vrintr", "vrintx"];

/** Arithmetic on scalars of one size, conversions, moves to and from core registers, the FPSCR. */
function arithmetic(m: Maker, z: number): Item[] {
  const { random } = m;
  const d = near(random, z);
  const n = near(random, z);
  const other = near(random, z);
  const t = m.value();
  switch (random.below(14)) {
    case 0:
      return [vfp(random.pick(TWO), { z, d, m: other })];
    case 1:
      return [vfp("vmov_imm", { z, d, i: random.below(256) })];
    case 2:
      // From an integer and to one.
      return random.once(2)
        ? [
            vfp("vmov_to_single", { n: field(0, 3), t }),
            vfp("vcvt_from_int", { z, d, m: field(0, 3), s: random.below(2) }),
          ]
        : [
            vfp("vcvt_to_int", {
              z,
              d: field(0, 2),
              m: other,
              s: random.below(2),
              r: random.once(4) ? 0 : 1,
            }),
            vfp("vmov_from_single", { n: field(0, 2), t }),
          ];
    case 3:
      return random.once(2)
        ? [vfp("vcvt_f64_f32", { d: field(1, random.below(8)), m: scalar(random, 0) })]
        : [vfp("vcvt_f32_f64", { d: scalar(random, 0), m: field(1, random.below(8)) })];
    case 4: {
      const u = m.data.find((r) => r !== t) ?? t;
      return random.once(2)
        ? [vfp("vmov_to_double", { t, u, m: near(random, 1) })]
        : [vfp("vmov_from_double", { t, u, m: near(random, 1) })];
    }
    case 5:
      return [vfp("vsel", { z, d, n, m: other, y: random.below(4) })];
    case 6: {
      // A comparison, and what is done under its condition.
      const c = random.below(14);
      const then = random.once(2)
        ? vfp("vmov", { z, d, m: other }, c)
        : random.once(2)
          ? vfp(random.pick(["vadd", "vneg"] as const), { z, d, n, m: other }, c)
          : ({ op: "mov", d: t, with: { k: 1 }, c } as const);
      return [...comparison(random, z), then];
    }
    case 7:
      if (!random.once(4)) return [vfp("vmrs", { t })];
      return [vfp("vmsr", { t: m.take({ is: "value", value: mode(random) }) })];
    default:
      return [vfp(random.pick(THREE), { z, d, n, m: other })];
  }
}

/** Rounding, flushing and default NaN: mostly none. */
function mode(random: Random): number {
  return random.pick([0, 0, 0x400000, 0x800000, 0xc00000, 0x1000000, 0x2000000, 0x10]);
}

function comparison(random: Random, z: number): Item[] {
  const e = random.below(2);
  const test = random.once(3)
    ? vfp("vcmp_zero", { z, e, d: near(random, z) })
    : vfp("vcmp", { z, e, d: near(random, z), m: near(random, z) });
  return [test, vfp("vmrs_flags", {})];
}

/** A comparison of floating-point numbers, and the condition under which a loop goes on. */
export function floatQuestion(m: Maker): { tests: Item[]; c: number } {
  const { random } = m;
  const z = random.below(2);
  const c = random.pick([C.ne, C.mi, C.gt, C.ge, C.ls, C.hi, C.vc, C.lt, C.le, C.pl, C.eq, C.vs]);
  return { tests: comparison(random, z), c };
}

/** Instructions of a loop over numbers of one size. */
export function floatWalk(m: Maker): Item[] {
  return m.random.once(m.vectors ? 2 : 8) ? vectors(m) : scalars(m);
}

function scalars(m: Maker): Item[] {
  const { random } = m;
  const z = random.below(2);
  const size = z ? 8 : 4;
  const items: Item[] = [];
  const load = (): void => void items.push(...moved(m, z, size, true));
  const compute = (): void => {
    for (let k = random.between(1, 3); k > 0; k--) items.push(...arithmetic(m, z));
  };
  if (!random.once(6)) load();
  if (random.once(3)) load();
  compute();
  if (!random.once(3)) items.push(...moved(m, z, size, false));
  return items;
}

/** A load or store of one number or several through a base of its own. */
function moved(m: Maker, z: number, size: number, load: boolean): Item[] {
  const { random } = m;
  const down = random.once(8);
  const count = random.pick([1, 1, 1, 2, 4]);
  const way = size * count * (down ? -1 : 1);
  const base = m.take({ is: "base", step: way });
  const d = field(z, random.below(3));
  if (random.once(2)) {
    const form = down ? "db" : "ia";
    return [
      vfp(`v${load ? "ldm" : "stm"}${form}` as const, {
        n: base,
        z,
        d,
        W: 1,
        i: count * (z ? 2 : 1),
      }),
    ];
  }
  const items: Item[] = [];
  for (let k = 0; k < count; k++) {
    const off = (size >> 2) * k + random.pick([0, 0, 0, 1, -1]);
    const fields = { n: base, z, d: field(z, random.below(3)) };
    const at = { U: off < 0 ? 0 : 1, i: Math.abs(off) };
    items.push(vfp(load ? "vldr" : "vstr", { ...fields, ...at }));
  }
  const k = Math.abs(way);
  const step: Item = { op: way < 0 ? "sub" : "add", d: base, n: base, with: { k } };
  items.splice(random.below(items.length + 1), 0, step);
  return items;
}

/** Registers of vectors: q0-q3 and q8-q11, which have no scalars. */
const quad = (random: Random): number =>
  random.once(4) ? 16 + 2 * random.below(4) : 2 * random.below(4);
/** The field n is Vn:N, where d and m are D:Vd. */
const asN = (d: number): number => ((d & 15) << 1) | (d >> 4);

const SAME: readonly Simd["row"][] = [
  "vadd_simd",
  "vadd_simd",
  "vsub_simd",
  "vmul_simd",
  "vmla_simd",
  "vmls_simd",
  "vand_simd",
  "veor_simd",
  "vorr_simd",
  "vbic_simd",
  "vbsl",
  "vbit",
  "vmax",
  "vmin",
  "vabd",
  "vaba",
  "vcgt",
  "vcge",
  "vceq",
  "vtst",
  "vhadd",
  "vrhadd",
  "vqadd",
  "vqsub",
  "vshl_reg",
];
const FLOATS: readonly Simd["row"][] = [
  "vadd_f",
  "vsub_f",
  "vmul_f",
  "vmla_f",
  "vmls_f",
  "vfma_simd",
  "vmax_f",
  "vmin_f",
  "vceq_f",
  "vcge_f",
  "vcgt_f",
  "vabd_f",
];
const ONE: readonly Simd["row"][] = [
  "vabs_simd",
  "vneg_simd",
  "vmvn_simd",
  "vrev64",
  "vclz",
  "vabs_f",
  "vneg_f",
  "vceq_zero",
  "vcgt_zero",
  "vpaddl",
  "vpadal",
  "vcnt",
];

function element(m: Maker): Item[] {
  const { random } = m;
  const q = random.once(5) ? 0 : 1;
  const d = quad(random);
  const a = quad(random);
  const b = quad(random);
  const z = random.below(3);
  const u = random.below(2);
  const t = m.value();
  switch (random.below(12)) {
    case 0:
    case 1:
      return [neon(random.pick(FLOATS), { q, d, n: asN(a), m: b })];
    case 2:
      return [neon(random.pick(ONE), { q, d, m: b, z, u })];
    case 3: {
      // Shifts by constants: 8, 16 and 32 bits.
      const i = random.pick([8, 16, 32]) + random.below(8);
      return [neon(random.pick(["vshr", "vshl_imm", "vsra"] as const), { u, q, d, m: b, i })];
    }
    case 4:
      // Widening: VMOVL, products, sums.
      return [
        random.once(2)
          ? neon("vshll", { u, d, m: b, i: 8 << z })
          : neon(random.pick(["vmull", "vmlal", "vaddl", "vaddw"] as const), {
              u,
              z,
              d,
              n: asN(a),
              m: b,
            }),
      ];
    case 5:
      return random.once(2)
        ? [neon("vmovn", { z, d, m: b })]
        : [neon("vshrn", { d, m: b, i: 8 + random.below(8) })];
    case 6:
      return random.once(2)
        ? [neon("vdup_core", { q: 1, n: asN(d), t, b: 0, e: 0 })]
        : [neon("vmov_constant", { q: 1, d, i: random.below(256), k: 2 * random.below(4), p: 0 })];
    case 7:
      return [neon("vext", { q: 1, d, n: asN(a), m: b, i: random.below(16) })];
    case 8:
      // The sum of all elements, as behind a loop.
      return [
        neon("vpadd", { z: 2, d, n: asN(a), m: a + 1 }),
        vfp("vmov_from_lane", { n: asN(d), x: random.below(2), t }),
      ];
    case 9:
      return [
        neon("vcvt_simd", { p: random.below(2), u, q: 1, d, m: b }),
        ...(d === a
          ? []
          : [neon(random.pick(["vzip", "vuzp", "vtrn"] as const), { z, q: 1, d, m: a })]),
      ];
    default:
      return [neon(random.pick(SAME), { u, z, q, d, n: asN(a), m: b })];
  }
}

/** Vectors from memory and back, going on by what they are long. */
function vectors(m: Maker): Item[] {
  const { random } = m;
  const one = (load: boolean): Item[] => {
    // VLD1 of one to four registers, VLD2 of two or four, VLD4; and one element to all.
    const [type, registers] = random.pick([
      [7, 1],
      [10, 2],
      [10, 2],
      [10, 2],
      [2, 4],
      [8, 2],
      [3, 4],
      [0, 4],
    ] as const);
    const back = random.pick([13, 13, 15]);
    const step = 8 * registers;
    const base = m.take({ is: "base", step });
    const e = type === 0 || type === 3 || type === 8 ? random.below(3) : random.below(4);
    const a = random.once(6) ? 1 : 0;
    const fields = { n: base, d: quad(random), t: type, e, a, r: back };
    const items = [neon(load ? "vld_multiple" : "vst_multiple", fields)];
    if (back === 15) items.push({ op: "add", d: base, n: base, with: { k: step } });
    return items;
  };
  const items = one(true);
  if (random.once(3)) items.push(...one(true));
  for (let k = random.between(1, 4); k > 0; k--) items.push(...element(m));
  if (!random.once(3)) items.push(...one(false));
  return items;
}
