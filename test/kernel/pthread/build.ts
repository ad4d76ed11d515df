/**
 * Builds the programs of these tests: `bun test/kernel/pthread/build.ts`. Each becomes a module beside its source; what the portable
 * ones print on this machine's own POSIX system is their `.expected`.
 */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, ToolError } from "../../../disk/toolchain.ts";

const folder = join(import.meta.dir, "programs");

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".c")) continue;
  const source = join(folder, file);
  const output = source.replace(/c$/, "mo");
  build({ source, output, target: "a9", kind: "mo", cflags: ["-O1", "-D_GNU_SOURCE"] });
  if (!(await Bun.file(source).text()).includes("/* Portable:")) continue;
  const native = source.replace(/c$/, "native");
  try {
    const compiled = Bun.spawnSync(["gcc", "-w", source, "-o", native, "-lpthread"]);
    if (compiled.exitCode !== 0) throw new ToolError(`${compiled.stderr}`);
    writeFileSync(
      source.replace(/c$/, "expected"),
      Bun.spawnSync([native], { cwd: tmpdir() }).stdout,
    );
  } finally {
    rmSync(native, { force: true });
  }
}
