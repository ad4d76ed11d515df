import type {
  Expression,
  Identifier,
  MemberExpression,
  Node,
  Pattern,
  PrivateIdentifier,
  Super,
} from "acorn";
import { ARENA, loopArrays, loopNumbers } from "../interp/loop-layout.ts";
import { I32, W, Writer } from "../jit/wasm.ts";
import {
  type ArrayPlace,
  COMPARISONS,
  ELEMENTS,
  INVERSE,
  isSigned,
  isUnsigned,
  joined,
  type Kind,
  OPERATORS,
} from "./kinds.ts";

/**
 * What the host adds to an address costs it nothing up to here. More it adds in 64 bits and compares with the end of the memory, at each
 * access: six instructions more.
 */
const NEAR = 1 << 16;
/** The parameter is an index into the arena, and kept as the address of its word. */
const POINTER = "ip";
const POINTED = ARENA;

type Operand = Expression | PrivateIdentifier | Super;

/** The name of a place such as core.stats.instructions. */
export function pathOf(node: Node): string {
  if (node.type === "Identifier") return (node as Identifier).name;
  const { object, property, computed } = node as MemberExpression;
  if (node.type !== "MemberExpression" || computed) return "";
  return `${pathOf(object)}.${(property as Identifier).name}`;
}

const isWord = (value: number): boolean => value === (value | 0) || value === value >>> 0;

/** Whether an expression changes a variable, so that it cannot be written twice. */
export function hasEffect(node: Node): boolean {
  if (node.type === "UpdateExpression" || node.type === "AssignmentExpression") return true;
  return partsOf(node).some(hasEffect);
}
export function partsOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((part): part is Node => typeof (part as Node | null)?.type === "string");
}

/** Writes expressions on numbers of 32 bits as WebAssembly. */
export class Expressions {
  protected w = new Writer();
  /** Of 32 bits; those of `long` have 64. */
  protected readonly locals = new Map<string, number>();
  protected readonly long = new Set<string>();
  protected readonly arrays = new Map<string, ArrayPlace>();
  /** Constants of the loop's body that are computed where they are used. */
  protected readonly inlined = new Map<string, Expression>();

  /** `source` is what the nodes are of, `constants` the numbers that are declared outside of the function. */
  constructor(
    private readonly source: string,
    private readonly constants: ReadonlyMap<string, number>,
  ) {}

  protected refuse(node: Node, why: string): never {
    throw new Error(`loop: ${why}: ${this.source.slice(node.start, node.end)}`);
  }

  protected declareArray(name: string, path: string, node: Node): void {
    const found = loopArrays[path];
    if (!found) this.refuse(node, "no such array");
    this.arrays.set(name, { at: found[0], ...ELEMENTS[found[1]] });
  }
  protected local(name: string, node: Node): number {
    return this.locals.get(name) ?? this.refuse(node, "unknown name");
  }

  protected literal(node: Operand): number | undefined {
    if (node.type === "Literal" && typeof node.value === "number")
      return isWord(node.value) ? node.value : this.refuse(node, "no number of 32 bits");
    if (node.type === "Identifier") {
      const value = this.constants.get(node.name);
      return value === undefined || isWord(value)
        ? value
        : this.refuse(node, "no number of 32 bits");
    }
    if (node.type !== "UnaryExpression" || node.operator !== "-") return undefined;
    const value = this.literal(node.argument);
    return value === undefined ? undefined : -value;
  }

