/** Whole processes of the compiled binary. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Figure, figure, type Section } from "../figure.ts";

const root = join(import.meta.dir, "../..");
const binary = join(root, "rtt-sim");
const PROMPT = "msh />";

interface Run {
  readonly wall: number;
  readonly cpu: number;
  readonly rss: number;
}

function usage(child: Bun.Subprocess, wall: number): Run {
  const { cpuTime, maxRSS } = child.resourceUsage()!;
  return { wall, cpu: Number(cpuTime.total) / 1000, rss: maxRSS / 1048576 };
}

/** Until the prompt is on a terminal of our own. */
async function toPrompt(argv: readonly string[]): Promise<Run> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let seen = "";
  const start = performance.now();
  const child = Bun.spawn([binary, ...argv], {
    cwd: root,
    terminal: {
      cols: 80,
      rows: 24,
      data(_, data) {
        seen += Buffer.from(data).toString("latin1");
        if (seen.includes(PROMPT)) resolve(performance.now());
      },
    },
  });
  void child.exited.then(() => resolve(NaN));
  const end = await promise;
  if (Number.isNaN(end)) throw new Error(`no prompt: ${seen}`);
  child.kill();
  await child.exited;
  return usage(child, end - start);
}

/** Until the process has ended. */
async function toExit(argv: readonly string[]): Promise<Run> {
  const start = performance.now();
  const child = Bun.spawn([binary, ...argv], {
    cwd: root,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const code = await child.exited;
  const wall = performance.now() - start;
  if (code !== 0) throw new Error(`rtt-sim ${argv.join(" ")} exited with ${code}`);
  return usage(child, wall);
}

const cases = [
  { name: "boot to prompt", run: toPrompt, argv: ["--snapshot", "disk/disk.img"] },
  { name: "run hello.mo", run: toExit, argv: ["run", "disk/prebuilt/a9/hello.mo"] },
  { name: "-c hello", run: toExit, argv: ["-c", "hello"] },
];

export const section: Section = {
  question: "How long does a user wait, and what does it cost?",
  async figures(quick) {
    if (!existsSync(binary)) throw new Error("no ./rtt-sim: run bun src/build.ts first");
    const runs = cases.map((): Run[] => []);
    // In turn, so that a slow moment of the machine meets all alike; the first round warms the caches.
    const rounds = quick ? 7 : 31;
    for (let round = -1; round < rounds; round++) {
      for (const [i, { run, argv }] of cases.entries()) {
        const result = await run(argv);
        if (round >= 0) runs[i].push(result);
      }
    }
    const how = `rtt-sim as a process, median of ${rounds}`;
    return cases.flatMap(({ name, run, argv }, i): Figure[] => {
      const until = run === toPrompt ? "until the prompt is on a terminal" : "until it has ended";
      const of = (key: keyof Run) => runs[i].map((r) => r[key]);
      return [
        figure(name, "ms", of("wall"), `wall time ${until}: ${argv.join(" ")}; ${how}`),
        figure(`${name}: CPU`, "ms", of("cpu"), "user + system, all threads"),
        figure(`${name}: RSS`, "MiB", of("rss"), "largest resident set"),
      ];
    });
  },
};
