import type {
  AssignmentExpression,
  BreakStatement,
  Expression,
  ForStatement,
  Identifier,
  Literal,
  MemberExpression,
  Node,
  Pattern,
  Statement,
  SwitchStatement,
  VariableDeclaration,
} from "acorn";
import { loopNumbers } from "../interp/loop-layout.ts";
import { I32, I64, W } from "../jit/wasm.ts";
import { Expressions, hasEffect, partsOf, pathOf } from "./expressions.ts";

/** Codes are bytes. */
const CODES = 256;

/** A level of structure: what `break` and `continue` look for. */
interface Level {
  readonly label?: string;
  /** `break` without a label goes behind it; `continue` goes to it. */
  readonly breaks?: boolean;
  readonly continues?: boolean;
}

/** Writes the statements of the function. */
export class Statements extends Expressions {
  private readonly levels: Level[] = [];
  private readonly types: number[] = [];
  /** Locals that are constants. */
  private readonly fixed = new Set<number>();

  /** The body of a function whose parameters are the state and one number. */
  body(parameters: readonly Pattern[], statements: readonly Statement[]): Uint8Array {
    const [, index] = parameters;
    if (!index || !this.isPointer(index)) throw new Error("loop: the parameter is not the pointer");
    this.locals.set((index as Identifier).name, 0);
    this.w.get(0);
    this.point();
    this.w.set(0);
    for (const statement of statements) this.statement(statement);
    this.w.op(W.unreachable, W.end);
    return this.w.take();
  }
  /** The types of the locals behind the parameter. */
  get localTypes(): readonly number[] {
    return this.types;
  }

  private statement(node: Statement, label?: string): void {
    switch (node.type) {
      case "VariableDeclaration":
        return this.declare(node);
      case "ExpressionStatement":
        return this.effect(node.expression);
      case "BlockStatement":
        return this.scope(() => {
          for (const inner of node.body) this.statement(inner);
        });
      case "IfStatement": {
        const { test, consequent, alternate } = node;
        if (consequent.type === "BreakStatement" && !alternate)
          return this.branchIf(test, true, this.depthOf(consequent));
        if (alternate) {
          this.inside(W.block, {}, () => {
            this.inside(W.block, {}, () => {
              this.branchIf(test, false, 0);
              this.statement(consequent);
              this.w.br(1);
            });
            this.statement(alternate);
          });
          return;
        }
        return this.inside(W.block, {}, () => {
          this.branchIf(test, false, 0);
          this.statement(consequent);
        });
      }
      case "LabeledStatement":
        if (node.body.type === "ForStatement") return this.statement(node.body, node.label.name);
        return this.inside(W.block, { label: node.label.name }, () => this.statement(node.body));
      case "ForStatement":
        return this.for(node, label);
      case "SwitchStatement":
        return this.switch(node);
      case "BreakStatement":
        return this.w.br(this.depthOf(node));
      case "ContinueStatement":
        if (node.label) this.refuse(node, "a label");
        return this.w.br(this.continued(node));
      case "ReturnStatement":
        this.truth(node.argument ?? this.refuse(node, "no result"));
        return this.w.op(W.return);
    }
    this.refuse(node, "no such statement");
  }

  /** What is declared inside is not known behind it. */
  private scope(write: () => void): void {
    const maps = [this.locals, this.inlined, this.arrays] as Map<string, unknown>[];
    const before = maps.map((map) => [...map]);
    write();
    maps.forEach((map, k) => {
      map.clear();
      for (const [name, value] of before[k]) map.set(name, value);
    });
  }
  private inside(op: number, level: Level, write: () => void): void {
    this.w.open(op);
    this.levels.push(level);
    write();
    this.levels.pop();
    this.w.end();
  }
  private depth(wanted: (level: Level) => boolean, node: Node): number {
    const found = this.levels.findLastIndex(wanted);
    return found < 0 ? this.refuse(node, "nothing to go to") : this.levels.length - 1 - found;
  }
  /** The innermost loop, which has nothing to do before it begins again. */
  private continued(node: Node): number {
    const depth = this.depth(({ continues }) => continues !== undefined, node);
    const { continues } = this.levels.at(-1 - depth)!;
    return continues ? depth : this.refuse(node, "a test or an update comes before");
  }
  private depthOf(node: BreakStatement): number {
    const name = node.label?.name;
    return this.depth(({ label, breaks }) => (name ? label === name : breaks === true), node);
  }

