/** Whole processes of the compiled binary. */
import { copyFileSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Machine } from "../../src/embed.ts";
import { type Figure, figure, type Section } from "../figure.ts";
import { qemuHello } from "./qemu.ts";

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
  return ended([binary, ...argv]);
}

async function ended(command: string[]): Promise<Run> {
  const start = performance.now();
  const child = Bun.spawn(command, {
    cwd: root,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    // QEMU looks for a sound card otherwise.
    env: { ...process.env, QEMU_AUDIO_DRV: "none" },
  });
  const code = await child.exited;
  const wall = performance.now() - start;
  if (code !== 0) throw new Error(`${command.join(" ")} exited with ${code}`);
  return usage(child, wall);
}

/** A folder with so many tests, each a module that prints a line. */
function testFolder(count: number): string {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-bench-"));
  for (let n = 0; n < count; n++)
    copyFileSync(join(root, "disk/prebuilt/a9/hello.mo"), join(folder, `test${n}.mo`));
  return folder;
}

const TESTS = 200;
const qemu = qemuHello(root);

const cases = [
  { name: "boot to prompt", run: toPrompt, argv: ["--snapshot", "disk/disk.img"] },
  { name: "run hello.mo", run: toExit, argv: ["run", "disk/prebuilt/a9/hello.mo"] },
  { name: "-c hello", run: toExit, argv: ["-c", "hello"] },
  { name: `test, ${TESTS} modules`, run: toExit, argv: ["test", testFolder(TESTS)] },
  ...(qemu ? [{ name: "hello on qemu-system-arm", run: ended, argv: qemu }] : []),
];

/** Milliseconds from the end of a test to a booted machine for the next one, in a process that has had some. */
function nextMachine(rounds: number): number[] {
  const times: number[] = [];
  let last = Machine.boot();
  for (let n = -WARM_UP; n < rounds; n++) {
    last.execute("echo used /file");
    const start = performance.now();
    last.close();
    last = Machine.boot();
    const time = performance.now() - start;
    if (n >= 0) times.push(time);
    if (n % COLLECT_EVERY === 0) Bun.gc(true);
  }
  last.close();
  return times;
}

/** Machines after which the host has compiled what boots one. */
const WARM_UP = 100;
const COLLECT_EVERY = 50;

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
    const how = `a process, median of ${rounds}`;
    const machines = nextMachine(quick ? 50 : 300);
    const next = figure(
      "snapshot restore: the next booted machine",
      "ms",
      machines,
      `from the end of a test to the booted machine of the next, what a restored snapshot would give: memory, translations and disk are set back, the kernel boots anew; median of ${machines.length}`,
    );
    const processes = cases.flatMap(({ name, run, argv }, i): Figure[] => {
      const until = run === toPrompt ? "until the prompt is on a terminal" : "until it has ended";
      const of = (key: keyof Run) => runs[i].map((r) => r[key]);
      return [
        figure(name, "ms", of("wall"), `wall time ${until}: ${argv.join(" ")}; ${how}`),
        figure(`${name}: CPU`, "ms", of("cpu"), "user + system, all threads"),
        figure(`${name}: RSS`, "MiB", of("rss"), "largest resident set"),
      ];
    });
    return [...processes, next];
  },
};
