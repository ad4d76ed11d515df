/** The engines against one another: the same registers, flags, memory, units and counts at every exit. Needs no tools. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Exit } from "../../../src/cpu/mod.ts";
import { generateCase } from "../qemu/generate.ts";
import { WINDOW, codeAddress, codeOf, windowAddress } from "../qemu/image.ts";
import { Random } from "../qemu/random.ts";
import { END } from "../qemu/recording.ts";
import { newSide, seen, type SideEngine } from "./side.ts";

/** svc #0, which leaves. */
const SVC = 0xef000000;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const CASES = process.env.RTT_SIM_FULL === "1" ? 3000 : 500;
/** Cases that once went wrong: paths that meet, of which one has overwritten the result that the flags follow from. */
const KNOWN = [1706];

/** The interpreter and the translator; the interpreter's loop as it is written and as it is compiled. */
const PAIRS: readonly (readonly [SideEngine, SideEngine])[] = [
  ["interp", "jit"],
  ["javascript", "webassembly"],
];
const random = (["thumb", "a32"] as const).flatMap((state) =>
  PAIRS.map(([one, other]) => ({ state, one, other })),
);

for (const { state, one, other } of random) {
  test(`${CASES} random ${state} cases: ${one} and ${other} in step`, () => {
    const a = newSide(one);
    const b = newSide(other);
    const cases = [...Array(CASES).keys(), ...KNOWN];
    for (const k of cases) {
      const test = generateCase(SEED + k, k % 64, state);
      const slice = [1000, 1, 3][k % 3];
      for (const { memory, cpu } of [a, b]) {
        memory.write(codeAddress(test.place), codeOf(test, END));
        memory.st32(END, SVC);
        memory.write(windowAddress(test.place), test.window);
        cpu.r.set(test.registers.subarray(0, 15));
        cpu.cpsr = 0x13 | test.registers[15];
        cpu.jump(codeAddress(test.place) + test.skew + (test.thumb ? 1 : 0));
        cpu.clearExclusive();
        cpu.stats.instructions = 0;
      }
      const at = { seed: SEED + k };
      let exit: Exit = Exit.Slice;
      for (let left = 300; exit === Exit.Slice && left > 0; left--) {
        a.cpu.units = b.cpu.units = slice;
        exit = a.cpu.run();
        expect({ at, ...(seen(b, b.cpu.run()) as object) }).toEqual({
          at,
          ...(seen(a, exit) as object),
        });
      }
      const window = windowAddress(test.place);
      const bytes = [a, b].map(({ memory }) => Buffer.from(memory.read(window, WINDOW)));
      expect({ at, bytes: bytes[1].toString("hex") }).toEqual({
        at,
        bytes: bytes[0].toString("hex"),
      });
    }
    for (const { memory } of [a, b]) memory.dispose();
  }, 600_000);
}

const BENCH = join(import.meta.dir, "../../../bench/dispatch");
const WORK: Record<string, number> = {
  bytes: 12,
  crc32: 12,
  fib: 6,
  matmul: 6,
  sieve: 6,
  svcs: 3000,
};

for (const isa of ["thumb", "arm"] as const) {
  for (const [first, engine] of [...PAIRS, ["interp", "auto"]] as const) {
    test(`compiled C, ${isa}: ${first} and ${engine} in step at slices of any length`, () => {
      const a = newSide(first);
      const b = newSide(engine);
      const random = new Random(SEED);
      const image = readFileSync(join(BENCH, `workloads.${isa}.bin`));
      for (const { memory } of [a, b]) {
        memory.write(0x60010000, image);
        memory.st32(0x60000100, SVC);
      }
      const symbols = readFileSync(join(BENCH, `workloads.${isa}.sym`), "latin1");
      for (const [name, n] of Object.entries(WORK)) {
        const entry = parseInt(symbols.match(new RegExp(`^${name} (\\w+)$`, "m"))![1], 16);
        for (const { cpu } of [a, b]) {
          cpu.r[0] = n;
          cpu.r[13] = 0x60700000;
          cpu.r[14] = 0x60000100;
          cpu.jump(entry | (isa === "thumb" ? 1 : 0));
        }
        let exit: Exit = Exit.Slice;
        while (exit === Exit.Slice) {
          a.cpu.units = b.cpu.units = random.between(1, 4000);
          exit = a.cpu.run();
          expect({ name, ...(seen(b, b.cpu.run()) as object) }).toEqual({
            name,
            ...(seen(a, exit) as object),
          });
        }
        expect(exit).toBe(Exit.Stop);
      }
      const data = [a, b].map(({ memory }) => Bun.hash(memory.read(0x60010000, 0x10000)));
      expect(data[1]).toBe(data[0]);
      for (const { memory } of [a, b]) memory.dispose();
    }, 60_000);
  }
}
