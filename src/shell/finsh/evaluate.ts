import type { Task } from "../../kernel/call.ts";
import {
  CHAR,
  type CType,
  fit,
  INT,
  type Node,
  type Place,
  pointerTo,
  type Variable,
} from "./types.ts";

/** A number and what it is; strings are pointers to their characters. */
export interface Value {
  readonly value: number;
  readonly type: CType;
}

/** What expressions work on. */
export interface Store {
  /** Throws FinshError for an address without memory. */
  load(place: Variable): number;
  store(place: Variable, value: number): void;
  /** The address of a copy of the text. */
  text(text: string): number;
  call(name: string, args: readonly number[]): Task<number>;
}

/**
 * Division by zero gives 0, as the board's library does. A shift by a register takes its low byte, and 32 or more shift everything out (ARM
 * ARM A2.2.1, A8.4.3).
 */
const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "&": (a, b) => a & b,
  "<<": (a, b) => ((b & 0xff) < 32 ? a << (b & 0xff) : 0),
  ">>": (a, b) => a >> Math.min(b & 0xff, 31),
  "+": (a, b) => (a + b) | 0,
  "-": (a, b) => (a - b) | 0,
  "*": Math.imul,
  "/": (a, b) => (b === 0 ? 0 : (a / b) | 0),
  "%": (a, b) => (b === 0 ? 0 : a % b),
};

const UNARY: Readonly<Record<string, (a: number) => number>> = {
  "-": (a) => -a | 0,
  "+": (a) => a,
  "~": (a) => ~a,
  "!": (a) => Number(a === 0),
};

/** The value of an expression. A pointer that something is added to goes on by so many bytes, whatever it points to. */
export function* evaluate(node: Node, store: Store): Task<Value> {
  switch (node.kind) {
    case "constant":
      return node;
    case "string":
      return { value: store.text(node.text), type: pointerTo(CHAR) };
    case "variable":
      return { value: store.load(node.variable), type: node.variable.type };
    case "deref": {
      const place = yield* placeOf(node, store);
      return { value: store.load(place), type: place.type };
    }
    case "address": {
      const { address, type } = yield* placeOf(node.of, store);
      return { value: address | 0, type: pointerTo(type) };
    }
    case "cast": {
      const { value } = yield* evaluate(node.of, store);
      return { value: fit(value, node.type), type: node.type };
    }
    case "unary": {
      const { value } = yield* evaluate(node.of, store);
      return { value: UNARY[node.operator](value), type: INT };
    }
    case "binary": {
      const a = yield* evaluate(node.a, store);
      const b = yield* evaluate(node.b, store);
      const type = [a, b].find(({ type }) => type.target)?.type ?? INT;
      return { value: BINARY[node.operator](a.value, b.value), type };
    }
    case "assign": {
      const place = yield* placeOf(node.to, store);
      const { value } = yield* evaluate(node.value, store);
      return put(store, place, value);
    }
    case "step": {
      const place = yield* placeOf(node.to, store);
      const value = store.load(place);
      const stepped = put(store, place, (value + node.by) | 0);
      return node.after ? { value, type: place.type } : stepped;
    }
    case "call": {
      const args: number[] = [];
      for (const arg of node.args) args.push((yield* evaluate(arg, store)).value);
      return { value: yield* store.call(node.name, args), type: INT };
    }
  }
}

function put(store: Store, place: Variable, value: number): Value {
  const fitting = fit(value, place.type);
  store.store(place, fitting);
  return { value: fitting, type: place.type };
}

/** Where a variable is, or what a pointer points to; a number that is no pointer points to an int. */
function* placeOf(node: Place, store: Store): Task<Variable> {
  if (node.kind === "variable") return node.variable;
  const { value, type } = yield* evaluate(node.of, store);
  return { address: value >>> 0, type: type.target ?? INT };
}
