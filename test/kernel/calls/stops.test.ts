/** Calls behind which the caller does not go on at once, where the interpreter asks the hook and where translated code calls functions. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../../disk/toolchain.ts";
import { WholeBoard } from "../../dlmodule/whole-board.ts";
import { buildModule } from "../../programs/build.ts";

setDefaultTimeout(120_000);

const here = (name: string) => join(import.meta.dir, name);
const FLAGS = `-march=armv7-a -marm -msoft-float -O1 -w -I${here("../../../src/sdk/include")}`;
const PROGRAM = new Uint8Array(readFileSync(here("stops.mo")));

function run(engine: "interp" | "jit", end: string, options: object) {
  const board = new WholeBoard({ "/stops.mo": PROGRAM }, { engine, ...options });
  try {
    const { kernel } = board.machine;
    const { direct } = kernel.cpu;
    let calls = 0;
    let stopped = 0;
    if (direct)
      kernel.cpu.direct = {
        for: (number) => {
          const call = direct.for(number);
          return call && ((...registers) => (calls++, call(...registers)));
        },
        behind: () => {
          const goesOn = direct.behind();
          if (!goesOn) stopped++;
          return goesOn;
        },
      };
    const text = board.run("/stops.mo", `stops ${end}`);
    const { instructions, svcs } = kernel.cpu.stats;
    const { diagnostics, machine } = board;
    const time = { units: kernel.clock.units, tick: kernel.tick, instructions, svcs };
    return { run: { text, diagnostics, code: machine.outcome.code, ...time }, calls, stopped };
  } finally {
    board.machine.close();
  }
}

const ENDS = ["", "fault", "assertion", "exit", "abort", "signal", "deleted"];
for (const options of [{}, { compat404: true }, { abi: "5.x" }])
  for (const end of Object.keys(options).length > 0 ? ENDS.slice(0, 2) : ENDS) {
    test(`the same output, schedule and counts, "${end}", ${JSON.stringify(options)}`, () => {
      const { run: expected } = run("interp", end, options);
      const { run: found, calls, stopped } = run("jit", end, options);
      expect(found).toEqual(expected);
      expect(found.text).toContain("305 urgent, 12 deep, 24 caught, ");
      expect(calls).toBeGreaterThan(1000);
      expect(stopped).toBeGreaterThan(20);
    });
  }

test.skipIf(toolchain() !== TOOLCHAIN)("the module is what its compiler makes", () => {
  const work = mkdtempSync(join(tmpdir(), "rtt-stops-"));
  try {
    const file = join(work, "stops.mo");
    buildModule([here("stops.c")], FLAGS.split(" "), file);
    expect(readFileSync(file).equals(readFileSync(here("stops.mo")))).toBeTrue();
  } finally {
    rmSync(work, { recursive: true });
  }
});
