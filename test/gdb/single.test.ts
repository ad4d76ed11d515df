import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { type Cpu, type Engine, Exit } from "../../src/cpu/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { Machine } from "../../src/machine.ts";

const root = join(import.meta.dir, "../..");
const firmware = readFileSync(join(root, "src/firmware/prebuilt/firmware.elf"));

/** Runs a module; with `stepped` one instruction at a time. */
function run(path: string, engine: Engine, stepped: boolean) {
  let output = "";
  const machine = new Machine({
    firmware,
    disk: FatVolume.format(new RamDevice(4 << 20)).device,
    engine,
    output: (bytes) => (output += Buffer.from(bytes).toString("latin1")),
    instrument: {
      core(cpu: Cpu) {
        if (!stepped) return cpu;
        const original = cpu.run;
        expect(original).toBeDefined();
        cpu.run = () => {
          for (;;) {
            if (cpu.units <= 0) return Exit.Slice;
            const before = cpu.stats.instructions;
            const exit = cpu.single();
            // Never more than the one, and one unless it faults.
            const count = cpu.stats.instructions - before;
            expect(count).toBe(exit === Exit.Fault ? 0 : 1);
            if (exit !== undefined) return exit;
          }
        };
        return cpu;
      },
    },
  });
  machine.boot("lines");
  machine.kernel.run({ skipIdle: false });
  machine.vfs.writeFile("/p.mo", readFileSync(join(root, path)));
  machine.runModule("/p.mo", "p one two");
  while (!machine.quiet) machine.kernel.run({ skipIdle: true });
  const { instructions, svcs } = machine.cpu.stats;
  const result = {
    output,
    instructions,
    svcs,
    tick: machine.kernel.tick,
    code: machine.outcome.code,
  };
  machine.close();
  return result;
}

describe("single instructions give the run that the engine gives", () => {
  for (const engine of ["interp", "jit"] as const) {
    for (const path of [
      "disk/prebuilt/a9/hello.mo",
      "disk/prebuilt/thumb/threads.mo",
      "disk/prebuilt/m0/cxx.mo",
      "test/fixtures/transcripts/t_fault.mo",
    ]) {
      test(`${path}, ${engine}`, () => {
        expect(run(path, engine, true)).toEqual(run(path, engine, false));
      });
    }
  }
});