  /** The address of an element is the number on the stack plus `offset`, as that of one with a known index. */
  protected element(node: MemberExpression): { array: ArrayPlace; offset: number } {
    const array = this.arrays.get(pathOf(node.object));
    if (!array || !node.computed) return this.refuse(node, "no such array");
    return { array, offset: this.index(node.property, array) };
  }
  private index(index: Operand, array: ArrayPlace): number {
    const { at, shift } = array;
    const known = this.literal(index);
    if (known !== undefined) {
      if (known < 0) this.refuse(index, "before the array");
      return this.place(at) + (known << shift);
    }
    const node = index.type === "Identifier" ? (this.inlined.get(index.name) ?? index) : index;
    if (this.isPointer(node) && at === POINTED) {
      this.w.get(this.local(POINTER, node));
      return 0;
    }
    if (node.type === "BinaryExpression") {
      const { operator, left, right } = node;
      const constant = this.literal(right);
      // Arena indices are far from where a sum would wrap.
      if (constant !== undefined && left.type === "Identifier" && shift === 2) {
        if (operator === "+" && constant >= 0) return this.index(left, array) + (constant << shift);
        if (operator === "-" && this.isPointer(left) && at === POINTED) {
          this.index(left, array);
          this.operate(W.sub, constant << shift);
          return 0;
        }
      }
      if (this.shiftedField(node, shift)) return this.within(at);
    }
    this.number(node);
    if (shift > 0) this.operate(W.shl, shift);
    return this.within(at);
  }
  /** Something at a known address: what is left of it for the access to add, which is the same for what is near it. */
  protected place(at: number): number {
    const offset = at % NEAR;
    this.w.const(at - offset);
    return offset;
  }
  /** The number on the stack is a distance from `at`. The access adds what costs nothing there. */
  private within(at: number): number {
    if (at < NEAR) return at;
    this.operate(W.add, at);
    return 0;
  }
  protected isPointer(node: Operand | Pattern): boolean {
    return node.type === "Identifier" && node.name === POINTER;
  }
  /** A pointer of the index on the stack. */
  protected point(): void {
    this.operate(W.shl, 2);
    this.operate(W.add, POINTED);
  }
  /** `v >>> n` or `v >>> n & mask` times the size of an element, with one shift instead of two. */
  private shiftedField(node: Expression, shift: number): boolean {
    if (node.type !== "BinaryExpression" || shift === 0) return false;
    const masked = node.operator === "&";
    const field = masked ? node.left : node;
    const mask = masked ? this.literal(node.right) : -1;
    if (field.type !== "BinaryExpression" || field.operator !== ">>>") return false;
    const by = this.literal(field.right);
    if (by === undefined || mask === undefined || by < shift || by > 31) return false;
    this.number(field.left);
    if (by > shift) this.operate(W.shrU, by - shift);
    this.operate(W.and, mask << shift);
    return true;
  }
  protected operate(op: number, constant: number): void {
    this.w.const(constant);
    this.w.op(op);
  }

  /** A number for arithmetic. */
  protected number(node: Operand): Kind {
    const kind = this.value(node);
    return kind === "truth" ? this.refuse(node, "a number is wanted") : kind;
  }
  protected value(node: Operand): Kind {
    const known = this.literal(node);
    if (known !== undefined) {
      this.w.const(known);
      return known < 0 ? "signed" : known < 2 ** 31 ? "positive" : "unsigned";
    }
    switch (node.type) {
      case "Literal":
        if (typeof node.value !== "boolean") break;
        this.w.const(node.value ? 1 : 0);
        return "truth";
      case "Identifier": {
        const inlined = this.inlined.get(node.name);
        if (inlined) return this.number(inlined);
        if (this.long.has(node.name)) break;
        this.w.get(this.local(node.name, node));
        if (this.isPointer(node)) {
          this.operate(W.sub, POINTED);
          this.operate(W.shrU, 2);
        }
        return "signed";
      }
      case "MemberExpression":
        return node.computed ? this.load(node) : this.field(node);
      case "UnaryExpression":
        if (node.operator !== "~") break;
        this.number(node.argument);
        this.operate(W.xor, -1);
        return "signed";
      case "UpdateExpression": {
        if (node.argument.type !== "Identifier" || this.isPointer(node.argument)) break;
        const local = this.local(node.argument.name, node);
        this.w.get(local);
        if (!node.prefix) this.w.get(local);
        this.w.const(1);
        this.w.op(node.operator === "++" ? W.add : W.sub);
        if (node.prefix) this.w.tee(local);
        else this.w.set(local);
        return "signed";
      }
      case "CallExpression": {
        const name = pathOf(node.callee);
        for (const argument of node.arguments) this.number(argument as Expression);
        if (name === "Math.imul") this.w.op(W.mul);
        else if (name === "Math.clz32") this.w.op(W.clz);
        else break;
        return name === "Math.imul" ? "signed" : "positive";
      }
      case "ConditionalExpression": {
        this.truth(node.test);
        this.w.op(W.if, I32);
        const a = this.number(node.consequent);
        this.w.op(W.else);
        const b = this.number(node.alternate);
        this.w.op(W.end);
        return joined(a, b);
      }
      case "LogicalExpression":
        return this.truth(node);
      case "BinaryExpression":
        return this.binary(node.operator, node.left, node.right, node);
    }
    return this.refuse(node, "no such expression");
  }
  private load(node: MemberExpression): Kind {
    const { array, offset } = this.element(node);
    this.w.memory(array.load, offset);
    return array.kind;
  }
  private field(node: MemberExpression): Kind {
    const found = loopNumbers[pathOf(node)];
    if (found?.[1] !== 32) return this.refuse(node, "no such number");
    const offset = this.place(found[0]);
    this.w.memory(W.load, offset);
    return "signed";
  }

