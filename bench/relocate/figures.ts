import { measure } from "mitata";
import { type Figure, figure, type Section } from "../figure.ts";
import { createLoaders, type LoaderName, syntheticModule } from "./loaders.ts";

const SIZES = [1000, 10_000, 100_000];
const NAMES: Record<LoaderName, string> = { ours: "", simple: ", straightforward loader" };

interface Times {
  readonly cold: number;
  readonly warm: { readonly p50: number; readonly min: number; readonly p99: number };
}

/** Only the first run of a process is cold, so each sample is a process: see the end of this file. */
function sample(loader: LoaderName, records: number, quick: boolean): Times {
  const command = [process.execPath, import.meta.path, loader, String(records), String(quick)];
  const { stdout, stderr, success } = Bun.spawnSync(command);
  if (!success) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString()) as Times;
}

export const section: Section = {
  question: "How long does it take to read, check, copy and relocate a module?",
  figures(quick) {
    const figures: Figure[] = [];
    for (const records of SIZES) {
      for (const loader of ["ours", "simple"] as LoaderName[]) {
        const samples = Array.from({ length: quick ? 3 : 9 }, () => sample(loader, records, quick));
        const name = `${records} relocations${NAMES[loader]}`;
        const cold = samples.map((s) => s.cold);
        const how = `first module of a process, median of ${samples.length} processes`;
        figures.push(figure(`${name}, cold`, "ms", cold, how));
        const { p50, min, p99 } = samples[0].warm;
        figures.push({
          name: `${name}, warm`,
          value: p50 / 1e6,
          unit: "ms",
          range: [min / 1e6, p99 / 1e6],
          how: "later modules of one process, median",
        });
      }
    }
    return figures;
  },
};

if (import.meta.main) {
  const [loader, records, quick] = process.argv.slice(2);
  const load = createLoaders()[loader as LoaderName];
  const file = syntheticModule(Number(records));
  const run = (): void => {
    if (load(file) !== Number(records)) throw new Error("wrong number of relocations");
  };
  const start = performance.now();
  run();
  const cold = performance.now() - start;
  const { p50, min, p99 } = await measure(run, { min_cpu_time: quick === "true" ? 5e7 : 4e8 });
  console.log(JSON.stringify({ cold, warm: { p50, min, p99 } } satisfies Times));
}
