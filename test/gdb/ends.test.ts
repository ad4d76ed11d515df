/** How a debugged run ends that is not left to itself: by signals, and by the debugger while the shell is idle. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../cli/binary.ts";
import { debug } from "./session.ts";
import { gdb } from "./toolchain.ts";

setDefaultTimeout(60_000);

const root = join(import.meta.dir, "../..");
const hello = "disk/prebuilt/a9/hello.mo";

test.skipIf(process.platform === "win32")(
  "a signal ends a run that waits for its debugger, and takes the socket away",
  async () => {
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
      using dir = scratch();
      const path = dir.path("gdb.sock");
      const child = Bun.spawn(
        [
          process.execPath,
          join(root, "src/main.ts"),
          "run",
          "--gdb",
          `unix:${path}`,
          "--gdb-wait",
          hello,
        ],
        { cwd: root, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
      );
      const reader = child.stderr.getReader();
      for (let said = ""; !said.includes("waiting for a debugger");) {
        const { value, done } = await reader.read();
        if (done) break;
        said += new TextDecoder().decode(value);
      }
      expect(existsSync(path)).toBe(true);
      if (process.platform === "linux") {
        // A second one does not take it away.
        const second = Bun.spawnSync(
          [process.execPath, join(root, "src/main.ts"), "run", "--gdb", `unix:${path}`, hello],
          { cwd: root, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
        );
        expect(second.stderr.toString()).toContain("another process is listening there");
        expect(second.exitCode).toBe(66);
        expect(existsSync(path)).toBe(true);
      }
      child.kill(signal);
      await child.exited;
      expect(child.signalCode).toBe(signal);
      expect(existsSync(path)).toBe(false);
    }
  },
);

describe.skipIf(!gdb)("while the shell is idle (needs gdb-multiarch)", () => {
  const shell = ["--serial", "pty"];
  test("monitor reset boots again, and kill ends the session", async () => {
    const { gdb: said, code } = await debug(
      shell,
      ["monitor ticks", "monitor reset", "info threads", "monitor ticks", "kill", "disconnect"],
      { wait: false, extended: true },
    );
    expect(said).toContain("restarted\n");
    // The thread that starts the system has not run yet.
    expect(said).toMatch(/Thread \d+ "main" \(priority 10, ready/);
    expect(said.match(/tick \d+, \d+ microseconds simulated/g)?.length).toBe(2);
    expect(code).toBe(137);
  });
});

test.skipIf(!gdb)(
  "a debugger comes to a shell whose pipe is silent (needs gdb-multiarch)",
  async () => {
    using dir = scratch();
    const path = dir.path("gdb.sock");
    const child = Bun.spawn(
      [process.execPath, join(root, "src/main.ts"), "--gdb", `unix:${path}`],
      {
        cwd: root,
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const reader = child.stderr.getReader();
    for (let said = ""; !said.includes("target remote");) {
      const { value, done } = await reader.read();
      if (done) break;
      said += new TextDecoder().decode(value);
    }
    const words = [`target remote ${path}`, "info threads", "detach"].flatMap((line) => [
      "-ex",
      line,
    ]);
    const { stdout } = Bun.spawnSync([gdb as string, "-nx", "-batch", ...words], {
      timeout: 30_000,
    });
    expect(stdout.toString()).toContain('"tshell"');
    expect(stdout.toString()).toContain("detached");
    child.stdin.write("hello\n");
    await child.stdin.end();
    expect(await new Response(child.stdout).text()).toContain("Hello, world");
    expect(await child.exited).toBe(0);
  },
);

test("a debugger at an idle shell asks 400 things in much less than 400 turns of a timer", async () => {
  using dir = scratch();
  const path = dir.path("gdb.sock");
  const child = Bun.spawn([process.execPath, join(root, "src/main.ts"), "--gdb", `unix:${path}`], {
    cwd: root,
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
  });
  while (!existsSync(path)) await Bun.sleep(5);
  let answers = 0;
  const ask = "+$qC#b4";
  using socket = await Bun.connect({
    unix: path,
    socket: {
      data(from, bytes) {
        for (const byte of bytes) if (byte === 0x24 && ++answers < 400) from.write(ask);
      },
    },
  });
  socket.write(ask);
  while (answers < 400) await Bun.sleep(20);
  child.kill();
  await child.exited;
}, 10_000);