  private binary(operator: string, left: Operand, right: Operand, node: Node): Kind {
    const constant = this.literal(right);
    if (operator === "|" && constant === 0) {
      if (left.type === "BinaryExpression" && left.operator === "/")
        this.quotient(left.left, left.right, left);
      else this.number(left);
      return "signed";
    }
    if (operator === ">>>" && constant === 0) {
      this.number(left);
      return "unsigned";
    }
    const a = this.number(left);
    const b = this.number(right);
    const comparison = COMPARISONS[operator];
    if (comparison) {
      if (isSigned(a) && isSigned(b)) this.w.op(comparison[0]);
      else if (isUnsigned(a) && isUnsigned(b)) this.w.op(comparison[1]);
      else this.refuse(node, `${a} and ${b} numbers are not comparable`);
      return "truth";
    }
    const op = OPERATORS[operator];
    // A product of more bits than the host's numbers have is rounded there.
    const isExact = constant !== undefined && Math.abs(constant) <= 2 ** 20 && a !== "sum";
    if (op === undefined || (operator === "*" && !isExact))
      return this.refuse(node, "no such operator");
    const isShift = operator === "<<" || operator === ">>" || operator === ">>>";
    if (isShift && constant !== undefined && (constant < 0 || constant > 31))
      this.refuse(node, "no such shift");
    this.w.op(op);
    if (operator === "+" || operator === "-" || operator === "*") return "sum";
    if (operator === "&") return a === "positive" || b === "positive" ? "positive" : "signed";
    if (operator !== ">>>") return "signed";
    return constant === undefined ? "unsigned" : "positive";
  }
  /** Towards zero. What does not fit into 32 bits, -2^31 / -1, comes out as it went in; nothing is divided by zero. */
  private quotient(left: Operand, right: Operand, node: Node): void {
    const kinds = this.kindsOf(left, right);
    if (hasEffect(left) || hasEffect(right)) this.refuse(node, "an operand is written twice");
    if (kinds.every(isUnsigned)) {
      this.number(left);
      this.number(right);
      this.w.op(W.divU);
      return;
    }
    if (!kinds.every(isSigned)) this.refuse(node, "numbers of two kinds");
    this.number(right);
    this.w.const(-1);
    this.w.op(W.eq, W.if, I32);
    this.w.const(0);
    this.number(left);
    this.w.op(W.sub, W.else);
    this.number(left);
    this.number(right);
    this.w.op(W.divS, W.end);
  }
  /** Of expressions that are not written. */
  private kindsOf(...nodes: Operand[]): Kind[] {
    const { at } = this.w;
    const kinds = nodes.map((node) => this.number(node));
    this.w.at = at;
    return kinds;
  }

  /** 0 or 1. */
  protected truth(node: Operand): "truth" {
    if (node.type !== "LogicalExpression") {
      if (this.value(node) !== "truth") this.refuse(node, "a comparison is wanted");
      return "truth";
    }
    this.truth(node.left);
    this.w.op(W.if, I32);
    if (node.operator === "&&") this.truth(node.right);
    else this.w.const(1);
    this.w.op(W.else);
    if (node.operator === "&&") this.w.const(0);
    else this.truth(node.right);
    this.w.op(W.end);
    return "truth";
  }
  /** Goes `depth` levels out when a condition is as wanted. */
  protected branchIf(node: Expression, wanted: boolean, depth: number): void {
    if (node.type === "LogicalExpression") {
      if ((node.operator === "&&") !== wanted) {
        this.branchIf(node.left, wanted, depth);
        this.branchIf(node.right, wanted, depth);
        return;
      }
      this.w.open(W.block);
      this.branchIf(node.left, !wanted, 0);
      this.branchIf(node.right, wanted, depth + 1);
      this.w.end();
      return;
    }
    if (node.type !== "BinaryExpression" || !INVERSE[node.operator])
      return this.refuse(node, "a comparison is wanted");
    const operator = wanted ? node.operator : INVERSE[node.operator];
    const isZero = this.literal(node.right) === 0;
    if (isZero && (operator === "!==" || operator === "===")) {
      // The low bits of a sum may be 0 when it is not.
      if (this.number(node.left) === "sum") this.refuse(node, "sums are not comparable");
      if (operator === "===") this.w.op(W.eqz);
    } else this.binary(operator, node.left, node.right, node);
    this.w.brIf(depth);
  }
}
