/**
 * How long does a user wait? Whole processes of the compiled binary: boot to the prompt, and `run hello.mo`.
 */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const root = new URL("../..", import.meta.url).pathname;
const RUNS = 21;

function measure(name: string, argv: readonly string[]): Figure[] {
  const wall: number[] = [];
  const rss: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    const child = Bun.spawnSync([`${root}rtt-sim`, ...argv], {
      cwd: root,
      stdin: new Uint8Array(),
      stderr: "pipe",
    });
    wall.push(performance.now() - start);
    if (child.exitCode !== 0)
      throw new Error(`${argv.join(" ")} exited with ${child.exitCode}: ${child.stderr}`);
    rss.push((child.resourceUsage?.maxRSS ?? 0) / 1048576);
  }
  return [summary(name, "ms", wall), summary(`${name}, RSS`, "MiB", rss)];
}

function summary(name: string, unit: string, values: number[]): Figure {
  values.sort((a, b) => a - b);
  return {
    name,
    unit,
    median: values[values.length >> 1],
    min: values[0],
    max: values[values.length - 1],
  };
}

export function bootFigures(): Figure[] {
  return [
    ...measure("boot to prompt", ["--snapshot", "disk/disk.img"]),
    ...measure("boot to prompt, built-in disk", []),
    ...measure("run hello.mo", ["run", "disk/prebuilt/a9/hello.mo"]),
    ...measure("-c hello", ["-c", "hello"]),
  ];
}

if (import.meta.main) {
  for (const f of bootFigures()) {
    console.log(
      `${f.name.padEnd(36)} median ${f.median.toFixed(1).padStart(7)} ${f.unit}   min ${f.min.toFixed(1)}   max ${f.max.toFixed(1)}`,
    );
  }
}
