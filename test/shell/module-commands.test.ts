/** Commands that a module exports with MSH_CMD_EXPORT, on the whole board. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDisk } from "../../src/fat/mod.ts";
import { Typist } from "../sessions/typist.ts";

const MODULE = readFileSync(join(import.meta.dir, "../fixtures/modules/shellcmd.mo"));
const PACE = { silence: 100 };

function session(compat404 = false, abi?: "5.x") {
  const disk = makeDisk([{ path: "/shellcmd.mo", bytes: MODULE }], { size: 1 << 20 });
  const typist = new Typist(disk, { compat404, abi });
  typist.boot(PACE);
  return {
    typist,
    type: (line: string) => typist.type(`${line}\r`, PACE).replaceAll("\r\n", "\n"),
    [Symbol.dispose]: () => typist.close(),
  };
}

test("they are there while the module is loaded, in help and completion too", () => {
  using board = session();
  expect(board.type("greet a")).toBe("greet a\ngreet: command not found.\nmsh />");
  board.type("shellcmd");
  expect(board.type("greet")).toBe("greet\ncall 1: [greet]\nmsh />");
  expect(board.type('greet "two words" b')).toBe(
    'greet "two words" b\ncall 2: [greet] [two words] [b]\nmsh />',
  );
  expect(board.type("help")).toContain("\ngreet            - say hello\n");
  expect(board.typist.type("gre\t\r", PACE)).toContain("\r\nmsh />greet\r\ncall 3: [greet]\r\n");
  board.type("kill shellcmd");
  expect(board.type("list_module")).not.toContain("shellcmd");
  expect(board.type("greet a")).toBe("greet a\ngreet: command not found.\nmsh />");
  expect(board.type("help")).not.toContain("greet");
  board.type("shellcmd");
  expect(board.type("greet")).toContain("call 1:");
});

test("a command that fails ends its module, not the shell", () => {
  using board = session();
  board.type("shellcmd");
  board.type("crash");
  expect(board.typist.diagnostics.join("\n")).toContain("write at 0x00000000");
  expect(board.type("greet")).toContain("greet: command not found.");
  expect(board.type("list_module")).not.toContain("shellcmd");
  expect(board.type("pwd")).toBe("pwd\n/\nmsh />");
});

test("functions for the C mode are called from there", () => {
  using board = session();
  board.type("shellcmd");
  board.type("exit");
  expect(board.type("twice(21)")).toBe("twice(21)\n\t'*', 42, 0x0000002a\nfinsh />");
  expect(board.type('strlen("four")')).toContain("\t4, 0x00000004\n");
  expect(board.type("nothing(1)")).toContain("Null node\n");
  expect(board.type("msh()")).toEndWith("msh />");
});

test("4.0.4 knows those with its own prefix only as commands", () => {
  for (const compat404 of [true, false]) {
    using board = session(compat404);
    board.type("shellcmd");
    expect(board.type("greet")).toContain("call 1: [greet]\n");
    expect(board.type("twice 2")).toContain("twice: command not found.");
    expect(board.type("help")).not.toContain("\ntwice ");
  }
});

test("RT-Thread 5 marks no difference: functions are commands too, and the C mode calls both", () => {
  using board = session(false, "5.x");
  expect(board.type("ls")).toContain("\nshellcmd.mo ");
  expect(board.type("shellcmd")).toBe("shellcmd\nmsh />");
  expect(board.type("greet a")).toBe("greet a\ncall 1: [greet] [a]\nmsh />");
  expect(board.type("list_thread")).toMatch(
    /\ntshell +20  running 0x00000170 0x00001000 +(1|2|3)\d%/,
  );
  expect(board.type("help")).toContain("\ntwice            - two times a number\n");
  // As a command it gets argc, and prints nothing.
  expect(board.type("twice 2")).toBe("twice 2\nmsh />");
  expect(board.typist.type("twi\t\r", PACE)).toContain("\r\nmsh />twice\r\n");
  board.type("exit");
  expect(board.type("twice(21)")).toBe("twice(21)\n\t'*', 42, 0x0000002a\nfinsh />");
  expect(board.type("int f; f = twice; f(4) + twice(5)")).toContain("\t18, 0x00000012\n");
  board.type("msh()");
  board.type("kill shellcmd");
  expect(board.type("twice 2")).toContain("twice: command not found.");
  board.type("exit");
  expect(board.type("twice(21)")).toContain("Null node\n");
});
