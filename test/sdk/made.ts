/** An SDK as `rtt-sim sdk` writes it, in a folder of the test file's own, and what its tests do with it. */
import { afterAll, beforeAll, expect } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, toolchain } from "../../disk/toolchain.ts";
import { WholeBoard } from "../dlmodule/whole-board.ts";

/** Where a test may make folders; there when tests run. */
export let work = "";
/** The SDK in it. */
export let sdk = "";
/** For the tests of a file: makes the SDK before the first of them, and removes the folder behind the last. */
export function makeSdk(): void {
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), "sdk-"));
    sdk = join(work, "sdk");
    expect(rtt("sdk", sdk).code).toBe(0);
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));
}

/** Runs rtt-sim in that folder. */
export function rtt(...args: string[]): { code: number; out: string; err: string } {
  const command = [process.execPath, join(ROOT, "src/main.ts"), ...args];
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: work });
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
}

/** Runs a build tool; throws what it said when it fails. */
export function build(
  cwd: string,
  command: string[],
  environment: Record<string, string> = {},
): string {
  const env = { ...process.env, RTT_ROOT: sdk, BSP_ROOT: join(sdk, "bsp"), ...environment };
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd, env });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}\n${stdout}${stderr}`);
  return stdout.toString();
}

/** What a program prints. */
export function run(file: string, abi: "4.0.4" | "5.x" = "4.0.4"): string {
  const board = new WholeBoard({ "/x.mo": new Uint8Array(readFileSync(file)) }, { abi });
  const output = board.run("/x.mo", "x");
  expect(board.diagnostics).toEqual([]);
  return output;
}

export const gcc = toolchain() !== undefined;
export const scons = gcc && Bun.which("scons") !== null;