  private for(node: ForStatement, label: string | undefined): void {
    const { init, test, update, body } = node;
    if (init) this.effect(init as Expression);
    this.inside(W.block, { label, breaks: true }, () => {
      if (test) this.branchIf(test, false, 0);
      const restarts = update === null && test === null;
      this.inside(W.loop, { continues: restarts }, () => {
        this.statement(body);
        if (update) this.effect(update);
        if (test) this.branchIf(test, true, 0);
        else this.w.br(0);
      });
    });
  }

  /** A jump table into nested blocks, at whose ends the cases stand in their order. */
  private switch(node: SwitchStatement): void {
    const { cases } = node;
    const otherwise = cases.findIndex(({ test }) => !test);
    if (otherwise < 0) this.refuse(node, "no default");
    const table = new Array<number>(CODES).fill(otherwise);
    const seen = new Set<number>();
    cases.forEach(({ test }, k) => {
      if (!test) return;
      const code = this.literal(test) ?? this.refuse(test, "no constant");
      if (code < 0 || code >= CODES || seen.has(code)) this.refuse(test, "no code of its own");
      seen.add(code);
      table[code] = k;
    });
    while (table.at(-1) === otherwise) table.pop();
    this.inside(W.block, { breaks: true }, () => {
      for (const _ of cases) {
        this.w.open(W.block);
        this.levels.push({});
      }
      if (this.number(node.discriminant) === "sum") this.refuse(node, "sums are not comparable");
      this.w.op(W.brTable);
      this.w.unsigned(table.length);
      for (const k of table) this.w.unsigned(k);
      this.w.unsigned(otherwise);
      for (const { consequent } of cases) {
        this.levels.pop();
        this.w.end();
        for (const statement of consequent) this.statement(statement);
      }
    });
  }

  private declare(node: VariableDeclaration): void {
    for (const { id, init } of node.declarations) {
      if (!init) return this.refuse(node, "no value");
      if (id.type === "ObjectPattern") {
        for (const property of id.properties) {
          if (property.type !== "Property") return this.refuse(property, "no name");
          const name = pathOf(property.key);
          if (this.known(name)) this.refuse(node, "another one of that name");
          this.declareArray(name, `${pathOf(init)}.${name}`, node);
        }
        continue;
      }
      const name = pathOf(id);
      const path = pathOf(init);
      if (this.known(name)) this.refuse(node, "another one of that name");
      if (node.kind === "const" && path) this.declareArray(name, path, node);
      // Parts of the first word: a shift where it is used costs less than a variable that lives through the jump.
      else if (node.kind === "const" && init.type === "BinaryExpression") {
        if (!this.stays(init)) this.refuse(node, "it may change before it is used");
        this.inlined.set(name, init);
      } else {
        const isCounter = this.literal(init) === 0 && name === "count";
        if (isCounter) this.long.add(name);
        if (isCounter) this.w.const64(0);
        else if (this.number(init) === "unsigned") this.refuse(node, "variables are signed");
        this.types.push(isCounter ? I64 : I32);
        this.locals.set(name, this.types.length);
        if (node.kind === "const") this.fixed.add(this.types.length);
        this.w.set(this.types.length);
      }
    }
  }
  private known(name: string): boolean {
    return (
      this.literal({ type: "Identifier", name, start: 0, end: 0 }) !== undefined ||
      [this.locals, this.inlined, this.arrays].some((map) => map.has(name))
    );
  }
  /** Whether an expression has the same value wherever it is written: it is made of constants. */
  private stays(node: Node): boolean {
    if (node.type === "Identifier") {
      const { name } = node as Identifier;
      return (
        this.literal(node as Identifier) !== undefined ||
        this.inlined.has(name) ||
        this.fixed.has(this.locals.get(name) ?? -1)
      );
    }
    if (node.type === "Literal") return true;
    return node.type === "BinaryExpression" && partsOf(node).every((part) => this.stays(part));
  }

