/** Many relocations of each type: every one is applied, all alike, and the time grows with their number. RTT_SIM_FULL=1: up to 400,000. */
import { expect, test } from "bun:test";
import { manyOf, TYPES } from "../../bench/relocate/sets.ts";
import { bind, planLoad, relocate } from "../../src/dlmodule/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

const SIZES = process.env.RTT_SIM_FULL ? [1000, 10_000, 100_000, 400_000] : [1000, 10_000];
const BLOCK = 0x60100000;
const IMPORT = 0x60012344;
const memory = new GuestMemory({ base: 0x60000000, size: 0x2000000 });
const view = new DataView(memory.wasm.buffer);

function load(file: Uint8Array): { applied: number; start: number } {
  const plan = planLoad(new ElfImage(file), { compat404: false });
  const bindings = bind(plan, { lookup: () => IMPORT, compat404: false });
  memory.fill(BLOCK, bindings.size, 0);
  for (const { vaddr, bytes } of plan.segments) memory.write(BLOCK + vaddr - plan.start, bytes);
  return { applied: relocate(plan, bindings, view, BLOCK), start: plan.start };
}

for (const [name, targets] of Object.entries(TYPES))
  test(
    name,
    () => {
      const times: number[] = [];
      for (const count of SIZES) {
        const { file, dataAddress } = manyOf(name, count);
        const begin = process.cpuUsage();
        const { applied, start } = load(file);
        const { user, system } = process.cpuUsage(begin);
        times.push(user + system);
        expect(applied).toBe(count);
        const data = BLOCK + dataAddress - start;
        const word = (i: number): number => memory.ldu32(data + 4 * i);
        const places = [0, 1, count >> 1, count - 2, count - 1];
        if (targets === "near" || targets === "number" || targets === "none")
          // The same distance, the same number, the same module: the same bytes everywhere.
          expect(places.map(word)).toEqual(places.map(() => word(0)));
        if (name === "RELATIVE") expect(word(7)).toBe((BLOCK - start) >>> 0);
        if (name === "ABS32" || name === "GLOB_DAT" || name === "JUMP_SLOT")
          for (const i of places)
            expect(word(i)).toBe((i % 100) % 2 ? BLOCK - start + 64 + 4 * (i % 100) : IMPORT);
        if (name === "REL32")
          for (const i of places.filter((n) => n % 2 === 0))
            expect(word(i)).toBe((IMPORT - (data + 4 * i)) >>> 0);
      }
      // Ten times and four times as many; compiling the code and collecting garbage come on top of the smaller ones.
      const [, , hundred, all] = times;
      if (all !== undefined) expect(all / hundred).toBeLessThan(16);
    },
    120_000,
  );
