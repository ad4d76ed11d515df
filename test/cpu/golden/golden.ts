/**
 * blocks.txt: for each piece of code its bytes, the IR that it is lifted to, and what qemu-arm makes of it. The IR is ours; that it means
 * the right thing shows in that both engines come to what qemu-arm came to.
 */
import { liftBlock } from "../../../src/cpu/lift/mod.ts";
import { dropDeadFlags, fuseCompareBranch, printBlock, verify } from "../../../src/cpu/ir/mod.ts";
import type { FloatCase, FloatResult } from "../qemu/float-image.ts";
import { FLOAT_WINDOW } from "../qemu/float-image.ts";
import { Random } from "../qemu/random.ts";

export interface Golden {
  readonly name: string;
  readonly thumb: boolean;
  readonly source: string;
  readonly code: Uint8Array;
  readonly ir: string;
  /** Registers and words of memory that are others afterwards. */
  readonly result: string;
}

const ADDRESS = 0x60001000;

/** The first block, as engines see it. */
export function irOf(code: Uint8Array, thumb: boolean): string {
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  const fetch = (at: number): number | undefined => {
    const offset = at - ADDRESS;
    return offset >= 0 && offset + 2 <= code.length ? view.getUint16(offset, true) : undefined;
  };
  const block = liftBlock(fetch, ADDRESS, thumb, 0);
  if (!("insts" in block)) throw new Error("nothing to lift");
  dropDeadFlags(block.insts);
  fuseCompareBranch(block.insts);
  const wrong = verify(block);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  return printBlock(block);
}

/** What every piece starts with. */
export function caseOf({ thumb, code }: Pick<Golden, "thumb" | "code">): FloatCase {
  const random = new Random(1);
  const word = () => random.word();
  const number = (k: number) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, (k - 7.25) * 1.5 ** k, true);
    return [view.getUint32(0, true), view.getUint32(4, true)];
  };
  return {
    thumb,
    code,
    words: Uint32Array.from(Array.from({ length: 32 }, (_, k) => number(k)).flat()),
    fpscr: 0,
    flags: 0x20000000,
    core: Uint32Array.from({ length: 8 }, (_, r) => (r === 7 ? 0 : word())),
    window: Uint8Array.from({ length: FLOAT_WINDOW }, () => random.below(256)),
  };
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");

/** What is different: registers by name, memory by its distance from r8. */
export function changes(start: FloatCase, { words, window }: FloatResult): string {
  const out: string[] = [];
  for (let r = 0; r < 8; r++)
    if (words[64 + r] !== start.core[r]) out.push(`r${r}=${hex(words[64 + r])}`);
  out.push(`flags=${hex(words[75]).slice(0, 1)}`);
  for (let k = 0; k < 64; k += 2)
    if (words[k] !== start.words[k] || words[k + 1] !== start.words[k + 1])
      out.push(`d${k >> 1}=${hex(words[k + 1])}${hex(words[k])}`);
  if (words[74] !== start.fpscr) out.push(`fpscr=${hex(words[74])}`);
  const before = new DataView(start.window.buffer, start.window.byteOffset);
  const after = new DataView(window.buffer, window.byteOffset);
  for (let at = 0; at < FLOAT_WINDOW; at += 4)
    if (before.getUint32(at, true) !== after.getUint32(at, true)) {
      const distance = at - FLOAT_WINDOW / 2;
      out.push(`[${distance < 0 ? "" : "+"}${distance}]=${hex(after.getUint32(at, true))}`);
    }
  return out.join(" ");
}

export function print(blocks: readonly Golden[]): string {
  return blocks
    .map(({ name, thumb, source, code, ir, result }) =>
      [
        `== ${name} (${thumb ? "thumb" : "a32"})`,
        ...source.split("; ").map((line) => `    ${line}`),
        `-- code ${Buffer.from(code).toString("hex")}`,
        ir,
        `-- qemu-arm ${result}`,
        "",
      ].join("\n"),
    )
    .join("\n");
}

export function parse(text: string): Golden[] {
  return text
    .split(/^== /m)
    .filter(Boolean)
    .map((part) => {
      const [, name, state, source, code, ir, result] =
        /^(.*) \((thumb|a32)\)\n([^]*?)\n-- code (\w+)\n([^]*)\n-- qemu-arm (.*)\n/.exec(part)!;
      return {
        name,
        thumb: state === "thumb",
        source: source
          .split("\n")
          .map((line) => line.trim())
          .join("; "),
        code: new Uint8Array(Buffer.from(code, "hex")),
        ir,
        result,
      };
    });
}
