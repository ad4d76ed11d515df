import type { Random } from "../../cpu/qemu/random.ts";
import { floatLiteral, INTEGERS, literal } from "./expressions.ts";
import type { Theme } from "./theme.ts";

const SCALARS = [...INTEGERS, "float", "double"];

function value(random: Random, type: string): string {
  return type === "float" || type === "double" ? floatLiteral(random, type) : literal(random, type);
}
/** The value as a number that `mix` takes. */
function number(type: string, text: string): string {
  return type === "float" || type === "double" ? `bits_${type}(${text})` : `(u64)${text}`;
}

/** Functions with many arguments of all types: registers, pairs, stack. */
export const calls: Theme = (random, id) => {
  const types = Array.from({ length: random.between(3, 12) }, () => random.pick(SCALARS));
  const result = random.pick(SCALARS);
  const parameters = types.map((type, k) => `${type} a${k}`).join(", ");
  const mixes = types.map((type, k) => `  sum = mix(sum, ${number(type, `a${k}`)});`);
  const shuffled = random.sample([...types.keys()], types.length);
  const names = types.map((_, k) => `a${k}`).join(", ");
  const passed = types.map((type, k) => `(${type})from_${random.pick(INTEGERS)}(a${shuffled[k]})`);
  return {
    declarations: `NOINLINE static ${result} ${id}_inner(u64 *out, ${parameters}) {
  u64 sum = 5;
${mixes.join("\n")}
  *out = sum;
  return (${result})(u8)(sum >> 7);
}
NOINLINE static u64 ${id}_outer(${parameters}) {
  u64 out = 0;
  ${result} r = ${id}_inner(&out, ${passed.join(", ")});
${mixes.map((line) => line.replaceAll("sum", "out")).join("\n")}
  return mix(out, ${number(result, "r")});
}`,
    body: `${types.map((type, k) => `  ${type} a${k} = OPAQUE((${type})${value(random, type)});`).join("\n")}
  u64 sum = ${id}_outer(${names});
  show("${id}", sum);
  check("${id} by pointer", sum, OPAQUE(&${id}_outer)(${names}));`,
  };
};

/** Structures by value: returned in registers or memory, split between registers and stack, homogeneous of float or double. */
export const structs: Theme = (random, id) => {
  const homogeneous = random.once(3) ? random.pick(["float", "double"]) : undefined;
  const fields = Array.from({ length: random.between(1, homogeneous ? 4 : 6) }, (_, k) => ({
    type: homogeneous ?? random.pick(SCALARS),
    name: `f${k}`,
    count: homogeneous || random.once(4) === false ? 0 : random.between(2, 5),
  }));
  const each = (f: (type: string, place: string) => string) =>
    fields.flatMap(({ type, name, count }) =>
      count === 0
        ? [f(type, name)]
        : Array.from({ length: count }, (_, k) => f(type, `${name}[${k}]`)),
    );
  const before = random.pick(SCALARS);
  const after = random.pick(SCALARS);
  return {
    declarations: `struct ${id} {
${fields.map(({ type, name, count }) => `  ${type} ${name}${count ? `[${count}]` : ""};`).join("\n")}
};
NOINLINE static u64 ${id}_sum(struct ${id} s) {
  u64 sum = sizeof s;
${each((type, place) => `  sum = mix(sum, ${number(type, `s.${place}`)});`).join("\n")}
  return sum;
}
NOINLINE static struct ${id} ${id}_change(${before} x, struct ${id} s, ${after} y, struct ${id} t) {
${each((type, place) => `  s.${place} = s.${place} ${random.pick(["+", "-"])} (${type})${random.pick(["x", "y", "1", `t.${place}`])};`).join("\n")}
  return s;
}`,
    body: `  struct ${id} s, t;
  memset(&s, 0, sizeof s);
${each((type, place) => `  s.${place} = OPAQUE((${type})${value(random, random.pick([type, "i16"]))});`).join("\n")}
  t = s;
  show("${id} sum", ${id}_sum(s));
  struct ${id} u = ${id}_change(OPAQUE((${before})3), s, OPAQUE((${after})200), t);
  show("${id} changed", ${id}_sum(u));
  struct ${id} many[3] = {s, u, t};
  many[OPAQUE(1)] = many[OPAQUE(2)];
  check("${id} copied", ${id}_sum(t), ${id}_sum(many[1]));`,
  };
};

