/** Records cases that together execute every row of the decode tables under qemu-arm: `bun test/cpu/qemu/record.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runQemu } from "./differential.ts";
import { type GeneratedCase, generateCase } from "./generate.ts";
import { CAPACITY, buildImage, sharedDriver } from "./image.ts";
import { END, writeRecording } from "./recording.ts";

/** How often every row shall occur. */
const WANTED = 3;
const SEED = 1_000_000;

const counts = new Map<string, number>();
const chosen: GeneratedCase[] = [];
for (let place = 0; place < CAPACITY; place++) {
  const test = generateCase(SEED + place, place, place % 2 ? "thumb" : "a32");
  if (!test.instructions.some(({ id }) => (counts.get(id) ?? 0) < WANTED)) continue;
  for (const { id } of test.instructions) counts.set(id, (counts.get(id) ?? 0) + 1);
  chosen.push(test);
}
if (sharedDriver().done !== END)
  throw new Error(`END is 0x${sharedDriver().done.toString(16)} now`);
const results = runQemu(buildImage(chosen));
const file = join(import.meta.dir, "recorded.bin");
writeFileSync(file, writeRecording(chosen.map((test, i) => ({ test, result: results[i] }))));
console.log(`${file}: ${chosen.length} cases, ${counts.size} rows`);
