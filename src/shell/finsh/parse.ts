import { FinshError, type Token, tokens } from "./lexer.ts";
import {
  BASE_TYPES,
  CHAR,
  type CType,
  INT,
  isPlace,
  type Node,
  type Place,
  pointerTo,
} from "./types.ts";

/** The names a line can use. */
export interface Names {
  /** A variable, or an address that a name stands for. */
  find(name: string): Node | undefined;
  /** There is a function to call. */
  callable(name: string): boolean;
  /** Makes a variable; throws FinshError when there is one or no room. */
  declare(name: string, type: CType): Node & { readonly kind: "variable" };
}

/** Binary operators by precedence, loosest first. */
const BINARY: readonly (readonly string[])[] = [
  ["|"],
  ["^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const UNARY = new Set(["-", "+", "~", "!"]);
const STEPS: Readonly<Record<string, 1 | -1>> = { "++": 1, "--": -1 };

/** Deepest nesting of parentheses and prefixes. */
const MAX_DEPTH = 100;
/** Of a call, as the original has it. */
const MAX_ARGS = 16;

/** A name that stands for nothing. What finsh calls that depends on where it is: see `first`. */
const UNKNOWN: unique symbol = Symbol("unknown");
type Found = Node | typeof UNKNOWN;

/** The statements of a line. Nothing of it is executed yet; only its variables are made. */
export function parse(line: string, names: Names): Node[] {
  return new Parser(tokens(line), names).statements();
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly found: readonly Token[],
    private readonly names: Names,
  ) {}

  statements(): Node[] {
    const nodes: Node[] = [];
    while (this.at < this.found.length) {
      if (this.take(";")) continue;
      if (this.typeAhead()) nodes.push(...this.declaration());
      else nodes.push(this.last(this.assignment()));
      if (this.at < this.found.length && !this.take(";")) throw new FinshError("Expect a operater");
    }
    return nodes;
  }

  /** `int a, b = 1`; gives the assignments. */
  private declaration(): Node[] {
    const type = this.type();
    const nodes: Node[] = [];
    do {
      const name = this.found[this.at++];
      if (name?.kind !== "name" || name.text in BASE_TYPES) throw new FinshError("Expect a type");
      const to = this.names.declare(name.text, type);
      if (!this.take("=")) continue;
      nodes.push({ kind: "assign", to, value: this.last(this.assignment()) });
    } while (this.take(","));
    return nodes;
  }

  private typeAhead(ahead = 0): boolean {
    const token = this.found[this.at + ahead];
    return token?.kind === "name" && (token.text === "unsigned" || token.text in BASE_TYPES);
  }

  private type(): CType {
    let base: CType | undefined;
    let unsigned = false;
    while (this.typeAhead()) {
      const { text } = this.found[this.at++] as { text: string };
      if (text === "unsigned") unsigned = true;
      else if (base) throw new FinshError("Unknown type");
      else base = BASE_TYPES[text];
    }
    base ??= INT;
    if (unsigned) base = { ...base, signed: false };
    return this.take("*") ? pointerTo(base) : base;
  }

  private assignment(): Found {
    const target = this.binary(0);
    if (!this.take("=")) return target;
    const to = this.place(target);
    return { kind: "assign", to, value: this.last(this.assignment()) };
  }

  private binary(level: number): Found {
    if (level === BINARY.length) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const token = this.found[this.at];
      if (token?.kind !== "operator" || !BINARY[level].includes(token.text)) return left;
      this.at++;
      const a = this.first(left);
      left = { kind: "binary", operator: token.text, a, b: this.last(this.binary(level + 1)) };
    }
  }

  private unary(): Found {
    if (++this.depth > MAX_DEPTH) throw new FinshError("Memory full");
    const node = this.prefixed();
    this.depth--;
    return node;
  }

  private prefixed(): Found {
    const token = this.found[this.at];
    if (token?.kind !== "operator") return this.postfix();
    const { text } = token;
    if (text === "(" && this.typeAhead(1)) {
      this.at++;
      const type = this.type();
      this.close();
      return { kind: "cast", type, of: this.first(this.unary()) };
    }
    const by = STEPS[text];
    if (!UNARY.has(text) && text !== "*" && text !== "&" && !by) return this.postfix();
    this.at++;
    const of = this.unary();
    if (by) return { kind: "step", to: this.place(of), by, after: false };
    if (text === "&") return { kind: "address", of: this.place(of) };
    if (text === "*") return { kind: "deref", of: this.first(of) };
    return { kind: "unary", operator: text, of: this.first(of) };
  }

  private postfix(): Found {
    let node = this.primary();
    for (;;) {
      const token = this.found[this.at];
      const by = token?.kind === "operator" ? STEPS[token.text] : undefined;
      if (!by) return node;
      this.at++;
      node = { kind: "step", to: this.place(node), by, after: true };
    }
  }

  private primary(): Found {
    const token = this.found[this.at++];
    if (!token) throw new FinshError("Unexpect end");
    if (token.kind === "number") return { kind: "constant", value: token.value, type: INT };
    if (token.kind === "character") return { kind: "constant", value: token.value, type: CHAR };
    if (token.kind === "string") return token;
    if (token.kind === "name") return this.named(token.text);
    if (token.text !== "(") throw new FinshError("Invalid token");
    const node = this.assignment();
    this.close();
    return node;
  }

  private named(name: string): Found {
    if (name === "NULL") return { kind: "constant", value: 0, type: INT };
    if (!this.take("(")) return this.names.find(name) ?? UNKNOWN;
    const args: Node[] = [];
    while (!this.take(")")) {
      if (args.length > 0 && !this.take(",")) throw new FinshError("Expect a character");
      args.push(this.last(this.assignment()));
      if (args.length > MAX_ARGS) throw new FinshError("Memory full");
    }
    if (!this.names.callable(name)) throw new FinshError("Null node");
    return { kind: "call", name, args };
  }

  /** The first operand: without it there is nothing to hang the operator's node on. */
  private first(node: Found): Node {
    if (node === UNKNOWN) throw new FinshError("Null node");
    return node;
  }

  private last(node: Found): Node {
    if (node === UNKNOWN) throw new FinshError("Unknown symbol");
    return node;
  }

  private place(found: Found): Place {
    const node = this.first(found);
    if (!isPlace(node)) throw new FinshError("Expect a operater");
    return node;
  }

  private close(): void {
    if (!this.take(")")) throw new FinshError("Expect a character");
  }

  private take(text: string): boolean {
    const next = this.found[this.at];
    if (next?.kind !== "operator" || next.text !== text) return false;
    this.at++;
    return true;
  }
}
