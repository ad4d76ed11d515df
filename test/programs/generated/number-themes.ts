import type { Random } from "../../cpu/qemu/random.ts";
import {
  declare,
  floatLiteral,
  floating,
  integer,
  INTEGERS,
  integerVariables,
  literal,
  type Variable,
} from "./expressions.ts";
import type { Theme } from "./theme.ts";

/** Expressions of all widths, worked out by the compiler and by the program. */
export const integers: Theme = (random, id) => {
  const variables = integerVariables(random, id, 6);
  const checks = Array.from({ length: random.between(4, 8) }, (_, k) => {
    const { run, folded } = integer(random, variables, 4);
    return `  check("${id} ${k}", (u64)(${folded}), (u64)(${run}));`;
  });
  return { declarations: "", body: `${declare(variables)}\n${checks.join("\n")}` };
};

/** 64-bit arithmetic in functions, with what libgcc helps out with. */
export const wide: Theme = (random, id) => {
  const variables: Variable[] = Array.from({ length: 4 }, (_, k) => {
    const type = random.pick(["i64", "u64", "i64", "u64", "i32"]);
    return { type, name: `${id}v${k}`, value: literal(random, type) };
  });
  const parameters = variables.map(({ type, name }) => `${type} ${name}`).join(", ");
  const builtins = [
    `(u64)__builtin_clzll((u64)${id}v0 | 1)`,
    `(u64)__builtin_ctzll((u64)${id}v1 | 0x8000000000000000u)`,
    `(u64)__builtin_popcountll((u64)${id}v2)`,
    `__builtin_bswap64((u64)${id}v0)`,
    `(u64)__builtin_parityll((u64)${id}v1)`,
    `__builtin_mul_overflow((i64)${id}v0, (i64)${id}v1, &product) ? 1u : (u64)product`,
    `__builtin_add_overflow((i64)${id}v0, (i64)${id}v2, &product) ? 2u : (u64)product`,
    `(u64)((double)(i64)${id}v0)  == 3u`,
    `bits_double((double)(u64)${id}v1)`,
    `bits_float((float)(i64)${id}v2)`,
  ];
  const uses = random.sample(builtins, 4).map((text) => `  sum = mix(sum, ${text});`);
  const rounds = random.between(2, 6);
  const { run } = integer(random, variables, 3);
  return {
    declarations: `NOINLINE static u64 ${id}_wide(${parameters}) {
  u64 sum = 1;
  i64 product = 0;
  (void)product;
  for (int i = 0; i < ${rounds}; i++) {
    sum = mix(sum, (u64)(${run}));
    ${id}v0 += ${id}v1 ${random.pick(["*", "^", "-"])} (${id}v2 | 1);
    ${id}v1 = shr_${variables[1].type}(${id}v1, (${variables[1].type})(i * 7)) + ${id}v0 / 3;
    sum += (u64)${id}v0 % 1000003u;
  }
${uses.join("\n")}
  return sum;
}`,
    body: `${declare(variables)}
  { u64 a = (u64)${id}v0, b = (u64)${id}v1 | 1; check("${id} unsigned", a, a / b * b + a % b); }
  { i64 a = ${id}v2, b = (i64)((u64)${id}v3 & 0xffff) + 2; check("${id} signed", (u64)a, (u64)(a / b * b + a % b)); }
  show("${id}", ${id}_wide(${variables.map(({ value }) => `OPAQUE(${value})`).join(", ")}));`,
  };
};

/** Expressions of float and double, worked out by the compiler and by the program. */
export const floats: Theme = (random, id) => {
  const variables: Variable[] = Array.from({ length: 6 }, (_, k) => {
    const type = k & 1 ? "float" : "double";
    return { type, name: `${id}v${k}`, value: floatLiteral(random, type) };
  });
  const checks = Array.from({ length: random.between(4, 8) }, (_, k) => {
    const type = random.pick(["float", "double"] as const);
    const { run, folded } = floating(random, variables, type, 3);
    return `  check("${id} ${k}", bits_${type}(${folded}), bits_${type}(${run}));`;
  });
  const [a, b] = [variables[0].name, variables[1].name];
  checks.push(
    `  show("${id} order", (u64)((${a} < ${b}) | (${a} <= ${b}) << 1 | (${a} == ${b}) << 2 | (${a} != ${b}) << 3 | (${a} > ${b}) << 4 | !(${a} >= ${b}) << 5));`,
  );
  return { declarations: "", body: `${declare(variables)}\n${checks.join("\n")}` };
};

