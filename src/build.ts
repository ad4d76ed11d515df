/**
 * Builds the default disk and the binary: `bun src/build.ts [--outfile FILE]`.
 *
 * The binary must not read bunfig.toml or .env of whatever directory it is started in: the former can preload code.
 */
import { makeDefaultDisk } from "../disk/make-disk.ts";
import { STARTUP_JIT_POLICY } from "./cli/jit-policy.ts";
import { packPrebuiltRegions } from "./cli/prebuild-regions.ts";
import { packPreparedCode } from "./cli/prepare-code.ts";
import { packSdk } from "./cli/sdk-files.ts";

const root = new URL("..", import.meta.url).pathname;
const option = process.argv.indexOf("--outfile");
const outfile = option > 0 ? process.argv[option + 1] : `${root}rtt-sim`;

await makeDefaultDisk();
packSdk();
packPreparedCode();
packPrebuiltRegions();
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
    "--outfile",
    outfile,
    `${root}src/main.ts`,
  ],
  { cwd: root, stdout: "pipe", stderr: "pipe" },
);
if (build.exitCode !== 0) {
  console.error(
    `building ${outfile} failed:\n${build.stderr.toString()}${build.stdout.toString()}`,
  );
  process.exit(1);
}
