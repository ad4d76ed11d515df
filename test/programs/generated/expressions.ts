import type { Random } from "../../cpu/qemu/random.ts";

export const INTEGERS = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"] as const;
export type Integer = (typeof INTEGERS)[number];

/** A variable of a program: its type, its name, and the constant that it holds. */
export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly value: string;
}

/** The same expression twice: of variables, and of their constants. */
export interface Expression {
  readonly run: string;
  readonly folded: string;
}

const INFIX = ["+", "-", "*", "&", "|", "^", "+", "-"];
const CALLS = ["div", "mod", "shl", "shr", "max"];
const COMPARE = ["<", "<=", ">", ">=", "==", "!="];

export function literal(random: Random, type: string): string {
  if (type.endsWith("64")) {
    const high = random.word().toString(16).padStart(8, "0");
    return `((${type})0x${high}${random.word().toString(16).padStart(8, "0")}u)`;
  }
  return `((${type})0x${random.word().toString(16)}u)`;
}

/** A number as compilers meet them: small, of a few digits, large, very small; now and then not finite or a subnormal. */
export function floatLiteral(random: Random, type: "float" | "double"): string {
  const sign = random.once(3) ? "-" : "";
  const suffix = type === "float" ? "f" : "";
  switch (random.below(8)) {
    case 0:
      return `${sign}${random.below(10)}.0${suffix}`;
    case 1:
      return `${sign}${random.below(1000)}.${random.below(1000)}${suffix}`;
    case 2:
      return `${sign}0x1.${random.u32().toString(16)}p${random.between(-20, 30)}${suffix}`;
    case 3:
      return `${sign}0x1.${random.u32().toString(16)}p${random.between(-30, 30) * (type === "float" ? 4 : 30)}${suffix}`;
    case 4:
      return `${sign}${type === "float" ? "0x1.8p-140f" : "0x1.8p-1060"}`;
    case 5:
      return `${sign}${random.below(100000)}.5${suffix}`;
    default:
      return `${sign}${random.below(256)}.${random.below(100)}${suffix}`;
  }
}

/** Variables with values hidden from the compiler: declarations of `count` integers of any type. */
export function integerVariables(random: Random, id: string, count: number): Variable[] {
  return Array.from({ length: count }, (_, k) => {
    const type = random.pick(INTEGERS);
    return { type, name: `${id}v${k}`, value: literal(random, type) };
  });
}

export function declare(variables: readonly Variable[]): string {
  return variables
    .map(({ type, name, value }) => `  volatile ${type} ${name} = ${value};`)
    .join("\n");
}

const map = (x: Expression, f: (text: string) => string): Expression => ({
  run: f(x.run),
  folded: f(x.folded),
});
const join = (a: Expression, b: Expression, f: (a: string, b: string) => string): Expression => ({
  run: f(a.run, b.run),
  folded: f(a.folded, b.folded),
});

/** An integer expression over the variables; division and shifts are those of checks.h. */
export function integer(random: Random, variables: readonly Variable[], depth: number): Expression {
  if (depth === 0 || random.once(8)) {
    if (random.once(4)) {
      const text = literal(random, random.pick(INTEGERS));
      return { run: text, folded: text };
    }
    const { name, value } = random.pick(variables);
    return { run: name, folded: value };
  }
  const sub = () => integer(random, variables, depth - 1);
  const type = random.pick(INTEGERS);
  switch (random.below(7)) {
    case 0:
    case 1:
    case 2: {
      const operator = random.pick(INFIX);
      return join(sub(), sub(), (a, b) => `(${type})((${type})${a} ${operator} (${type})${b})`);
    }
    case 3: {
      const call = random.pick(CALLS);
      return join(sub(), sub(), (a, b) => `${call}_${type}((${type})${a}, (${type})${b})`);
    }
    case 4: {
      const operator = random.pick(COMPARE);
      const chosen = sub();
      const other = sub();
      const condition = join(sub(), sub(), (a, b) => `(${type})${a} ${operator} (${type})${b}`);
      return {
        run: `(${condition.run} ? ${chosen.run} : ${other.run})`,
        folded: `(${condition.folded} ? ${chosen.folded} : ${other.folded})`,
      };
    }
    case 5: {
      const operator = random.pick(["~", "-", "!", "(i8)", "(u16)"]);
      return map(sub(), (a) => `(${type})(${operator}${a})`);
    }
    default: {
      const operator = random.pick([...COMPARE, "&&", "||"]);
      return join(sub(), sub(), (a, b) => `((${type})${a} ${operator} (${type})${b})`);
    }
  }
}

/** A floating-point expression of the given type over variables of both types. */
export function floating(
  random: Random,
  variables: readonly Variable[],
  type: "float" | "double",
  depth: number,
): Expression {
  if (depth === 0 || random.once(8)) {
    const { name, value } = random.pick(variables);
    return { run: `(${type})${name}`, folded: `(${type})${value}` };
  }
  const sub = () => floating(random, variables, type, depth - 1);
  switch (random.below(8)) {
    case 0: {
      const other = type === "float" ? "double" : "float";
      return map(floating(random, variables, other, depth - 1), (a) => `(${type})${a}`);
    }
    case 1: {
      const from = random.pick(INTEGERS);
      return map(sub(), (a) => `(${type})from_${from}(${a})`);
    }
    case 2: {
      const operator = random.pick(COMPARE);
      const condition = join(sub(), sub(), (a, b) => `${a} ${operator} ${b}`);
      const chosen = sub();
      const other = sub();
      return {
        run: `(${condition.run} ? ${chosen.run} : ${other.run})`,
        folded: `(${condition.folded} ? ${chosen.folded} : ${other.folded})`,
      };
    }
    case 3:
      return map(sub(), (a) => `(-${a})`);
    default: {
      const operator = random.pick(["+", "-", "*", "/"]);
      return join(sub(), sub(), (a, b) => `(${a} ${operator} ${b})`);
    }
  }
}
