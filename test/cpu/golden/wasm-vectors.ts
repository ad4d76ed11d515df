/** Instructions of WebAssembly's vectors, behind the byte 0xfd (Core Specification 2.0, 5.4.8): those from 77 on by their order there. */

/** What follows the opcode. */
export type VectorImmediate = "memory" | "memory lane" | "bytes" | undefined;
export type VectorRow = readonly [
  name: string,
  immediate: VectorImmediate,
  pops: number,
  pushes: number,
];

export const vectorRows = new Map<number, VectorRow>([
  [0, ["v128.load", "memory", 1, 1]],
  [7, ["v128.load8_splat", "memory", 1, 1]],
  [8, ["v128.load16_splat", "memory", 1, 1]],
  [9, ["v128.load32_splat", "memory", 1, 1]],
  [11, ["v128.store", "memory", 2, 0]],
  [13, ["i8x16.shuffle", "bytes", 2, 1]],
  [15, ["i8x16.splat", undefined, 1, 1]],
  [16, ["i16x8.splat", undefined, 1, 1]],
  [17, ["i32x4.splat", undefined, 1, 1]],
  [82, ["v128.bitselect", undefined, 3, 1]],
  [91, ["v128.store64_lane", "memory lane", 2, 0]],
  [93, ["v128.load64_zero", "memory", 1, 1]],
]);

const run = (first: number, type: string, names: string, pops: number): void =>
  names
    .split(" ")
    .forEach((name, k) => vectorRows.set(first + k, [`${type}.${name}`, undefined, pops, 1]));

const comparisons = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const products = "extmul_low_# extmul_high_#";
const signs = (names: string, from: string): string =>
  ["s", "u"].map((sign) => names.replaceAll("#", `${from}_${sign}`)).join(" ");

run(35, "i8x16", comparisons, 2);
run(45, "i16x8", comparisons, 2);
run(55, "i32x4", comparisons, 2);
run(65, "f32x4", "eq ne lt gt le ge", 2);
run(71, "f64x2", "eq ne lt gt le ge", 2);
run(77, "v128", "not", 1);
run(78, "v128", "and andnot or xor", 2);
run(83, "v128", "any_true", 1);
for (const [type, unary, from] of [
  ["i8x16", 96, ""],
  ["i16x8", 128, "i8x16"],
  ["i32x4", 160, "i16x8"],
  ["i64x2", 192, "i32x4"],
] as const) {
  run(unary, type, "abs neg", 1);
  if (from) run(unary + 7, type, signs("extend_low_# extend_high_#", from), 1);
  run(unary + 11, type, "shl shr_s shr_u", 2);
  run(unary + 14, type, "add", 2);
  run(unary + 17, type, "sub", 2);
  if (from) run(unary + 21, type, "mul", 2);
  if (unary < 192) run(unary + 22, type, "min_s min_u max_s max_u", 2);
  if (from) run(unary + 28, type, signs(products, from), 2);
}
run(98, "i8x16", "popcnt", 1);
run(124, "i16x8", signs("extadd_pairwise_#", "i8x16"), 1);
run(126, "i32x4", signs("extadd_pairwise_#", "i16x8"), 1);
run(95, "f64x2", "promote_low_f32x4", 1);
run(228, "f32x4", "add sub mul", 2);
run(240, "f64x2", "add sub mul", 2);
