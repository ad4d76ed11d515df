/** Instructions that go on behind themselves, of any row. */
import { isBranch, isTrap, reasonToSkip } from "./constraints.ts";
import { type Encoding, tables } from "./encodings.ts";
import { tryRow } from "./instruction.ts";
import type { Sequence } from "./sequence.ts";

/** Rows that may stand anywhere. */
const plain = (rows: readonly Encoding[]) =>
  rows.filter(
    (e) => !isBranch(e) && !isTrap(e) && !reasonToSkip(e) && !/^(IT|MRS)$/.test(e.mnemonic),
  );
const thumb16 = plain(tables.thumb16);
const thumb32 = plain(tables.thumb32);
const a32 = plain(tables.a32);
const conditional = (rows: readonly Encoding[]) => rows.filter((e) => e.syntax.includes("<c>"));
const thumb16InIT = conditional(thumb16);
const thumb32InIT = conditional(thumb32);

/** One instruction that goes on behind itself. */
export function instruction(s: Sequence): boolean {
  const { random } = s;
  for (let tries = 0; tries < 20; tries++) {
    const small = random.below(5) < (s.narrow ? 4 : 2);
    const rows = !s.thumb
      ? a32
      : s.inIT
        ? small
          ? thumb16InIT
          : thumb32InIT
        : small
          ? thumb16
          : thumb32;
    if (tryRow(s, random.pick(rows))) return true;
  }
  return false;
}

/** `least` to `most` instructions. */
export function instructions(s: Sequence, most: number, least = 0): void {
  for (let n = s.random.between(least, most); n > 0 && !s.ended; n--) instruction(s);
}

/** The same, but it is not certain that they are executed. */
export function perhaps(s: Sequence, most: number, least = 0): void {
  s.uncertain++;
  instructions(s, most, least);
  s.uncertain--;
}
