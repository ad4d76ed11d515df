import { existsSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../cli/binary.ts";
import { gdb } from "./toolchain.ts";

const ROOT = join(import.meta.dir, "../..");

export interface Debugged {
  /** What gdb printed, both streams. */
  readonly gdb: string;
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Runs rtt-sim with `--gdb` and a gdb that is given nothing but the commands. */
export async function debug(
  argv: readonly string[],
  commands: readonly string[],
  { wait = true, extended = false }: { wait?: boolean; extended?: boolean } = {},
): Promise<Debugged> {
  using dir = scratch();
  const socket = dir.path("gdb.sock");
  const [command, ...rest] = ["run", "test"].includes(argv[0]) ? argv : ["", ...argv];
  const simulator = Bun.spawn(
    [
      process.execPath,
      join(ROOT, "src/main.ts"),
      ...(command ? [command] : []),
      "--gdb",
      `unix:${socket}`,
      ...(wait ? ["--gdb-wait"] : []),
      ...rest,
    ],
    { stdin: "ignore", stdout: "pipe", stderr: "pipe", cwd: ROOT },
  );
  try {
    for (let n = 0; n < 500 && !existsSync(socket); n++) await Bun.sleep(10);
    const script = [
      "set pagination off",
      "set confirm off",
      "set width 0",
      "set print thread-events off",
      `target ${extended ? "extended-remote" : "remote"} ${socket}`,
      ...commands,
    ];
    const client = Bun.spawn(
      [gdb as string, "-nx", "-batch", ...script.flatMap((line) => ["-ex", line])],
      { stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 40_000 },
    );
    const texts = Promise.all([
      new Response(client.stdout).text(),
      new Response(client.stderr).text(),
      new Response(simulator.stdout).text(),
      new Response(simulator.stderr).text(),
    ]);
    await client.exited;
    // A run that nobody debugs any more goes on; one that spins is ended.
    const late = setTimeout(() => simulator.kill(), 15_000);
    const code = await simulator.exited;
    clearTimeout(late);
    const [stdout, stderr, out, err] = await texts;
    return { gdb: stdout + stderr, out, err, code };
  } finally {
    simulator.kill();
  }
}
