import { type FunctionDeclaration, parse, type Program } from "acorn";
import { I32, Writer } from "../jit/wasm.ts";
import { Statements } from "./statements.ts";

const NAME = "loop";

/**
 * The interpreter's loop as a WebAssembly module: imports the memory as e.memory, exports `loop`, which takes an arena index and
 * returns 0 or 1; the rest of LoopState is at the places of loop-layout.ts. `source` is that of loop.ts, which thereby
 * says what every code means to both. The function must be written in what Expressions and Statements know: numbers of 32 bits, arrays
 * at constant places, and no calls. Anything else is an error. The same bytes each time.
 */
export function compileLoop(source: string): Uint8Array<ArrayBuffer> {
  const script = new Bun.Transpiler({ loader: "ts" }).transformSync(source);
  const program = parse(script, { ecmaVersion: "latest", sourceType: "module" });
  const { constants, loop } = declarations(program);
  const statements = new Statements(script, constants);
  const code = statements.body(loop.params, loop.body.body);
  return writeModule(code, statements.localTypes);
}

/** The numbers that a file declares, and the function. */
function declarations({ body }: Program): {
  constants: ReadonlyMap<string, number>;
  loop: FunctionDeclaration;
} {
  const constants = new Map<string, number>();
  let loop: FunctionDeclaration | undefined;
  for (const statement of body) {
    const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (node?.type === "FunctionDeclaration" && node.id?.name === NAME)
      loop = node as FunctionDeclaration;
    if (node?.type !== "VariableDeclaration" || node.kind !== "const") continue;
    for (const { id, init } of node.declarations)
      if (id.type === "Identifier" && init?.type === "Literal" && typeof init.value === "number")
        constants.set(id.name, init.value);
  }
  if (!loop) throw new Error(`loop: no function ${NAME}`);
  return { constants, loop };
}

/** `code` with its end, and the types of its locals behind the parameter. */
function writeModule(code: Uint8Array, locals: readonly number[]): Uint8Array<ArrayBuffer> {
  const w = new Writer();
  w.op(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  w.section(1, () => w.op(1, 0x60, 1, I32, 1, I32));
  w.section(2, () => {
    w.unsigned(1);
    w.name("e");
    w.name("memory");
    // Of any size: it never grows, but another board has another.
    w.op(2, 1, 1);
    w.unsigned(0x10000);
  });
  w.section(3, () => w.op(1, 0));
  w.section(7, () => {
    w.unsigned(1);
    w.name(NAME);
    w.op(0, 0);
  });
  w.section(10, () => {
    w.unsigned(1);
    w.sized(() => {
      w.unsigned(locals.length);
      for (const type of locals) w.op(1, type);
      w.append(code);
    });
  });
  return w.take();
}
