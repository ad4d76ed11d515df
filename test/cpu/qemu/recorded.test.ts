/** Recorded results of qemu-arm: needs nothing but the file. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Exit } from "../../../src/cpu/mod.ts";
import { FAULT_FLAGS, signalOf } from "./differential.ts";
import { engines, newMachine } from "./engines.ts";
import { type Case, type Result, WINDOW, codeOf, codeAddress, windowAddress } from "./image.ts";
import { END, readRecording } from "./recording.ts";

/** svc #0, in place of the end of a case. */
const SVC = 0xef000000;

const recorded = readRecording(new Uint8Array(readFileSync(join(import.meta.dir, "recorded.bin"))));

test.each(Object.keys(engines))(
  `%s: ${recorded.length} recorded cases end as under qemu-arm`,
  (engine) => {
    const { cpu, memory } = newMachine(engine);
    cpu.onSvc = () => false;
    for (const { test } of recorded) memory.write(codeAddress(test.place), codeOf(test, END));
    memory.st32(END, SVC);

    const run = ({ place, thumb, skew, registers, window }: Case): Result => {
      memory.write(windowAddress(place), window);
      cpu.r.set(registers.subarray(0, 15));
      cpu.cpsr = (cpu.cpsr & 0x1f) | registers[15];
      cpu.jump(codeAddress(place) + skew + (thumb ? 1 : 0));
      cpu.clearExclusive();
      cpu.units = 100;
      const exit = cpu.run();
      const results = new Uint32Array(18);
      results.set(cpu.r.subarray(0, 15));
      results[15] = cpu.cpsr & 0xf80f0000;
      if (exit === Exit.Fault)
        results.set([cpu.cpsr & FAULT_FLAGS, cpu.r[15], signalOf(cpu.fault!)], 15);
      else if (exit !== Exit.Stop) throw new Error(`place ${place} does not end`);
      return { registers: results, window: memory.read(windowAddress(place), WINDOW).slice() };
    };

    for (const { test, result } of recorded)
      expect({ place: test.place, ...run(test) }).toEqual({ place: test.place, ...result });
    memory.dispose();
  },
);
