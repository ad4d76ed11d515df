/**
 * The speed of the engines against qemu-arm, qemu-system-arm, native code and clang's WebAssembly, on kernels in C:
 *   bun run bench:qemu [--passes 3] [--samples 5] [--isa a32|thumb] [--engines auto,interp] [kernel...]
 *   bun run bench:qemu --set floats [--isa a32|thumb|soft|m4] ...: floating point with and without instructions for it, and the C library's
 * The sides take turns, a process for each kernel; CPU time; the first samples of a process, where everybody compiles, are dropped, of the
 * others and of the passes the medians count. A number in the table is the other side's time divided by ours: above 1 we are faster.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptOptions } from "../../src/cli/script-options.ts";
import {
  buildBoard,
  buildLinux,
  buildModule,
  buildNative,
  buildWasm,
  FLOAT_KERNELS,
  FLOATS,
  SYSTEM_KERNELS,
  type Isa,
  KERNELS,
  LIBRARY_KERNELS,
  missing,
  type KernelSet,
} from "./builds.ts";
import { median } from "./statistics.ts";

const USAGE =
  "bun run bench:qemu [--set kernels|floats] [--passes 3] [--samples 5] [--isa a32|thumb|soft|m4] [--engines auto,interp] [kernel...]\n" +
  `kernels: ${Object.keys(KERNELS).join(" ")}\nfloats: ${Object.keys(FLOATS).join(" ")}`;

const { values, positionals } = scriptOptions(USAGE, {
  options: {
    set: { type: "string", default: "kernels" },
    passes: { type: "string", default: "3" },
    samples: { type: "string", default: "5" },
    isa: { type: "string", default: "a32" },
    engines: { type: "string", default: "auto,interp" },
  },
  allowPositionals: true,
});
/** Samples in which a process of the others warms up; ours and the WebAssembly say when they are warm (samples.ts). */
const WARM = 2;
/** The interpreter gets that part of the work, qemu-system, whose clock counts hundredths of a second, so many times as much. */
const PARTS: Readonly<Record<string, number>> = { interp: 6, "qemu-system": 1 / 4 };
/** Sides that have nothing to do for the kernels which call the system, and for those which call the C library. */
const WITHOUT_SYSTEM = ["qemu-system", "wasm"];
const WITHOUT_LIBRARY = ["native", "wasm"];
const set: KernelSet = values.set === "floats" ? "floats" : "kernels";
const times = { kernels: KERNELS, floats: FLOATS }[set];
const kernels = Object.keys(times).filter(
  (name) => positionals.length === 0 || positionals.includes(name),
);
const folder = mkdtempSync(join(tmpdir(), "rtt-sim-bench-"));
const at = (name: string) => join(folder, name);

/** Prints a line "CHECKSUM NANOSECONDS" for each sample. */
type Side = (kernel: string, n: number, samples: number) => string[];

const sides = new Map<string, Side>();
try {
  build();
  table();
} finally {
  rmSync(folder, { recursive: true });
}

function build(): void {
  const isa = values.isa as Isa;
  if (missing("qemu-arm")) {
    console.error(missing("qemu-arm"));
    process.exit(2);
  }
  buildModule(isa, at("module.mo"), set);
  for (const engine of values.engines.split(","))
    sides.set(engine, (kernel, n, count) => {
      const script = join(import.meta.dir, "ours.ts");
      return [process.execPath, script, at("module.mo"), engine, kernel, String(n), String(count)];
    });
  const plain =
    (...command: string[]): Side =>
    (kernel, n, count) => [...command, kernel, String(n), String(count)];
  buildLinux(isa, at("linux.elf"), set);
  sides.set("qemu-arm", plain("qemu-arm", "-cpu", "max", at("linux.elf")));
  if (set === "kernels")
    add("qemu-system", () => {
      buildBoard(at("board.elf"));
      sides.set("qemu-system", (kernel, n, count) => {
        const words = ["k", kernel, String(n), String(count)].map((word) => `arg=${word}`);
        return [
          ..."qemu-system-arm -M mps2-an385 -nographic -serial none -monitor none".split(" "),
          ...["-semihosting-config", `enable=on,target=native,${words.join(",")}`],
          ...["-kernel", at("board.elf")],
        ];
      });
    });
  add("native", () => {
    buildNative(at("native"), set);
    sides.set("native", plain(at("native")));
  });
  add("wasm", () => {
    buildWasm(at("kernels.wasm"), set);
    sides.set(
      "wasm",
      plain(process.execPath, join(import.meta.dir, "wasm.ts"), at("kernels.wasm")),
    );
  });
}

