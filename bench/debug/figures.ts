import { figure, type Figure, median, type Section } from "../figure.ts";
import { cpuSeconds, type Variant, VARIANTS } from "./overheads.ts";

/** Rounds of the benchmark module: about two seconds of the interpreter. */
const ROUNDS = 800;

async function figures(quick: boolean): Promise<Figure[]> {
  const runs = new Map<Variant, number[]>(VARIANTS.map((variant) => [variant, []]));
  // In turns, so that what else the machine does meets all of them.
  for (let n = 0; n < (quick ? 3 : 9); n++)
    for (const variant of VARIANTS) runs.get(variant)!.push(await cpuSeconds(variant, ROUNDS));
  const plain = median(runs.get("plain")!);
  return VARIANTS.filter((variant) => variant !== "plain").map((variant) =>
    figure(
      variant,
      "times",
      runs.get(variant)!.map((seconds) => seconds / plain),
      `CPU time of \`run --engine interp bench.mo ${ROUNDS}\`, whole processes, against the median without`,
    ),
  );
}

export const section: Section = {
  question: "What do a debugger that runs free, profiles and coverage cost?",
  figures,
};