  private effect(node: Expression | Literal): void {
    if (node.type === "AssignmentExpression") return this.assign(node);
    if (node.type !== "UpdateExpression") return this.refuse(node, "no effect");
    const { start, end } = node;
    const argument = node.argument as Pattern;
    const right: Literal = { type: "Literal", value: 1, start, end };
    const operator = node.operator === "++" ? "+=" : "-=";
    this.assign({ type: "AssignmentExpression", operator, left: argument, right, start, end });
  }
  private assign(node: AssignmentExpression): void {
    const { left, operator, start, end } = node;
    if (operator !== "=" && this.count(node)) return;
    if (this.isPointer(left)) return this.goTo(node);
    if (operator !== "=" && hasEffect(left)) this.refuse(node, "an operand is written twice");
    const right: Expression =
      operator === "="
        ? node.right
        : {
            type: "BinaryExpression",
            operator: operator.slice(0, -1) as "+",
            left: left as Expression,
            right: node.right,
            start,
            end,
          };
    if (left.type === "Identifier") {
      // A sum is taken to fit, as arena indices and units do.
      const kind = this.number(right);
      if (kind === "unsigned") this.refuse(node, "variables are signed");
      return this.w.set(this.local(left.name, node));
    }
    if (left.type !== "MemberExpression") return this.refuse(node, "no place");
    // Of a chain the last value is a variable, whatever is stored on the way to it.
    let value = right;
    for (; value.type === "AssignmentExpression"; value = value.right)
      if (value.operator !== "=" || !isPlain(value.left)) this.refuse(value, "not in a chain");
    if (value !== right && !isPlain(left)) this.refuse(node, "not in a chain");
    if (value !== right && value.type !== "Identifier") this.refuse(value, "no variable");
    if (left.computed) {
      const { array, offset } = this.element(left);
      this.number(value);
      this.w.memory(array.store, offset);
    } else {
      const found = loopNumbers[pathOf(left)];
      if (found?.[1] !== 32) return this.refuse(left, "no such number");
      const offset = this.place(found[0]);
      if (this.number(value) === "unsigned") this.refuse(node, "numbers are signed");
      this.w.memory(W.store, offset);
    }
    if (right.type === "AssignmentExpression") this.assign(right);
  }
  /** The pointer becomes another one. */
  private goTo(node: AssignmentExpression): void {
    const { left, right, operator } = node;
    const local = this.local((left as Identifier).name, left);
    const step = this.literal(right);
    if (operator === "=") {
      this.number(right);
      this.point();
    } else if (operator === "+=" && step !== undefined) {
      this.w.get(local);
      this.operate(W.add, step << 2);
    } else return this.refuse(node, "no such step");
    this.w.set(local);
  }
  /** Additions to what has 64 bits. */
  private count({ left, right, operator }: AssignmentExpression): boolean {
    const path = pathOf(left);
    const place = loopNumbers[path];
    let offset = 0;
    if (operator !== "+=" || (place?.[1] !== 64 && !this.long.has(path))) return false;
    if (place) {
      this.place(place[0]);
      offset = this.place(place[0]);
      this.w.memory(W.load64, offset);
    } else this.w.get(this.local(path, left));
    if (right.type === "Identifier" && this.long.has(right.name))
      this.w.get(this.local(right.name, right));
    else {
      if (this.number(right) !== "positive") this.refuse(right, "what is counted is not negative");
      this.w.op(W.extendU);
    }
    this.w.op(W.add64);
    if (place) this.w.memory(W.store64, offset);
    else this.w.set(this.local(path, left));
    return true;
  }
}

/** Whether an element or a number is named by what no store changes. */
function isPlain(left: Node): boolean {
  const parts = partsOf(left);
  if (left.type === "MemberExpression" && (left as MemberExpression).computed)
    return (
      parts.every(
        ({ type }) => type === "Identifier" || type === "Literal" || type === "BinaryExpression",
      ) && !parts.some(loads)
    );
  return true;
}
function loads(node: Node): boolean {
  return node.type === "MemberExpression" || partsOf(node).some(loads);
}
