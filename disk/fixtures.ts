/**
 * Rebuilds every guest binary of the repository: `bun disk/fixtures.ts [--check] [--modules]`.
 *
 * With --modules the firmware is left out. With --check nothing is written; the exit code is 1 when a rebuilt file differs from the one that is checked in.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { allJobs } from "./modules.ts";
import { build, ROOT, TOOLCHAIN, ToolError, toolchain } from "./toolchain.ts";

const check = process.argv.includes("--check");
const modulesOnly = process.argv.includes("--modules");
const unknown = process.argv.slice(2).filter((word) => !["--check", "--modules"].includes(word));
if (unknown.length > 0)
  fail(2, `unknown argument ${unknown[0]}; usage: bun disk/fixtures.ts [--check] [--modules]`);

const found = toolchain();
if (found === undefined) {
  fail(
    1,
    "arm-none-eabi-gcc is not installed; on Debian: apt install gcc-arm-none-eabi libnewlib-arm-none-eabi",
  );
}
if (found !== TOOLCHAIN) {
  console.error(
    `warning: the checked-in files were built with\n  ${TOOLCHAIN}\nnot with\n  ${found}`,
  );
}

let different = 0;
const work = mkdtempSync(join(tmpdir(), "fixtures-"));
try {
  for (const job of allJobs()) {
    const output = check ? join(work, basename(job.output)) : job.output;
    mkdirSync(dirname(output), { recursive: true });
    build({ ...job, output });
    if (check && !same(output, job.output)) {
      different++;
      console.error(`differs: ${relative(ROOT, job.output)}`);
    }
  }
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  fail(1, error.message);
} finally {
  rmSync(work, { recursive: true, force: true });
}

const firmware = join(ROOT, "src/firmware/build.ts");
for (const what of modulesOnly ? [] : [[], ["--fixtures"]]) {
  const words = check ? [...what, "--check"] : what;
  const run = Bun.spawnSync([process.execPath, firmware, ...words], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (run.exitCode !== 0) different++;
}
if (different > 0) process.exit(1);

function same(a: string, b: string): boolean {
  return existsSync(b) && readFileSync(a).equals(readFileSync(b));
}

function fail(code: number, text: string): never {
  console.error(text);
  process.exit(code);
}
