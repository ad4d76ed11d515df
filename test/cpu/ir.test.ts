/** Lifting and the passes: the IR of small pieces of code, written down by hand, and its invariants on random words. */
import { describe, expect, test } from "bun:test";
import { a32, type Rows, thumb16, thumb32 } from "../../src/cpu/decode/mod.ts";
import {
  dropDeadFlags,
  fuseCompareBranch,
  type IrBlock,
  printInst,
  verify,
} from "../../src/cpu/ir/mod.ts";
import { Op } from "../../src/cpu/ir/mod.ts";
import { liftBlock } from "../../src/cpu/lift/mod.ts";
import { arm, t16, t32 } from "./assemble.ts";

const START = 0x1000;

function lift(code: number[][], thumb: boolean, it = 0): IrBlock {
  const halves = code.flat();
  const block = liftBlock((address) => halves[(address - START) >> 1], START, thumb, it);
  if ("address" in block) throw new Error("nothing to lift");
  dropDeadFlags(block.insts);
  fuseCompareBranch(block.insts);
  expect(verify(block)).toEqual([]);
  return block;
}
function text(code: number[][], thumb = true): string[] {
  return lift(code, thumb)
    .insts.filter((x) => x.op !== Op.nop)
    .map(printInst);
}

const adds = (d: number, i: number) => t16("add_imm8", { d, i });
const movs = (d: number, i: number) => t16("mov_imm8", { d, i });
const cmp = (n: number, i: number) => t16("cmp_imm8", { n, i });
const bxlr = t16("bx", { m: 14 });

describe("dead flags", () => {
  test("written again before anybody can see them: dropped", () => {
    expect(text([adds(0, 1), movs(1, 0), adds(0, 2), bxlr])).toEqual([
      "add r0, r0, #1",
      "mov r1, #0",
      "add.nzcv r0, r0, #2",
      "bx r14",
    ]);
  });
  test("a load may fault: flags before it are kept", () => {
    const load = t16("ldr_imm", { t: 2, n: 3, i: 0 });
    expect(text([adds(0, 1), load, adds(0, 2), bxlr])[0]).toBe("add.nzcv r0, r0, #1");
  });
  test("C and V of an addition live on through a logical operation", () => {
    const ands = t16("and_reg", { d: 0, m: 1 });
    expect(text([adds(0, 1), ands, bxlr])).toEqual([
      "add.nzcv r0, r0, #1",
      "and.nz r0, r0, r1",
      "bx r14",
    ]);
  });
  test("a shift by a register that may be zero leaves C alone", () => {
    const lsls = t16("lsl_reg", { d: 0, m: 2 });
    expect(text([cmp(1, 5), lsls, bxlr])[0]).toBe("sub.nzcv -, r1, #5");
    const three = t16("lsl_imm", { d: 0, m: 2, i: 3 });
    expect(text([movs(1, 5), three, bxlr])[0]).toBe("mov r1, #5");
  });
  test("a comparison that nobody looks at disappears", () => {
    expect(text([cmp(0, 1), cmp(0, 2), bxlr])).toEqual(["sub.nzcv -, r0, #2", "bx r14"]);
  });
  test("a conditional write does not hide the one before it", () => {
    // cmp r0,#1; it eq; cmpeq r1,#2; bx lr
    const code = [cmp(0, 1), t16("it", { f: 0, k: 8 }), cmp(1, 2), bxlr];
    expect(text(code)).toEqual(["skipcmp.nzcv ne, r0, #1, @3", "sub.nzcv -, r1, #2", "bx r14"]);
  });
});

describe("conditions", () => {
  test("neighbours with one condition share a skip; the compare is fused with it", () => {
    // cmp r0,#1; itte eq; moveq r1,#1; moveq r2,#2; movne r3,#3
    const code = [cmp(0, 1), t16("it", { f: 0, k: 0b0110 }), movs(1, 1), movs(2, 2), movs(3, 3)];
    expect(text([...code, bxlr])).toEqual([
      "skipcmp.nzcv ne, r0, #1, @4",
      "mov r1, #1",
      "mov r2, #2",
      "skip eq, @6",
      "mov r3, #3",
      "bx r14",
    ]);
  });
  test("a conditional A32 branch is one op; a return is skipped", () => {
    const code = [
      arm("cmp_reg", { n: 0, i: 0, y: 0, m: 1 }),
      arm("b", { c: 0, i: 6 }),
      arm("pop", { c: 1, r: 0x8010 }),
      arm("b", { i: 0xfffffb }),
    ];
    expect(text(code, false)).toEqual([
      "brcmp.nzcv eq, r0, r1, 0x00001024 arm",
      "skip eq, @6",
      "ldm r13, #0x8010, #0",
      "add r13, r13, #8",
      "bx t0",
      "br 0x00001000 arm",
    ]);
  });
});

describe("registers", () => {
  test("the pc is a constant: Align(PC, 4) for literals", () => {
    const code = [t16("nop", {}), t16("ldr_lit", { t: 0, i: 1 }), t16("adr", { d: 1, i: 2 }), bxlr];
    expect(text(code)).toEqual(["ldr r0, #0x1008, #0, #0", "mov r1, #0x1010", "bx r14"]);
  });
  test("MOVW and MOVT make one constant, under one condition only", () => {
    const movw = t32("movw", { d: 4, w: 1, i: 0x234 });
    const movt = t32("movt", { d: 4, w: 6, i: 1 });
    expect(text([movw, movt, bxlr])[0]).toBe("mov r4, #0x60011234");
    const apart = [t16("it", { f: 0, k: 8 }), movw, movt, bxlr];
    expect(text(apart)).toEqual([
      "skip ne, @2",
      "mov r4, #0x1234",
      "and t1, r4, #0xffff",
      "orr r4, t1, #0x60010000",
      "bx r14",
    ]);
  });
  test("a base is written back behind the access; a loaded base wins", () => {
    const pre = arm("ldr_pre", { U: 0, n: 1, t: 0, i: 4 });
    const ldm = t16("ldm", { n: 1, r: 0b11 });
    expect(text([pre, arm("bx", { m: 14 })], false).slice(0, 2)).toEqual([
      "ldr r0, r1, #-4, #0",
      "add r1, r1, #-4",
    ]);
    expect(text([ldm, bxlr])).toEqual(["ldm r1, #3, #0", "bx r14"]);
  });
  test("ADDLS pc, pc, rX: a jump table with interworking", () => {
    const code = [
      arm("add_reg", { c: 9, S: 0, n: 15, d: 15, i: 2, y: 0, m: 3 }),
      arm("bx", { m: 14 }),
    ];
    expect(text(code, false)).toEqual([
      "skip hi, @5",
      "lsl t1, r3, #2",
      "mov t3, #0x1008",
      "add t2, t3, t1",
      "bx t2",
      "bx r14",
    ]);
  });
});

test("random words keep the invariants of the IR", () => {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  const tables: [Rows, boolean][] = [
    [thumb16(), true],
    [thumb32(), true],
    [a32(), false],
  ];
  for (const [rows, thumb] of tables) {
    for (const name in rows) {
      for (let k = 0; k < 40; k++) {
        // The row's fixed bits, other bits at random, then anything.
        let bits = "";
        for (const c of rows[name][1]) bits += c === "0" || c === "1" ? c : random() & 1;
        const word = bits.match(/.{16}/g)!.map((half) => parseInt(half, 2));
        const own = thumb ? word : word.reverse();
        lift([own, [random()], [random()], [random()]], thumb, k & 1 && thumb ? 0x18 : 0);
      }
    }
  }
});
