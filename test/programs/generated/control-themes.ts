import { INTEGERS, literal } from "./expressions.ts";
import type { Theme } from "./theme.ts";

/** Switches that become tables, trees or bit tests, a state machine over them, and computed gotos. */
export const switches: Theme = (random, id) => {
  const type = random.pick(INTEGERS);
  const dense = random.once(2);
  const count = random.between(4, 24);
  const labels = new Set<number>();
  while (labels.size < count)
    labels.add(dense ? random.between(0, count + 4) : random.between(0, 120));
  const cases = [...labels].map((label) => ({
    label,
    falls: random.once(5),
    factor: random.between(3, 99),
    operator: random.pick(["+", "^", "-"]),
    constant: random.below(1000),
  }));
  const other = random.once(2) ? random.u32() : undefined;
  const start = random.u32();
  /** What C says that the switch makes of x. */
  const switched = (n: number, x: number): number => {
    const at = cases.findIndex(({ label }) => label === n);
    if (at < 0) return other === undefined ? x + (n === 127 ? 1 : 0) : x ^ other;
    let value = x;
    for (let k = at; k < cases.length; k++) {
      const { falls, factor, operator, constant } = cases[k];
      const product = Math.imul(value, factor);
      value =
        operator === "^"
          ? product ^ constant
          : (product + (operator === "+" ? constant : -constant)) | 0;
      if (!falls) return value;
    }
    return other === undefined ? value + 1 : value ^ other;
  };
  let expected = start | 0;
  // What the type makes of a negative number is no label.
  for (let n = -3; n < 128; n++) expected = switched(n, expected) | 0;
  const targets = Array.from({ length: random.between(3, 6) }, (_, k) => k);
  return {
    declarations: `NOINLINE static u32 ${id}_switch(${type} n, u32 x) {
  switch (n) {
${cases.map(({ label, falls, factor, operator, constant }) => `    case ${label}: x = x * ${factor} ${operator} ${constant};${falls ? "" : " break;"}`).join("\n")}
    ${other === undefined ? "case 127: x++;" : `default: x ^= ${other}u;`}
  }
  return x;
}
NOINLINE static u32 ${id}_goto(u32 x, int steps) {
  static const void *const to[] = {${targets.map((k) => `&&l${k}`).join(", ")}};
  goto *to[x % ${targets.length}];
${targets.map((k) => `l${k}:\n  x = x * ${random.between(3, 999) | 1}u + ${random.u32()}u;\n  if (--steps > 0) goto *to[(x >> ${random.between(3, 20)}) % ${targets.length}];\n  return x + ${k};`).join("\n")}
}`,
    body: `  u32 x = OPAQUE(${start}u);
  for (int i = -3; i < 128; i++) x = ${id}_switch((${type})i, x);
  check("${id} switch", ${expected >>> 0}u, x);
  show("${id} goto", ${id}_goto(OPAQUE(${random.u32()}u), ${random.between(10, 60)}));`,
  };
};

const COMPARED = [
  "*(const u32 *)a < *(const u32 *)b ? -1 : *(const u32 *)a > *(const u32 *)b",
  "(int)(*(const u32 *)a % 97) - (int)(*(const u32 *)b % 97)",
  "(*(const i32 *)a > *(const i32 *)b) - (*(const i32 *)a < *(const i32 *)b)",
];

