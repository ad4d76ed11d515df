/**
 * Builds the default disk and the binary: `bun src/build.ts [--outfile FILE]`.
 *
 * The binary must not read bunfig.toml or .env of whatever directory it is started in: the former can preload code.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeDefaultDisk } from "../disk/make-disk.ts";
import { STARTUP_JIT_POLICY } from "./cli/jit-policy.ts";
import { packLoop } from "./cli/pack-loop.ts";
import { packPrebuiltRegions } from "./cli/prebuild-regions.ts";
import { packPreparedCode } from "./cli/prepare-code.ts";
import { scriptOptions } from "./cli/script-options.ts";
import { packSdk } from "./cli/sdk-files.ts";

const root = new URL("..", import.meta.url).pathname;
const { values } = scriptOptions("bun src/build.ts [--outfile FILE]", {
  options: { outfile: { type: "string" } },
});
const outfile = values.outfile ?? `${root}rtt-sim`;

await makeDefaultDisk();
packSdk();
packLoop();
packPreparedCode();
packPrebuiltRegions();
/** Compiles the binary; `order`: files that say in which order its code is used. */
function compile(order: readonly string[]): void {
  const build = Bun.spawnSync(
    [
      process.execPath,
      "build",
      "--compile",
      "--minify",
      "--bytecode",
      // A module that a command imports when it needs it is a chunk of its own; else all share one, and start slower.
      "--splitting",
      "--format=esm",
      "--no-compile-autoload-bunfig",
      "--no-compile-autoload-dotenv",
      `--compile-jit-policy=${STARTUP_JIT_POLICY}`,
      ...(order.length > 0 ? [`--bytecode-order=${order.join(",")}`] : []),
      "--outfile",
      outfile,
      `${root}src/main.ts`,
    ],
    { cwd: root, stdout: "pipe", stderr: "pipe" },
  );
  if (build.exitCode === 0) return;
  console.error(
    `building ${outfile} failed:\n${build.stderr.toString()}${build.stdout.toString()}`,
  );
  process.exit(1);
}

/** What most processes do, the most important first. */
const STARTS = [
  ["--snapshot", `${root}disk/disk.img`],
  ["run", `${root}disk/prebuilt/a9/hello.mo`],
];

/** Runs the binary; the files in `folder` say in which order it used its code. A run that fails says nothing. */
function ordersOfUse(folder: string): string[] {
  return STARTS.map((argv, n) => {
    const file = join(folder, `${n}.order`);
    const env = { ...process.env, BUN_BYTECODE_ORDER_OUT: file };
    Bun.spawnSync([resolve(outfile), ...argv], {
      env,
      cwd: root,
      stdin: "ignore",
      timeout: 20_000,
    });
    return file;
  }).filter((file) => existsSync(file));
}

compile([]);
// Again with the code of a start lying together: 80 pages fewer are touched, and 2 MB less memory is taken.
const folder = mkdtempSync(join(tmpdir(), "rtt-sim-build-"));
try {
  const order = ordersOfUse(folder);
  if (order.length > 0) compile(order);
} finally {
  rmSync(folder, { recursive: true });
}