function add(side: Parameters<typeof missing>[0], make: () => void): void {
  const why = missing(side);
  if (why === undefined) make();
  else console.log(`without ${side}: ${why}`);
}

/** Median nanoseconds of one process, and its checksum. */
function measure(name: string, kernel: string): { time: number; sum: string } {
  const part = PARTS[name] ?? 1;
  const warm = [...values.engines.split(","), "wasm"].includes(name) ? 0 : WARM;
  const samples = Number(values.samples) + warm;
  const n = Math.max(1, Math.round(times[kernel] / part));
  const command = sides.get(name)!(kernel, n, samples);
  const { stdout, stderr, exitCode } = Bun.spawnSync(command, { stdout: "pipe", stderr: "pipe" });
  const lines = stdout.toString().trim().split(/\r?\n/);
  if (exitCode !== 0 || lines.length !== samples)
    throw new Error(`${command.join(" ")}: status ${exitCode}\n${stdout}${stderr}`);
  const rows = lines.map((line) => line.split(" "));
  const taken = rows.slice(warm).map(([, time]) => Number(time));
  return { time: (median(taken) * times[kernel]) / n, sum: part === 1 ? rows[0][0] : "" };
}

function table(): void {
  const names = [...sides.keys()];
  const ours = names[0];
  const others = names.slice(1);
  const ratios = new Map<string, Map<string, number>>(others.map((name) => [name, new Map()]));
  const width = 12;
  console.log(
    `${"".padEnd(width)}${`${ours}, ms`.padStart(width)}${others.map((name) => name.padStart(width)).join("")}   others' time / ${ours}'s`,
  );
  for (const kernel of kernels) {
    const found = new Map<string, number[]>(names.map((name) => [name, []]));
    const sums = new Set<string>();
    const taking = names.filter(
      (name) =>
        !(SYSTEM_KERNELS.includes(kernel) && WITHOUT_SYSTEM.includes(name)) &&
        !(LIBRARY_KERNELS.includes(kernel) && WITHOUT_LIBRARY.includes(name)),
    );
    for (let pass = 0; pass < Number(values.passes); pass++)
      for (const name of taking) {
        const { time, sum } = measure(name, kernel);
        found.get(name)!.push(time);
        if (sum) sums.add(sum);
      }
    if (sums.size !== 1) throw new Error(`${kernel}: checksums ${[...sums].join(", ")}`);
    const mine = median(found.get(ours)!);
    const cells = others.map((name) => {
      if (!taking.includes(name)) return "-".padStart(width);
      const ratio = median(found.get(name)!) / mine;
      ratios.get(name)!.set(kernel, ratio);
      return ratio.toFixed(2).padStart(width);
    });
    console.log(
      `${kernel.padEnd(width)}${(mine / 1e6).toFixed(1).padStart(width)}${cells.join("")}`,
    );
  }
  mean("mean", () => true);
  if (set === "kernels") mean("integer", (kernel) => !FLOAT_KERNELS.includes(kernel));

  /** Geometric means. */
  function mean(title: string, wanted: (kernel: string) => boolean): void {
    const cells = others.map((name) => {
      const logs = [...ratios.get(name)!]
        .filter(([kernel]) => wanted(kernel))
        .map(([, ratio]) => Math.log(ratio));
      return Math.exp(logs.reduce((sum, x) => sum + x, 0) / logs.length)
        .toFixed(2)
        .padStart(width);
    });
    console.log(`${title.padEnd(2 * width)}${cells.join("")}`);
  }
}
