/** The interpreter's loop as WebAssembly: it is made of loop.ts, and what is made of TypeScript means what that means. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loopCodeFile } from "../../src/cli/pack-loop.ts";
import { compileLoop } from "../../src/cpu/loop-compiler/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { newSide, runInStep } from "./jit/side.ts";

test("loop-code.ts is what loop.ts compiles to: `bun src/build.ts` makes it", () => {
  const path = join(import.meta.dir, "../../src/cpu/interp/loop-code.ts");
  expect(readFileSync(path, "utf8") === loopCodeFile()).toBe(true);
});

/** A loop that computes R[2] of x, which is R[0], and y, which is R[1]. */
const program = (statements: string): string => `
  export function loop(core, ip) {
    const R = core.file;
    const { u8, i8, u16, i16 } = core.memory;
    let count = 0;
    let x = R[0];
    let y = R[1];
    let r = 0;
    ${statements}
    core.stats.instructions += count;
    core.operand = y;
    return R[2] !== 0;
  }`;

const MEANINGS = [
  "R[2] = x + y;",
  "R[2] = (x - y - 1 + R[0]) | 0;",
  "R[2] = x >>> y;",
  "R[2] = (x >> y) ^ (x << y);",
  "R[2] = ~x & y | 0x80808080;",
  "R[2] = Math.imul(x, y) + Math.clz32(x);",
  "R[2] = y === 0 ? 0 : (x / y) | 0;",
  "R[2] = y === 0 ? 0 : ((x >>> 0) / (y >>> 0)) | 0;",
  "r = y & 255; R[2] = r < 32 ? x >>> r : 0;",
  "y = y & 15; if (x >>> 0 <= y >>> 0 && --y <= 0) R[2] = y; else R[2] = 1;",
  "if (x < y || x === 7) R[2] = 5;",
  "R[3] = R[2] = x; R[2]++;",
  "u8[x & 7] = y; i16[1] = x; R[2] = u8[x & 7] + i8[3] + u16[1] + i16[1];",
  "for (r = 0; r < (y & 15); r++) R[2] += x; count += r & 15;",
  "out: for (;;) { switch (x & 7) { case 1: break; case 2: x += 1; continue; case 5: break out; default: R[2] = 3; } y += 1; break; }",
  "switch (x & 511) { case 255: R[2] = 1; break; default: R[2] = 2; }",
  "done: { if ((x & 1) !== 0) break done; R[2] = 9; } count += y >>> 1;",
];
const NUMBERS = [
  0, 1, 2, 5, 7, 31, 32, 255, 256, -1, -2, 0x7fffffff, -0x80000000, 0x12345678, -1234567,
];

