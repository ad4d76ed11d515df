import { Glob } from "bun";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BINARY, ROOT } from "../cli/binary.ts";

/** The compiled binary when it was chosen or is newer than its sources (as after `bun run test`), else the sources. */
export const RTT_SIM: readonly string[] =
  process.env.RTT_SIM_BINARY !== undefined || isFresh(BINARY)
    ? [BINARY]
    : [process.execPath, join(ROOT, "src/main.ts")];

function isFresh(binary: string): boolean {
  if (!existsSync(binary)) return false;
  const built = statSync(binary).mtimeMs;
  const sources = new Glob("{src,disk}/**/*.ts").scanSync(ROOT);
  return [...sources].every((file) => statSync(join(ROOT, file)).mtimeMs < built);
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own in which rtt-sim is run; gone at the end. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), "disk-"));

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a host file, with the folders above it. */
  file(name: string, contents: Uint8Array | string): string {
    const full = this.path(name);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, contents);
    return full;
  }

  /** rtt-sim with these arguments in this folder. */
  run(args: readonly string[], input: string | Uint8Array = ""): Ran {
    return this.tool([...RTT_SIM, ...args], input);
  }

  /** rtt-sim that must succeed; its standard output. */
  out(...args: string[]): string {
    const { code, out, err } = this.run(args);
    if (code !== 0) throw new Error(`rtt-sim ${args.join(" ")}: ${code}\n${out}${err}`);
    return out;
  }

  tool(command: readonly string[], input: string | Uint8Array = ""): Ran {
    const done = Bun.spawnSync([...command], {
      cwd: this.folder,
      stdin: typeof input === "string" ? new TextEncoder().encode(input) : input,
      stdout: "pipe",
      stderr: "pipe",
      env: {
        ...process.env,
        TZ: "UTC",
        MTOOLSRC: "/dev/null",
        PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
      },
    });
    return { code: done.exitCode, out: done.stdout.toString(), err: done.stderr.toString() };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function bytesOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (seed * 31 + i * 7 + (i >> 8)) & 0xff);
}
