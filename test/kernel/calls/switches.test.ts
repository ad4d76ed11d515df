/** Threads are switched inside the call that waits, or by the run loop when something looks at switches: nobody can tell which. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { WholeBoard } from "../../dlmodule/whole-board.ts";
import { buildModule } from "../../programs/build.ts";

setDefaultTimeout(120_000);

const here = (name: string) => join(import.meta.dir, name);
const FLAGS = `-march=armv7-a -mthumb -msoft-float -O2 -w -I${here("../../../src/sdk/include")}`;
const PROGRAM = new Uint8Array(readFileSync(here("switches.mo")));

function run(engine: "interp" | "auto" | "jit", looksOn: boolean, options: object = {}) {
  const board = new WholeBoard({ "/switches.mo": PROGRAM }, { engine, ...options });
  try {
    const { kernel } = board.machine;
    let switches = 0;
    if (looksOn) kernel.hooks.switched = () => switches++;
    const text = board.run("/switches.mo", "switches");
    const { instructions, svcs } = kernel.cpu.stats;
    const run = { text, units: kernel.clock.units, tick: kernel.tick, instructions, svcs };
    return { run, switches };
  } finally {
    board.machine.close();
  }
}

for (const options of [{}, { compat404: true }, { abi: "5.x" }]) {
  const { run: expected, switches } = run("interp", true, options);
  test(`the program switches often, ${JSON.stringify(options)}`, () => {
    expect(switches).toBeGreaterThan(400);
    expect(expected.text).toMatch(/^[0-9a-f]{8} at \d+ .*\n$/);
    // The sums are what any machine computes.
    const sums = [0, 1, 2, 3, 4].map((me) => {
      let sum = me;
      for (let n = 0; n < 60; n++) sum = sum * 0.75 + n;
      return sum.toFixed(6);
    });
    expect(expected.text).toEndWith(` ${sums.join(" ")}\n`);
  });
  for (const engine of ["interp", "auto", "jit"] as const)
    test(`the same schedule, units and instructions, ${engine}, ${JSON.stringify(options)}`, () => {
      expect(run(engine, false, options).run).toEqual(expected);
    });
}

test.skipIf(toolchain() !== TOOLCHAIN)("the module is what its compiler makes", () => {
  const work = mkdtempSync(join(tmpdir(), "rtt-switches-"));
  try {
    const file = join(work, "switches.mo");
    buildModule([here("switches.c")], FLAGS.split(" "), file);
    expect(readFileSync(file).equals(readFileSync(here("switches.mo")))).toBeTrue();
  } finally {
    rmSync(work, { recursive: true });
  }
});
