import type { Task } from "../../kernel/call.ts";
import { FinshError, type Token, tokens } from "./lexer.ts";

/** Numbers are C ints; a string is a pointer to its characters. */
export type Value = number | string;

/** What an expression can name. */
export interface Scope {
  /** Calls a function; undefined when there is none of that name. */
  call(name: string, args: readonly Value[]): Task<number> | number | undefined;
  /** The value of a variable, or the address of a function or kernel symbol. */
  lookup(name: string): number | undefined;
  assign(name: string, value: number): boolean;
}

/** Binary operators by precedence, loosest first. Division by zero gives 0, as the board's library does. */
const BINARY: readonly Record<string, (a: number, b: number) => number>[] = [
  { "|": (a, b) => a | b },
  { "^": (a, b) => a ^ b },
  { "&": (a, b) => a & b },
  { "<<": (a, b) => a << b, ">>": (a, b) => a >> b },
  { "+": (a, b) => (a + b) | 0, "-": (a, b) => (a - b) | 0 },
  {
    "*": Math.imul,
    "/": (a, b) => (b === 0 ? 0 : (a / b) | 0),
    "%": (a, b) => (b === 0 ? 0 : a % b),
  },
];

const UNARY: Record<string, (a: number) => number> = {
  "-": (a) => -a | 0,
  "+": (a) => a,
  "~": (a) => ~a,
  "!": (a) => Number(a === 0),
};

/** Deepest nesting of parentheses and prefixes; a line has 80 characters. */
const MAX_DEPTH = 100;

/** Evaluates the statements of one line and gives the value of the last; undefined for an empty line. */
export function* evaluate(line: string, scope: Scope): Task<Value | undefined> {
  return yield* new Evaluator(tokens(line), scope).statements();
}

class Evaluator {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly found: readonly Token[],
    private readonly scope: Scope,
  ) {}

  *statements(): Task<Value | undefined> {
    let value: Value | undefined;
    while (this.at < this.found.length) {
      if (this.take(";")) continue;
      value = yield* this.assignment();
      if (this.at < this.found.length && !this.take(";")) throw new FinshError("Expect a operater");
    }
    return value;
  }

  private *assignment(): Task<Value> {
    const [target, sign] = this.found.slice(this.at, this.at + 2);
    if (target.kind !== "name" || sign?.kind !== "operator" || sign.text !== "=")
      return yield* this.binary(0);
    this.at += 2;
    const value = this.number(yield* this.assignment());
    if (!this.scope.assign(target.text, value)) throw new FinshError("Unknown symbol");
    return value;
  }

  private *binary(level: number): Task<Value> {
    if (level === BINARY.length) return yield* this.unary();
    let value = yield* this.binary(level + 1);
    for (;;) {
      const next = this.found[this.at];
      const apply = next?.kind === "operator" ? BINARY[level][next.text] : undefined;
      if (!apply) return value;
      this.at++;
      value = apply(this.number(value), this.number(yield* this.binary(level + 1)));
    }
  }

  private *unary(): Task<Value> {
    const token = this.found[this.at++];
    if (!token) throw new FinshError("Unexpect end");
    if (token.kind === "number") return token.value;
    if (token.kind === "string") return token.text;
    if (token.kind === "name") return yield* this.named(token.text);
    if (++this.depth > MAX_DEPTH) throw new FinshError("Memory full");
    const apply = UNARY[token.text];
    if (apply) return apply(this.number(yield* this.unary()));
    if (token.text !== "(") throw new FinshError("Invalid token");
    const value = yield* this.binary(0);
    if (!this.take(")")) throw new FinshError("Expect a character");
    return value;
  }

  private *named(name: string): Task<Value> {
    if (!this.take("(")) {
      const value = this.scope.lookup(name);
      if (value === undefined) throw new FinshError("Unknown symbol");
      return value;
    }
    const args: Value[] = [];
    while (!this.take(")")) {
      if (args.length > 0 && !this.take(",")) throw new FinshError("Expect a character");
      args.push(yield* this.binary(0));
    }
    const result = this.scope.call(name, args);
    if (result === undefined) throw new FinshError("Null node");
    return typeof result === "number" ? result : yield* result;
  }

  private take(text: string): boolean {
    const next = this.found[this.at];
    if (next?.kind !== "operator" || next.text !== text) return false;
    this.at++;
    return true;
  }

  private number(value: Value): number {
    if (typeof value === "string") throw new FinshError("Expect a operater");
    return value;
  }
}
