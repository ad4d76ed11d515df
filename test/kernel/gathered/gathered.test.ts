/** The C library calls the kernel for each line, or lets lines come together: nobody can tell which. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { WholeBoard } from "../../dlmodule/whole-board.ts";
import { buildModule } from "../../programs/build.ts";

setDefaultTimeout(120_000);

const here = (name: string) => join(import.meta.dir, name);
const FLAGS = `-march=armv7-a -mthumb -msoft-float -O2 -w -D_GNU_SOURCE -fno-builtin -I${here("../../../src/sdk/include")}`;
const PROGRAM = new Uint8Array(readFileSync(here("gathered.mo")));
const ENDS = [
  ...["", "fault", "string", "no-stream", "behind-puts", "behind-printf"],
  ...["exit", "quick", "abort", "sleep", "hang"],
];

type Engine = "interp" | "auto" | "jit";

function run(engine: Engine, gathers: boolean, end: string, options: object) {
  const board = new WholeBoard({ "/g.mo": PROGRAM }, { engine, gathers, ...options });
  try {
    const { kernel } = board.machine;
    const from = kernel.cpu.stats.svcs;
    const text = board.run("/g.mo", `g ${end}`);
    const contents = (path: string) => Buffer.from(board.machine.vfs.readFile(path)).toString();
    const file = contents("/out.txt");
    const characters = contents("/characters.txt");
    const { diagnostics } = board;
    const run = {
      text,
      file,
      characters,
      diagnostics,
      units: kernel.clock.units,
      tick: kernel.tick,
    };
    return { run, svcs: kernel.cpu.stats.svcs - from };
  } finally {
    board.machine.close();
  }
}

for (const options of [{}, { seed: 5, abi: "5.x" }])
  for (const end of ENDS) {
    const { run: expected, svcs } = run("interp", false, end, options);
    const engines = end === "fault" && !("seed" in options) ? ["auto", "jit"] : ["interp"];
    for (const engine of engines as Engine[])
      test(`the same output, reports and time: ${engine}, "${end}", ${JSON.stringify(options)}`, () => {
        const gathered = run(engine, true, end, options);
        expect(gathered.run).toEqual(expected);
        expect(gathered.svcs).toBeLessThan(svcs / 2);
      });
  }

test("lines are in the order in which they were printed", () => {
  const { text, file, characters } = run("interp", true, "", {}).run;
  const numbers = [...`${text}${file}`.matchAll(/^(\d+) (?!for)/gm)].map(([, n]) => Number(n));
  const sorted = numbers.toSorted((a, b) => a - b);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(sorted.length).toBeGreaterThan(460);
  for (const name of ["one", "two", "three"]) {
    const lines = [...text.matchAll(new RegExp(`${name}: line (\\d+) of`, "g"))].map(([, n]) => n);
    expect(lines.join()).toBe(Array.from({ length: 400 }, (_, n) => n).join());
  }
  expect(text).toContain(
    "3 rt_kprintf\nputs\n4 stderr\n5 printf text a 0\n6 printf text b 8589934592\nwrite to 2\nputchar\nwrite to 1\nfputs\nfwrite\nc\n",
  );
  expect(text).toMatch(/buffered by line\nbefore it; \d+ not yet; now\n/);
  expect(text).toContain("-1 for what was lost\n");
  expect(text).toContain(
    `\n1k23457${"0123456789\n".repeat(2000).slice(0, 20000)}A\n-1 for a character, 65\n`,
  );
  expect(characters).toBe("6");
  expect(text).not.toContain("lost\nlost");
  expect(text).toEndWith("no end of line");
});

test("under the defects of the board, and where an instrument looks, each call is a write", () => {
  const each = run("interp", false, "", {}).svcs;
  expect(run("interp", true, "", { instrument: {} }).svcs).toBe(each);
  const compat = { compat404: true };
  expect(run("interp", true, "", compat).svcs).toBe(run("interp", false, "", compat).svcs);
});

test.skipIf(toolchain() !== TOOLCHAIN)("the module is what its compiler makes", () => {
  const work = mkdtempSync(join(tmpdir(), "rtt-gathered-"));
  try {
    const file = join(work, "gathered.mo");
    buildModule([here("gathered.c")], FLAGS.split(" "), file);
    expect(readFileSync(file).equals(readFileSync(here("gathered.mo")))).toBeTrue();
  } finally {
    rmSync(work, { recursive: true });
  }
});
