/** The checked-in guest binaries are what their sources give with the compiler they were made with; `bun run fixtures --check` does all. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { allJobs } from "../../disk/modules.ts";
import { build, ROOT, TOOLCHAIN, toolchain } from "../../disk/toolchain.ts";

const EVERY = 12;

test.skipIf(toolchain() !== TOOLCHAIN)(
  `every twelfth module is rebuilt bit by bit (needs ${TOOLCHAIN})`,
  () => {
    const dir = mkdtempSync(join(tmpdir(), "rebuilt-"));
    try {
      const different = allJobs()
        .filter((_, i) => i % EVERY === 0)
        .filter((job) => {
          const output = join(dir, basename(job.output));
          build({ ...job, output });
          return !readFileSync(output).equals(readFileSync(job.output));
        })
        .map((job) => relative(ROOT, job.output));
      expect(different).toEqual([]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  120_000,
);