test.each(MEANINGS)("%s", async (statements) => {
  const source = program(statements);
  const memory = new GuestMemory();
  const code = await WebAssembly.instantiate(compileLoop(source), { e: { memory: memory.wasm } });
  const { loop: compiled } = code.instance.exports as { loop: (ip: number) => number };
  const body = source.slice(
    source.indexOf("{", source.indexOf("loop")) + 1,
    source.lastIndexOf("}"),
  );
  const written = new Function("core", "ip", body) as (core: unknown, ip: number) => boolean;
  const buffer = new ArrayBuffer(64);
  const bytes = {
    u8: new Uint8Array(buffer),
    i8: new Int8Array(buffer),
    u16: new Uint16Array(buffer),
    i16: new Int16Array(buffer),
  };
  for (const x of NUMBERS)
    for (const y of NUMBERS) {
      const core = {
        file: new Int32Array(8),
        memory: bytes,
        stats: { instructions: 0 },
        operand: 0,
      };
      const { engine } = memory;
      bytes.u8.fill(0x9c);
      memory.u8.fill(0x9c, 0, 64);
      engine.fill(0);
      core.file.set([x, y]);
      engine.set([x, y]);
      const expected = written(core, 0);
      const result = compiled(0) !== 0;
      // Words of the engines' area as loop-layout.ts has them.
      const seen = { x, y, result, file: [...engine.subarray(0, 8)], operand: engine[50] };
      const count = (engine[52] >>> 0) + engine[53] * 2 ** 32;
      const { file, operand, stats } = core;
      expect({
        ...seen,
        count,
        bytes: Buffer.from(memory.u8.subarray(0, 64)).toString("hex"),
      }).toEqual({
        ...{ x, y, result: expected, file: [...file], operand: operand | 0 },
        count: stats.instructions,
        bytes: Buffer.from(bytes.u8).toString("hex"),
      });
    }
  memory.u8.fill(0, 0, 64);
  memory.dispose();
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["if (x < y >>> 0) R[2] = 1;", /signed and unsigned numbers are not comparable/],
  ["if (x + y < 5) R[2] = 1;", /sum and positive numbers are not comparable/],
  ["R[2] = x * y;", /no such operator/],
  ["R[2] = (x / (y >>> 0)) | 0;", /numbers of two kinds/],
  ["x = y >>> 0;", /variables are signed/],
  ["R[2] = Math.max(x, y);", /no such expression/],
  ["R[2] = Q[x];", /no such array/],
  ["count += x;", /what is counted is not negative/],
  ["if (x) R[2] = 1;", /a comparison is wanted/],
  // What is rounded, or has more than 32 bits.
  ["R[2] = (x * 0x12345678) | 0;", /no such operator/],
  ["R[2] = ((x + y) * 9) | 0;", /no such operator/],
  ["R[2] = (x + 0.5) | 0;", /no number of 32 bits/],
  ["R[2] = x & 0x1ffffffff;", /no number of 32 bits/],
  ["if (x + y === 0) R[2] = 1;", /sums are not comparable/],
  ["let z = x >>> 0; if (z < 5) R[2] = 1;", /variables are signed/],
  ["core.operand = x >>> 0;", /numbers are signed/],
  ["if (x >>> 32 < 5) R[2] = 1;", /no such shift/],
  ["R[2] = R[x >>> 34];", /no such shift/],
  ["R[2] = R[-1];", /before the array/],
  // What would be done twice, or in another order.
  ["R[x++] += 1;", /an operand is written twice/],
  ["R[2] = (x++ / 3) | 0;", /an operand is written twice/],
  ["R[3] = R[2] += x;", /not in a chain/],
  ["R[0] = R[R[0] & 7] = x;", /not in a chain/],
  ["const z = x + 1; x = 5; R[2] = z;", /may change/],
  ["const z = R[0] + 1; R[0] = 5; R[2] = z;", /may change/],
  // What another name, another loop or another case would be taken for.
  ["if (x === 0) { let r = 5; R[3] = r; }", /another one of that name/],
  ["if (x === 0) { let z = 5; R[3] = z; } R[2] = z;", /unknown name/],
  ["for (;;) { for (r = 0; r < 5; r++) { if (x < y) continue; x -= 1; } break; }", /comes before/],
  ["for (; r < 5;) { r += 1; if (x < y) continue; R[2] = r; }", /comes before/],
  ["switch (x) { case 1: R[2] = 1; }", /no default/],
  ["switch (x) { case 256: R[2] = 1; break; default: }", /no code of its own/],
  ["switch (x) { case 1: R[2] = 1; break; case 1: R[2] = 2; break; default: }", /no code of its/],
  ["switch (x + y) { case 1: R[2] = 1; break; default: }", /sums are not comparable/],
];
test.each(REFUSED)("refused: %s", (statements, why) => {
  expect(() => compileLoop(program(statements))).toThrow(why);
});

const LDR = 0xe5910000; // ldr r0, [r1]
const STR = 0xe5810000;
const LDR_POST = 0xe4910004; // ldr r0, [r1], #4
const STR_POST = 0xe4810004;
const SVC = 0xef000000;

test("words that are not aligned, also where rights end and where code lies", () => {
  const sides = (["javascript", "webassembly"] as const).map(newSide);
  const [{ memory: first }] = sides;
  const ends: string[] = [];
  for (const word of [LDR, STR, LDR_POST, STR_POST])
    for (const at of [0x60001ffc, 0x6000207c, 0x600020bc, first.end - 4])
      for (const skew of [0, 1, 2, 3]) {
        for (const { memory, cpu } of sides) {
          for (let k = 0; k < 64; k++) memory.st32(0x60001ff0 + 4 * k, 0x01020304 * (k + 1));
          // A granule that cannot be written, one that is guarded, and one with code, that of this test.
          memory.protect(0x60002000, 0x60002040, 1);
          memory.addGuard(0x60002080, 0x60002082, "guard", true);
          memory.st32(0x600020c0, word);
          memory.st32(0x600020c4, SVC);
          cpu.r[0] = 0xe1a00000 | 0;
          cpu.r[1] = at + skew;
          cpu.jump(0x600020c0);
        }
        const ranges = [[0x60001f00, 0x200]] as const;
        const where = { word: word.toString(16), at: at.toString(16), skew };
        const [end] = runInStep(sides, where, 1, () => 100, ranges);
        ends.push(`${end.exit} ${end.fault?.why ?? ""}`);
        for (const { memory } of sides) {
          memory.removeGuard(0x60002080);
          memory.protect(0x60002000, 0x60002040, 3);
        }
      }
  expect(new Set(ends)).toEqual(new Set(["1 ", "2 read-only", "2 guard", "2 unmapped"]));
  for (const { memory } of sides) memory.dispose();
});

test("more units than fit into a word", () => {
  const sides = (["javascript", "webassembly"] as const).map(newSide);
  for (const { memory, cpu } of sides) {
    // mov r0, #1000; subs r0, r0, #1; bne; svc #0
    [0xe3a00ffa, 0xe2500001, 0x1afffffd, SVC].forEach((word, k) =>
      memory.st32(0x60001000 + 4 * k, word),
    );
    cpu.jump(0x60001000);
  }
  for (const units of [2 ** 30 + 5, 2 ** 31 + 5, 2 ** 40]) {
    for (const { cpu } of sides) cpu.jump(0x60001000);
    runInStep(sides, units, 1, () => units, []);
    expect(sides[1].cpu.units).toBe(units - 999 - 4);
  }
  for (const { memory } of sides) memory.dispose();
});
