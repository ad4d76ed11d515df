/** The programs of the default disk compute the right things: the same sources, compiled for the host. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../disk/toolchain.ts";
import { noise } from "../sessions/corrupt.ts";

// Compilers, disk tools and whole programs take their time on a busy machine.
setDefaultTimeout(60_000);

const cc = Bun.which("cc");

test.skipIf(cc === null)("bench gets the CRC it expects on the host too (needs cc)", () => {
  using program = compile("bench.c");
  for (const rounds of [1, 10, 100, 1000, 10000]) {
    const { code, out } = program.run([String(rounds)]);
    expect(out).toMatch(
      new RegExp(`^rounds ${rounds}\nticks .*\ncrc    0x[0-9a-f]{4}, correct\n$`),
    );
    expect(code).toBe(0);
  }
});

test.skipIf(cc === null)(
  "md5 agrees with OpenSSL at every length around a block (needs cc)",
  () => {
    using program = compile("md5.c");
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 2047, 2048, 2049, 5000]) {
      const path = program.file(noise(length));
      const digest = createHash("md5").update(noise(length)).digest("hex");
      expect(program.run([path]).out).toBe(`${digest}  ${path}\n`);
      expect(program.run(["-c", path, digest]).out).toBe("md5 value is the same!\n");
    }
  },
);

function compile(source: string) {
  const dir = mkdtempSync(join(tmpdir(), "program-"));
  const binary = join(dir, "program");
  const command = ["cc", "-O1", "-w", join(ROOT, "disk", source), "-o", binary];
  const built = Bun.spawnSync(command, { stderr: "pipe" });
  if (built.exitCode !== 0) throw new Error(built.stderr.toString());
  return {
    run(args: string[]): { code: number; out: string } {
      const { exitCode, stdout } = Bun.spawnSync([binary, ...args], { stdout: "pipe" });
      return { code: exitCode, out: stdout.toString() };
    },
    file(bytes: Uint8Array): string {
      const path = join(dir, "input");
      writeFileSync(path, bytes);
      return path;
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