const LENGTHS = [7, 16, 31, 64, 100];
const KERNELS: readonly ((random: Random, type: string) => string)[] = [
  (random) => `a[i] = b[i] + c[i] * ${random.between(2, 9)};`,
  () => "a[i] = b[i] > c[i] ? b[i] : c[i];",
  (random, type) => `a[i] = (${type})(b[i] - c[i]) ${random.pick(["^", "&", "|"])} b[i];`,
  (random) => `a[i] = b[i] ${random.pick(["<<", ">>"])} ${random.between(1, 6)};`,
  () => "a[i] = b[i] < 0 ? -b[i] : b[i];",
  (_, type) => `a[i] += (${type})(b[i] * c[i]);`,
  () => "a[i] = b[n - 1 - i];",
  () => "if (b[i] != c[i]) a[i] = ~a[i];",
  (random, type) => `a[i] = (${type})(b[i] + (${type})i * ${random.between(1, 50)});`,
  () => "a[i] = b[(i * 2) % n] + c[(i * 2 + 1) % n];",
  () => "a[i] = (b[i] + c[i] + 1) >> 1;",
];

/** Loops over arrays of one width, as the vectoriser likes them, and reductions into another width. */
export const arrays: Theme = (random, id) => {
  const type = random.pick(INTEGERS);
  const total = random.pick(INTEGERS);
  const length = random.pick(LENGTHS);
  const loops = random
    .sample(KERNELS, 4)
    .map((kernel) => `  for (int i = 0; i < n; i++) {\n    ${kernel(random, type)}\n  }`);
  const pointers = `${type} *restrict a, const ${type} *restrict b, const ${type} *restrict c, int n`;
  return {
    declarations: `static ${type} ${id}a[${length}], ${id}b[${length}], ${id}c[${length}];
NOINLINE static void ${id}_loops(${pointers}) {
${loops.join("\n")}
}
NOINLINE static ${total} ${id}_sum(const ${type} *b, const ${type} *c, int n) {
  ${total} sum = 0;
  for (int i = 0; i < n; i++) sum += (${total})b[i] * (${total})c[i];
  return sum;
}`,
    body: `  u32 state = ${random.u32() | 1}u;
  u64 sum = 0;
  for (int i = 0; i < ${length}; i++) ${id}a[i] = (${type})next_random(&state), ${id}b[i] = (${type})next_random(&state), ${id}c[i] = (${type})next_random(&state);
  ${id}_loops(${id}a, ${id}b, ${id}c, OPAQUE(${length}));
  for (int i = 0; i < ${length}; i++) sum = mix(sum, (u64)${id}a[i]);
  show("${id} loops", sum);
  ${total} one = 0;
  for (int i = 0; i < ${length - 1}; i++) one += (${total})OPAQUE(${id}b[i]) * (${total})OPAQUE(${id}c[i]);
  check("${id} one by one", (u64)one, (u64)${id}_sum(${id}b, ${id}c, OPAQUE(${length - 1})));`,
  };
};

const FLOAT_KERNELS: readonly string[] = [
  "a[i] = b[i] * c[i] + a[i];",
  "a[i] = b[i] - c[i];",
  "a[i] = b[i] > c[i] ? b[i] : a[i];",
  "a[i] = -b[i];",
  "a[i] = (T)k[i] * b[i];",
  "k[i] = (i32)(c[i] * 3);",
  "a[i] = b[i] < 0 ? -b[i] : b[i];",
  "a[i] = b[i] / (c[i] * c[i] + 1);",
];

export const floatArrays: Theme = (random, id) => {
  const type = random.pick(["float", "double"]);
  const length = random.pick(LENGTHS);
  const loops = random
    .sample(FLOAT_KERNELS, 4)
    .map((text) => `  for (int i = 0; i < n; i++) ${text.replaceAll("(T)", `(${type})`)}`);
  return {
    declarations: `static ${type} ${id}a[${length}], ${id}b[${length}], ${id}c[${length}];
static ${type} ${id}d[${length}];
static i32 ${id}k[${length}], ${id}l[${length}];
NOINLINE static void ${id}_loops(${type} *restrict a, const ${type} *restrict b, const ${type} *restrict c, i32 *restrict k, int n) {
${loops.join("\n")}
}`,
    body: `  u32 state = ${random.u32() | 1}u;
  u64 sum = 0;
  for (int i = 0; i < ${length}; i++) {
    ${id}a[i] = (${type})(i32)next_random(&state) / 65536, ${id}b[i] = (${type})(i32)next_random(&state) / 1024;
    ${id}c[i] = (${type})(i16)next_random(&state), ${id}k[i] = (i32)next_random(&state);
  }
  memcpy(${id}d, ${id}a, sizeof ${id}a), memcpy(${id}l, ${id}k, sizeof ${id}k);
  ${id}_loops(${id}a, ${id}b, ${id}c, ${id}k, OPAQUE(${length}));
  for (int i = 0; i < ${length}; i++) ${id}_loops(${id}d + i, ${id}b + i, ${id}c + i, ${id}l + i, OPAQUE(1));
  int wrong = 0;
  for (int i = 0; i < ${length}; i++) wrong += bits_${type}(${id}a[i]) != bits_${type}(${id}d[i]) || ${id}k[i] != ${id}l[i];
  check("${id} one by one", 0, (u64)wrong);
  for (int i = 0; i < ${length}; i++) sum = mix(mix(sum, bits_${type}(${id}a[i])), (u64)${id}k[i]);
  show("${id}", sum);`,
  };
};