/** Function pointers: tables, arguments, a sort through a comparison, pointers in structures. */
export const pointers: Theme = (random, id) => {
  const functions = Array.from({ length: random.between(3, 8) }, (_, k) => k);
  const operators = functions.map(() => random.pick(["+", "-", "*", "^", "|", "&"]));
  const length = random.between(10, 60);
  return {
    declarations: `${functions.map((k) => `static u32 ${id}_f${k}(u32 a, u32 b) { return (a ${operators[k]} b) + ${random.below(9999)}u; }`).join("\n")}
static u32 (*const ${id}_table[])(u32, u32) = {${functions.map((k) => `${id}_f${k}`).join(", ")}};
struct ${id}_node { u32 (*apply)(u32, u32); struct ${id}_node *next; u32 value; };
static int ${id}_compare(const void *a, const void *b) { return ${random.pick(COMPARED)}; }
NOINLINE static void ${id}_sort(u32 *list, int n, int (*compare)(const void *, const void *)) {
  for (int i = 1; i < n; i++)
    for (int k = i; k > 0 && compare(&list[k], &list[k - 1]) < 0; k--) {
      u32 t = list[k];
      list[k] = list[k - 1], list[k - 1] = t;
    }
}`,
    body: `  u32 state = ${random.u32() | 1}u, list[${length}], sum = 0;
  struct ${id}_node nodes[${length}], *head = 0;
  for (int i = 0; i < ${length}; i++) list[i] = next_random(&state);
  ${id}_sort(list, ${length}, ${id}_compare);
  for (int i = 0; i < ${length}; i++) {
    nodes[i] = (struct ${id}_node){${id}_table[list[i] % ${functions.length}], head, list[i]};
    head = &nodes[i];
    sum = sum * 31 + list[i];
  }
  show("${id} sorted", sum);
  int wrong = 0;
  for (int i = 1; i < ${length}; i++) wrong += ${id}_compare(&list[i - 1], &list[i]) > 0;
  check("${id} order", 0, (u64)wrong);
  for (struct ${id}_node *n = head; n; n = n->next) sum = n->apply(sum, n->value);
  show("${id} applied", sum);`,
  };
};

/** setjmp and longjmp over frames that hold live values. */
export const jumps: Theme = (random, id) => {
  const type = random.pick(INTEGERS);
  const depth = random.between(2, 9);
  const outward = random.once(3);
  const rounds = random.between(1, 5);
  // Each dive is cut at its bottom: outward the first ends them all.
  let dives = depth;
  if (!outward) for (let round = 2; round <= rounds; round++) dives += depth - (round % 2) + 1;
  return {
    declarations: `static int ${id}_dives;
static jmp_buf ${id}_buffer, ${id}_outer;
NOINLINE static ${type} ${id}_dive(int n, ${type} x) {
  ${type} kept = (${type})(x * 3 + n);
  ${id}_dives++;
  if (n == 0) longjmp(${outward ? `${id}_outer` : `${id}_buffer`}, (int)((u32)x & 0x7fff) + 1);
  if (n == ${depth + 5}) return x;
  return (${type})(${id}_dive(n - 1, kept) + kept);
}
NOINLINE static u64 ${id}_try(${type} x, int rounds) {
  volatile u64 sum = (u64)x;
  volatile int round = 0;
  int code = setjmp(${id}_buffer);
  sum = mix(sum, (u64)code);
  if (round++ < rounds) sum += (u64)${id}_dive(${depth} - round % 2, (${type})(x + round));
  return sum;
}`,
    body: `  volatile u64 sum = 0;
  int code = setjmp(${id}_outer);
  if (code == 0) sum = ${id}_try(OPAQUE(${literal(random, type)}), ${rounds});
  show("${id}", mix(sum, (u64)code));
  check("${id} dives", ${dives}, (u64)${id}_dives);`,
  };
};

/** Nested functions that use the variables around them, called by name, and through a trampoline where the stack may run. */
export const nested: Theme = (random, id) => {
  const type = random.pick(INTEGERS);
  return {
    declarations: `NOINLINE static u64 ${id}_apply(u64 (*f)(u64), int n) {
  u64 sum = 1;
  for (int i = 0; i < n; i++) sum = f(sum + (u64)i);
  return sum;
}
NOINLINE static u64 ${id}_outer(${type} x, int n) {
  u64 calls = 0;
  ${type} local[4] = {x, (${type})(x + 1), (${type})~x, (${type})(x * 5)};
  u64 step(u64 v) {
    calls++;
    local[calls & 3] = (${type})(local[(calls + 1) & 3] ${random.pick(["+", "^", "-"])} (${type})v);
    return mix(v, (u64)local[calls & 3]);
  }
  u64 twice(u64 v) { return step(step(v) + ${random.below(1000)}u); }
  u64 sum = 1;
#ifdef TRAMPOLINES
  sum = ${id}_apply(twice, n);
#else
  for (int i = 0; i < n; i++) sum = twice(sum + (u64)i);
#endif
  check("${id} calls", 2 * (u64)n, calls);
  return sum;
}`,
    body: `  show("${id}", ${id}_outer(OPAQUE(${literal(random, type)}), OPAQUE(${random.between(1, 9)})));`,
  };
};
