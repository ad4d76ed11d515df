/** The IR of small pieces of code, and that it means what qemu-arm did with them. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Exit } from "../../../src/cpu/mod.ts";
import { engines, newMachine } from "../qemu/engines.ts";
import { FLOAT_RESULT, FLOAT_WINDOW } from "../qemu/float-image.ts";
import { noQemu, noToolchain } from "../qemu/tools.ts";
import { caseOf, changes, irOf, parse, print } from "./golden.ts";
import { goldens } from "./make.ts";

const text = readFileSync(join(import.meta.dir, "blocks.txt"), "utf8");
const blocks = parse(text);

for (const { name, thumb, code, ir } of blocks)
  test(`${thumb ? "thumb" : "a32"}: ${name}`, () => {
    expect(irOf(code, thumb)).toBe(ir);
  });

const CODE = 0x60100000;
const WINDOW = 0x60200000;
/** Where the FPSCR lies in a context of floating point. */
const FPSCR = 72;

for (const engine of Object.keys(engines))
  test(`${engine}: every piece ends as under qemu-arm`, () => {
    const { cpu, memory } = newMachine(engine);
    cpu.onSvc = () => false;
    const wrong: string[] = [];
    for (const [k, block] of blocks.entries()) {
      const start = caseOf(block);
      const code = CODE + k * 0x100;
      const { thumb } = block;
      memory.write(code, block.code);
      // svc #0
      if (thumb) memory.st16(code + block.code.length, 0xdf00);
      else memory.st32(code + block.code.length, 0xef000000);
      memory.write(WINDOW, start.window);
      const middle = WINDOW + FLOAT_WINDOW / 2;
      cpu.r.set([...start.core, middle, middle, code | (thumb ? 1 : 0), 0, 0, middle, 0]);
      cpu.cpsr = (cpu.cpsr & 0x1f) | start.flags;
      const context = new Int32Array(FPSCR + 1);
      context.set(start.words);
      cpu.floatContext = context;
      cpu.jump(code | (thumb ? 1 : 0));
      cpu.units = 100;
      expect({ name: block.name, exit: cpu.run() }).toEqual({ name: block.name, exit: Exit.Stop });
      const words = new Uint32Array(FLOAT_RESULT);
      words.set(cpu.floatContext.subarray(0, 64));
      words.set(cpu.r.subarray(0, 10), 64);
      words[74] = cpu.floatContext[FPSCR];
      words[75] = cpu.cpsr & 0xf0000000;
      const result = changes(start, { words, window: memory.read(WINDOW, FLOAT_WINDOW).slice() });
      if (result !== block.result) wrong.push(`${block.name}: ${result}, not ${block.result}`);
    }
    expect(wrong).toEqual([]);
    memory.dispose();
  });

const absent = noQemu ?? noToolchain;
test.skipIf(absent !== undefined)(
  `assembler and qemu-arm say what is written here${absent ? ` (${absent})` : ""}`,
  () => {
    expect(print(goldens())).toBe(text);
  },
);
