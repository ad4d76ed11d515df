import { INTEGERS, literal } from "./expressions.ts";
import type { Theme } from "./program.ts";

/** Switches that become tables, trees or bit tests, a state machine over them, and computed gotos. */
export const switches: Theme = (random, id) => {
  const type = random.pick(INTEGERS);
  const dense = random.once(2);
  const count = random.between(4, 24);
  const labels = new Set<number>();
  while (labels.size < count)
    labels.add(dense ? random.between(0, count + 4) : random.between(0, 120));
  const cases = [...labels].map((label) => {
    const fall = random.once(5) ? "" : " break;";
    return `    case ${label}: x = x * ${random.between(3, 99)} ${random.pick(["+", "^", "-"])} ${random.below(1000)};${fall}`;
  });
  const targets = Array.from({ length: random.between(3, 6) }, (_, k) => k);
  return {
    declarations: `NOINLINE static u32 ${id}_switch(${type} n, u32 x) {
  switch (n) {
${cases.join("\n")}
    ${random.once(2) ? `default: x ^= ${random.u32()}u;` : "case 127: x++;"}
  }
  return x;
}
NOINLINE static u32 ${id}_goto(u32 x, int steps) {
  static const void *const to[] = {${targets.map((k) => `&&l${k}`).join(", ")}};
  goto *to[x % ${targets.length}];
${targets.map((k) => `l${k}:\n  x = x * ${random.between(3, 999) | 1}u + ${random.u32()}u;\n  if (--steps > 0) goto *to[(x >> ${random.between(3, 20)}) % ${targets.length}];\n  return x + ${k};`).join("\n")}
}`,
    body: `  u32 x = ${random.u32()}u;
  for (int i = -3; i < 128; i++) x = ${id}_switch((${type})i, x);
  show("${id} switch", x);
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
  for (struct ${id}_node *n = head; n; n = n->next) sum = n->apply(sum, n->value);
  show("${id} applied", sum);`,
  };
};

/** setjmp and longjmp over frames that hold live values. */
export const jumps: Theme = (random, id) => {
  const type = random.pick(INTEGERS);
  const depth = random.between(2, 9);
  return {
    declarations: `static jmp_buf ${id}_buffer, ${id}_outer;
NOINLINE static ${type} ${id}_dive(int n, ${type} x) {
  ${type} kept = (${type})(x * 3 + n);
  if (n == 0) longjmp(${random.once(3) ? `${id}_outer` : `${id}_buffer`}, (int)((u32)x & 0x7fff) + 1);
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
  if (code == 0) sum = ${id}_try(OPAQUE(${literal(random, type)}), ${random.between(1, 5)});
  show("${id}", mix(sum, (u64)code));`,
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
  u64 sum = 0;
#ifdef TRAMPOLINES
  sum = ${id}_apply(twice, n);
#else
  for (int i = 0; i < n; i++) sum = twice(sum + (u64)i);
#endif
  return mix(sum, calls);
}`,
    body: `  show("${id}", ${id}_outer(OPAQUE(${literal(random, type)}), OPAQUE(${random.between(1, 9)})));`,
  };
};
