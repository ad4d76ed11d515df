/** Random test cases, each reproducible from its seed. */
import { exclusivePair, itBlock, loop, readFlags, trap } from "./blocks.ts";
import { branch, jump, tableBranch } from "./branches.ts";
import type { Case } from "./image.ts";
import { call, compareAndBranch, rewriteCode } from "./patterns.ts";
import { instruction } from "./plain.ts";
import { Random } from "./random.ts";
import { type Instruction, Sequence } from "./sequence.ts";

/** Which instructions a run is about. */
export type State = "thumb" | "a32";

export interface GeneratedCase extends Case {
  readonly seed: number;
  readonly instructions: readonly Instruction[];
}

/** Bytes of code after which a case ends; what the last block adds and the end must fit into the case's place, too. */
const ROOM = 150;
const MOST_ROOM = 195;

export function generateCase(seed: number, place: number, state: State): GeneratedCase {
  const random = new Random(seed);
  const thumb = state === "thumb";
  const skew = thumb && random.once(2) ? 2 : 0;
  const s = new Sequence(random, place, thumb, skew);
  // Now and then longer than any block an engine may translate at once.
  s.narrow = random.once(40);
  const wanted = s.narrow ? 90 : random.between(1, 12);
  while (s.instructions.length < wanted && s.size < (s.narrow ? MOST_ROOM : ROOM) && !s.ended)
    block(s, random);

  const registers = new Uint32Array(16);
  for (let r = 0; r < 15; r++) registers[r] = s.initial[r] ?? random.word();
  registers[15] = random.u32() & 0xf80f0000;
  s.settle();
  return {
    seed,
    place,
    thumb,
    endsInThumb: s.thumb,
    skew,
    code: s.code,
    registers,
    window: s.window,
    instructions: s.instructions,
  };
}

const BLOCKS: readonly (readonly [weight: number, (s: Sequence) => boolean])[] = [
  [64, instruction],
  [10, itBlock],
  [6, branch],
  [4, jump],
  [2, tableBranch],
  [2, loop],
  [2, exclusivePair],
  [2, readFlags],
  [5, compareAndBranch],
  [2, call],
  [0.7, rewriteCode],
  [0.3, trap],
];
const TOTAL = BLOCKS.reduce((sum, [weight]) => sum + weight, 0);

function block(s: Sequence, random: Random): boolean {
  let n = random.below(TOTAL * 10) / 10;
  for (const [weight, make] of BLOCKS) {
    if (n < weight) return make(s);
    n -= weight;
  }
  return instruction(s);
}