const VARIADIC: readonly (readonly [letter: string, type: string])[] = [
  ["i", "i32"],
  ["u", "u32"],
  ["l", "i64"],
  ["d", "double"],
  ["p", "void *"],
];

/** What may stand before the variable arguments: they begin in r1, r2 or behind a pair. */
const FIRST: readonly (readonly [parameter: string, argument: string])[] = [
  ["", ""],
  ["int first, ", "1, "],
  ["i64 first, ", "2, "],
  ["double first, ", "3.0, "],
];

/** Variable arguments of every size in any order. */
export const variadic: Theme = (random, id) => {
  const list = Array.from({ length: random.between(2, 12) }, () => random.pick(VARIADIC));
  const letters = list.map(([letter]) => letter).join("");
  const values = list.map(([, type]) =>
    type === "void *" ? `(void *)${random.below(1000)}` : `OPAQUE(${value(random, type)})`,
  );
  const [parameter, argument] = random.pick(FIRST);
  return {
    declarations: `static u64 ${id}_list(const char *kinds, va_list list) {
  u64 sum = 0;
  for (; *kinds; kinds++) switch (*kinds) {
    case 'i': sum = mix(sum, (u64)va_arg(list, i32)); break;
    case 'u': sum = mix(sum, va_arg(list, u32)); break;
    case 'l': sum = mix(sum, (u64)va_arg(list, i64)); break;
    case 'd': sum = mix(sum, bits_double(va_arg(list, double))); break;
    case 'p': sum = mix(sum, (u32)(uintptr_t)va_arg(list, void *)); break;
  }
  return sum;
}
NOINLINE static u64 ${id}_sum(${parameter}const char *kinds, ...) {
  va_list list, again;
  va_start(list, kinds);
  va_copy(again, list);
  u64 sum = ${id}_list(kinds, list);
  check("${id} copied", sum, ${id}_list(kinds, again));
  va_end(again);
  va_end(list);
  return sum;
}`,
    body: `  show("${id}", ${id}_sum(${argument}"${letters}", ${values.join(", ")}));`,
  };
};

/** Recursion, direct and mutual, with live values across the calls. */
export const recursion: Theme = (random, id) => {
  const type = random.pick(INTEGERS);
  const depth = random.between(4, 14);
  const n = random.between(2, 5);
  return {
    declarations: `static ${type} ${id}_odd(${type} n, u64 x);
NOINLINE static ${type} ${id}_even(${type} n, u64 x) {
  if (n <= 0 || n > 100) return (${type})x;
  ${type} first = ${id}_odd((${type})(n - 1), x * ${random.between(2, 99)} + ${random.below(100)});
  return (${type})(first ${random.pick(["+", "^", "-"])} ${id}_odd((${type})(n - ${random.between(2, 3)}), x >> ${random.between(1, 9)}));
}
NOINLINE static ${type} ${id}_odd(${type} n, u64 x) {
  if (n <= 1 || n > 100) return (${type})(x >> 3);
  return (${type})(${id}_even((${type})(n - 1), x + (u64)n) * ${random.between(3, 7)} + (${type})x);
}
NOINLINE static u32 ${id}_ackermann(u32 m, u32 n) {
  return m == 0 ? n + 1 : ${id}_ackermann(m - 1, n == 0 ? 1 : ${id}_ackermann(m, n - 1));
}`,
    body: `  show("${id}", (u64)${id}_even((${type})OPAQUE(${depth}), OPAQUE(${literal(random, "u64")})));
  check("${id} ackermann", ${2 * n + 3}, ${id}_ackermann(OPAQUE(2u), OPAQUE(${n}u)));`,
  };
};
