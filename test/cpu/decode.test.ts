/** The decode tables as data: every row can be reached, and no word means two things by accident. */
import { describe, expect, test } from "bun:test";
import {
  a32,
  a32Decoder,
  type Decoder,
  type Row,
  type Rows,
  thumb16,
  thumb16Decoder,
  thumb32,
  thumb32Decoder,
} from "../../src/cpu/decode/mod.ts";
import { isThumb32 } from "../../src/cpu/decode/mod.ts";

const tables: [string, Rows, Decoder, number][] = [
  ["thumb16", thumb16(), thumb16Decoder, 16],
  ["thumb32", thumb32(), thumb32Decoder, 32],
  ["a32", a32(), a32Decoder, 32],
];

let state = 1;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state >>> 8;
}
function fixed([, pattern]: Row): { mask: number; value: number } {
  const bits = (f: (c: string) => boolean): number =>
    [...pattern].reduce((n, c) => (n << 1) | (f(c) ? 1 : 0), 0);
  return { mask: bits((c) => c === "0" || c === "1"), value: bits((c) => c === "1") };
}
/** Words with the row's fixed bits, other bits at random. */
function* words(row: Row, width: number, count: number): Generator<number> {
  const { mask, value } = fixed(row);
  const all = width === 16 ? 0xffff : -1;
  for (let k = 0; k < count; k++)
    yield ((((random() << 16) ^ random()) & all & ~mask) | value) & all;
}

describe.each(tables)("%s", (_, rows, decoder, width) => {
  test("every row is found for some word with its fixed bits", () => {
    const unreachable = Object.keys(rows).filter((name) => {
      for (const word of words(rows[name], width, 4000))
        if (decoder.decode(word)?.encoding.name === name) return false;
      return true;
    });
    expect(unreachable).toEqual([]);
  });

  test("where two rows fit a word, the first is the special case or excludes the second", () => {
    const names = Object.keys(rows);
    const wrong: string[] = [];
    names.forEach((first, i) => {
      const a = fixed(rows[first]);
      for (const second of names.slice(i + 1)) {
        const b = fixed(rows[second]);
        if ((a.value ^ b.value) & a.mask & b.mask) continue;
        // A condition is never 15.
        if (rows[first][1].startsWith("1111") && rows[second][1].startsWith("cccc")) continue;
        // More fixed bits than the second, on top of all of its own: a special case.
        if ((a.mask & b.mask) === b.mask && a.mask !== b.mask) continue;
        if (rows[first][2] || rows[second][2]) continue;
        wrong.push(`${first} and ${second}`);
      }
    });
    expect(wrong).toEqual([]);
  });

  test("fields hold the bits of the word", () => {
    for (const name in rows) {
      for (const word of words(rows[name], width, 20)) {
        const found = decoder.decode(word);
        if (found?.encoding.name !== name) continue;
        const at: Record<string, number> = {};
        [...rows[name][1]].forEach((letter, k) => {
          if (letter === "0" || letter === "1") return;
          at[letter] = ((at[letter] ?? 0) << 1) | ((word >>> (width - 1 - k)) & 1);
        });
        expect(found.fields).toEqual(at);
      }
    }
  });
});

test("first halfwords of 32-bit instructions are no 16-bit instructions", () => {
  for (let half = 0; half < 0x10000; half++)
    if (isThumb32(half)) expect(thumb16Decoder.decode(half)).toBeUndefined();
});

test("coprocessor, exception return and pc as a plain register are undefined in Thumb-2", () => {
  const refused = {
    "mrc p0": 0xee100010,
    "rfeia r0": 0xe990c000,
    "add.w pc, r0, r1": 0xeb000f01,
    "movs.w pc, lr": 0xf3de8f00,
    smc: 0xf7f08000,
  };
  for (const [name, word] of Object.entries(refused))
    expect([name, thumb32Decoder.decode(word | 0)?.encoding.name]).toEqual([name, undefined]);
});
