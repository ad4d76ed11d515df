/** Which programs are built how with RTT_SIM_FULL=1: the same for every level and target. Executables are made while others run. */
import { type Build, programsBuild, TARGETS } from "./builds.ts";

/** Programs of one executable; translated, each takes about 3 MB of the host. */
const BATCH = 64;
/** Compilers at a time. */
const COMPILERS = 2;

const LEVELS = ["-O0", "-Os", "-O2", "-O3"];
/** Targets take turns from batch to batch. */
const NAMED: Readonly<Record<string, readonly (keyof typeof TARGETS)[]>> = {
  A32: ["a32"],
  "Thumb-2": ["thumb-2"],
  "Thumb-1": ["thumb-1"],
  "hard float": ["hard-a32", "hard-thumb-2"],
};

/** An executable of the matrix. */
export interface Batch {
  readonly first: number;
  readonly count: number;
  readonly target: string;
  readonly level: string;
  /** Whether it is translated too; all are interpreted. */
  readonly translated: boolean;
}

/** Programs `first` to `first + count - 1` for each named build, and some of them with vectors. */
export function matrix(first: number, count: number): Map<string, Batch[]> {
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, at) => at);
  const seeds = (at: number) => ({
    first: first + at * BATCH,
    count: Math.min(BATCH, count - at * BATCH),
  });
  const all = new Map<string, Batch[]>();
  for (const [name, targets] of Object.entries(NAMED))
    for (const level of LEVELS) {
      // One batch of each build is translated; each batch is, in some builds.
      const turn = all.size % batches.length;
      const list = batches.map((at) => {
        const target = targets[at % targets.length];
        return { ...seeds(at), target, level, translated: at === turn };
      });
      all.set(`${name} ${level}`, list);
    }
  all.set("NEON -O3", [{ ...seeds(0), target: "neon", level: "-O3", translated: true }]);
  return all;
}

/** Makes executables, in order and some at a time, and gives each when it is asked for. */
export class Compilers {
  private readonly made = new Map<Batch, Promise<string>>();
  private readonly waiting: Batch[];

  constructor(
    private readonly folder: string,
    batches: Iterable<Batch>,
  ) {
    this.waiting = [...batches];
  }

  /** The file of a batch. Throws what the compiler says. */
  async take(batch: Batch): Promise<string> {
    if (this.made.size === 0) for (let k = 0; k < COMPILERS; k++) this.next();
    // Whoever begins in the middle.
    const file = this.made.get(batch) ?? this.make(batch);
    return await file;
  }

  /** Waits for what is being made; makes no more. */
  async close(): Promise<void> {
    this.waiting.length = 0;
    await Promise.allSettled(this.made.values());
  }

  private next(): void {
    const batch = this.waiting.shift();
    // What the compiler says is for the one who takes it.
    if (batch && !this.made.has(batch)) this.make(batch).catch(() => {});
  }

  private make(batch: Batch): Promise<string> {
    const { first, count, target, level } = batch;
    const build = programsBuild(this.folder, first, count, target, level);
    const made = compile(build).finally(() => this.next());
    this.made.set(batch, made);
    return made;
  }
}

async function compile({ file, compile: words }: Build): Promise<string> {
  const child = Bun.spawn(["arm-none-eabi-gcc", ...words], { stdout: "ignore", stderr: "pipe" });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`arm-none-eabi-gcc ${words.join(" ")}\n${said}`);
  return file;
}
