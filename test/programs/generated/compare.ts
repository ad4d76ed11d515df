/** Generated programs under qemu-arm and on our engines: what they print, program by program. */
import { expect } from "bun:test";
import { join } from "node:path";

/** The output by program, so that a failure names one. */
export function byProgram(output: string): Record<string, string> {
  const parts = output.split(/^== /m).filter(Boolean);
  return Object.fromEntries(parts.map((part) => [part.split("\n")[0], part]));
}

async function run(words: string[]): Promise<{ out: string; said: string; status: number }> {
  const child = Bun.spawn(words, { stdout: "pipe", stderr: "pipe" });
  const [out, said, status] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out: Buffer.from(out).toString("latin1"), said, status };
}

/**
 * Runs `count` programs of an executable under qemu-arm, where none of them may fail a check, and on engines, which must print the
 * same. Returns what each prints.
 */
export async function compare(
  file: string,
  count: number,
  engines: readonly string[],
): Promise<Record<string, string>> {
  const { out, status } = await run(["qemu-arm", "-cpu", "max", file]);
  const theirs = byProgram(out);
  expect(Object.keys(theirs)).toHaveLength(count);
  // A failed self-check would be a defect of qemu-arm, of the compiler, or of the program.
  expect({ file, status, failed: out.match(/.*\n +FAILED.*/g) }).toEqual({
    file,
    status: 0,
    failed: null,
  });
  for (const engine of engines) {
    const ours = await run([process.execPath, join(import.meta.dir, "run.ts"), engine, file]);
    expect(ours.said).toBe("");
    const outputs = byProgram(ours.out);
    for (const name of Object.keys(theirs))
      expect({ engine, file, output: outputs[name] }).toEqual({
        engine,
        file,
        output: theirs[name],
      });
    expect(ours.status).toBe(0);
  }
  return theirs;
}
