import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DebugInfo } from "../../src/dwarf/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

setDefaultTimeout(120_000);

const skip = !gcc;
const why = skip ? " (needs arm-none-eabi-gcc)" : "";
const rounds = process.env.RTT_SIM_FULL === "1" ? 4000 : 150;

describe.skipIf(skip)(
  `broken debugging information: nothing is known, nothing crashes${why}`,
  () => {
    for (const version of [2, 4, 5]) {
      test(`DWARF ${version}, ${rounds} broken files`, () => {
        const path = join(tmpdir(), `hostile-${process.pid}-${version}.mo`);
        const source = join(import.meta.dir, "programs/shapes.c");
        compile(source, path, { flags: ["-O2", "-g", `-gdwarf-${version}`] });
        const whole = readFileSync(path);
        rmSync(path);
        const image = new ElfImage(whole);
        const sections = image.sections.filter(({ name }) => name.startsWith(".debug"));
        expect(sections.length).toBeGreaterThan(3);
        let random = version;
        const next = (n: number) => {
          random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
          return Math.floor((random / 2 ** 32) * n);
        };
        let readable = 0;
        const start = performance.now();
        for (let n = 0; n < rounds; n++) {
          const bytes = new Uint8Array(whole);
          for (let k = 1 + next(6); k > 0; k--) {
            const { offset, size } = sections[next(sections.length)];
            // Single bytes, and lengths that are too large.
            const at = offset + next(size);
            if (next(3) === 0) bytes.fill(0xff, at, Math.min(at + 4, offset + size));
            else bytes[at] = next(256);
          }
          const info = DebugInfo.read(bytes);
          if (!info) continue;
          readable++;
          for (let address = 0; address < 0x800; address += 64) {
            info.line(address);
            info.functions(address);
          }
        }
        expect(readable).toBeGreaterThan(0);
        expect(readable).toBeLessThan(rounds);
        // A file takes about a millisecond; none of them takes for ever.
        expect(performance.now() - start).toBeLessThan(rounds * 100);
      });
    }
  },
);
