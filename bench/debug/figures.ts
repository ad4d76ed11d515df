import { figure, type Figure, median, type Section } from "../figure.ts";
import { cpuSeconds, type Variant, VARIANTS } from "./overheads.ts";

/** Rounds of the benchmark module: about two seconds of each engine. */
const ROUNDS = { auto: 3000, interp: 800 } as const;

async function figures(quick: boolean): Promise<Figure[]> {
  const all: Figure[] = [];
  for (const engine of ["auto", "interp"] as const) {
    const runs = new Map<Variant, number[]>(VARIANTS.map((variant) => [variant, []]));
    // In turns, so that what else the machine does meets all of them.
    for (let n = 0; n < (quick ? 3 : 9); n++)
      for (const variant of VARIANTS)
        runs.get(variant)!.push(await cpuSeconds(variant, ROUNDS[engine], engine));
    const plain = median(runs.get("plain")!);
    for (const variant of VARIANTS) {
      if (variant === "plain") continue;
      all.push(
        figure(
          `${variant}, --engine ${engine}`,
          "times",
          runs.get(variant)!.map((seconds) => seconds / plain),
          `CPU time of \`run --engine ${engine} bench.mo ${ROUNDS[engine]}\`, whole processes, against the median without`,
        ),
      );
    }
  }
  return all;
}

export const section: Section = {
  question: "What do a debugger that runs free, profiles and coverage cost?",
  figures,
};
