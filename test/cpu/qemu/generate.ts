/** Random test cases, each reproducible from its seed. */
import * as blocks from "./blocks.ts";
import { branch, jump, tableBranch } from "./branches.ts";
import type { Case } from "./image.ts";
import { instruction } from "./plain.ts";
import { Random } from "./random.ts";
import { type Instruction, Sequence } from "./sequence.ts";

/** Which instructions a run is about. */
export type State = "thumb" | "a32";

export interface GeneratedCase extends Case {
  readonly seed: number;
  readonly instructions: readonly Instruction[];
}

/** Longest code of a case in bytes, so that it and its end fit into their place. */
const ROOM = 150;

export function generateCase(seed: number, place: number, state: State): GeneratedCase {
  const random = new Random(seed);
  const thumb = state === "thumb";
  const skew = thumb && random.once(2) ? 2 : 0;
  const s = new Sequence(random, place, thumb, skew);
  const wanted = random.between(1, 12);
  while (s.instructions.length < wanted && s.size < ROOM && !s.ended) block(s, random);

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

function block(s: Sequence, random: Random): boolean {
  const n = random.below(100);
  if (n < 72) return instruction(s);
  if (n < 82) return s.thumb ? blocks.itBlock(s) : instruction(s);
  if (n < 88) return branch(s);
  if (n < 92) return jump(s);
  if (n < 94) return s.thumb ? tableBranch(s) : jump(s);
  if (n < 96) return blocks.loop(s);
  if (n < 98) return blocks.exclusivePair(s);
  if (n < 99) return blocks.readFlags(s);
  return random.once(2) ? blocks.trap(s) : blocks.readFlags(s);
}
