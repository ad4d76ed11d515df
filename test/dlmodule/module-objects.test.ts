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

for (const [what, at, why] of [
  ["NULL", 0, /^ops->load returned NULL$/],
  ["an address without memory", 0xde, /^ops->load returned 0xde000000, where there is no memory$/],
] as const)
  test(`dlmodule_load_custom whose ops->load returns ${what}`, () => {
    // push {r3, lr}; ldr r1, =ops; mov r0, r1; bl dlmodule_load_custom; pop {r3, pc}; load: mov r0, #at << 24; unload: bx lr
    const file = objectFile(
      [
        {
          name: ".text",
          flags: "code",
          words: [
            0xe92d4008,
            0xe59f1010,
            0xe1a00001,
            0xebfffffe,
            0xe8bd8008,
            0xe3a00400 | at,
            0xe12fff1e,
            0x20,
            0x14,
            0x18,
          ],
          records: [
            [0xc, CALL, 2],
            [0x1c, ABS32, 1],
            [0x20, ABS32, 1],
            [0x24, ABS32, 1],
          ],
        },
      ],
      [
        { name: "main", section: 1, size: 0x14 },
        { name: "dlmodule_load_custom", section: 0 },
      ],
    );
    const board = new Board({ files: { "/m.mo": file } });
    board.run("m");
    expect(board.ended).toMatchObject([{ how: "returned", code: 0 }]);
    expect(board.refused).toHaveLength(1);
    expect(board.refused[0].reasons.join()).toMatch(why);
    board.close();
  });
