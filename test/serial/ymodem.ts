/** A board at the other end of sb and rb of lrzsz. */
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { available, Client, Host } from "./host.ts";

export const FULL = process.env.RTT_SIM_FULL === "1";
/** What a file of such tests may take, in milliseconds. */
export const LIMIT = FULL ? 900_000 : 240_000;
export const [SB, RB] = [Bun.which("sb") ?? Bun.which("lsb"), Bun.which("rb") ?? Bun.which("lrb")];
const ready = available && SB !== null && RB !== null;
export const run = ready ? test.concurrent : test.skip;
export const name = (what: string): string =>
  ready ? what : `${what} (needs ./rtt-sim and lrzsz)`;

/** Bytes that no counter or filler explains; the same in each run. */
export function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = size + 1;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

/** What lies between the two ends: may change, drop or add bytes. */
export type Wire = (bytes: Uint8Array, toGuest: boolean) => Uint8Array;

/** Runs sb or rb with its ends at the client's; the result is its exit code. */
export async function lrzsz(
  program: string,
  argv: readonly string[],
  cwd: string,
  client: Client,
  wire: Wire = (bytes) => bytes,
): Promise<number> {
  const child = Bun.spawn([program, ...argv], {
    cwd,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  client.onData = (bytes) => {
    try {
      child.stdin.write(wire(bytes, false));
      child.stdin.flush();
    } catch {
      // It has gone.
    }
  };
  void new Response(child.stderr).text();
  for await (const bytes of child.stdout) client.send(wire(bytes, true));
  const code = await child.exited;
  client.onData = undefined;
  return code;
}

/** A board with its console at a TCP port, and who is connected there, behind its first prompt. */
export async function connected(argv: string[] = [], disk?: string) {
  const host = new Host(["--serial", "tcp:0", ...argv], disk);
  const client = await Client.connect(await host.where());
  await client.sees("msh />");
  return {
    host,
    client,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
    },
  };
}

/** Files of these sizes in a folder; gives their names. */
export function files(dir: string, sizes: readonly number[]): string[] {
  return sizes.map((size) => {
    writeFileSync(join(dir, `f${size}.bin`), noise(size));
    return `f${size}.bin`;
  });
}

/** The files are in both folders, with the same bytes. */
export function same(dir: string, other: string, names: readonly string[]): void {
  for (const file of names) {
    const [there, here] = [readFileSync(join(other, file)), readFileSync(join(dir, file))];
    expect([file, there.length, there.equals(here)]).toEqual([file, here.length, true]);
  }
}
