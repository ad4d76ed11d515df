/** Programs of a few instructions that ask libdl for something. */
import { describe, expect, test } from "bun:test";
import { relocationCode } from "../../src/elf/mod.ts";
import { Board } from "./board.ts";
import { objectFile } from "./object-file.ts";
import { WholeBoard } from "./whole-board.ts";

const CALL = relocationCode("R_ARM_CALL");
const ABS32 = relocationCode("R_ARM_ABS32");

describe("a module object that dlmodule_create made and nobody destroyed", () => {
  /** main: push {r3, lr}; bl dlmodule_create; mov r0, #0; pop {r3, pc} */
  const file = objectFile(
    [
      {
        name: ".text",
        flags: "code",
        words: [0xe92d4008, 0xebfffffe, 0xe3a00000, 0xe8bd8008],
        records: [[4, CALL, 2]],
      },
    ],
    [
      { name: "main", section: 1, size: 16 },
      { name: "dlmodule_create", section: 0 },
    ],
  );
  test("is given back with its program, which is told", () => {
    const board = new Board({ files: { "/m.mo": file } });
    board.run("m");
    const before = board.heapUsed;
    board.run("m", "m");
    expect(board.heapUsed).toBe(before);
    expect(board.ended).toHaveLength(3);
    expect(board.ended[2]).toMatchObject({
      code: 0,
      left: 1,
      leaks: ['module object "module", from main+0x8, dlmodule_create without dlmodule_destroy'],
    });
    board.close();
  });
  test("is no more in list_module, and free says the same after three runs in a shell", () => {
    const board = new WholeBoard({ "/m.mo": file });
    board.line("m");
    const free = board.line("free");
    const modules = board.line("list_module");
    for (let n = 0; n < 3; n++) board.line("m");
    expect(board.line("free").replace(/max.*/, "")).toBe(free.replace(/max.*/, ""));
    expect(board.line("list_module")).toBe(modules);
    board.machine.close();
  });
  test("stays with --compat 4.0.4", () => {
    const board = new Board({ files: { "/m.mo": file }, compat404: true });
    board.run("m");
    const before = board.heapUsed;
    board.run("m");
    expect(board.heapUsed).toBeGreaterThan(before);
    board.close();
  });
});

test("what dlopen(NULL) gives finds the kernel's functions, as RTLD_DEFAULT does", () => {
  // push {r3, lr}; mov r0, #0; mov r1, #0; bl dlopen; ldr r1, =name; bl dlsym; pop {r3, pc}; name: "printf"
  const file = objectFile(
    [
      {
        name: ".text",
        flags: "code",
        words: [
          0xe92d4008, 0xe3a00000, 0xe3a01000, 0xebfffffe, 0xe59f1004, 0xebfffffe, 0xe8bd8008, 0x20,
          0x6e697270, 0x00006674,
        ],
        records: [
          [0xc, CALL, 2],
          [0x14, CALL, 3],
          [0x1c, ABS32, 1],
        ],
      },
    ],
    [
      { name: "main", section: 1, size: 0x1c },
      { name: "dlopen", section: 0 },
      { name: "dlsym", section: 0 },
    ],
  );
  const board = new Board({ files: { "/m.mo": file } });
  board.run("m");
  expect(board.ended).toHaveLength(1);
  expect(board.ended[0].code >>> 0).toBe(board.firmware.lookup("printf") >>> 0);
  expect(board.ended[0].code).not.toBe(0);
  board.close();
});
