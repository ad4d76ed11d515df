import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../cli/binary.ts";
import { compile, gcc, PROGRAMS } from "./toolchain.ts";

const root = join(import.meta.dir, "../..");
const lldb = Bun.which("lldb");

/** A free port is found by the simulator, which says which: lldb 14 takes no path of a socket. */
async function debug(module: string, commands: readonly string[]): Promise<string> {
  const simulator = Bun.spawn(
    [process.execPath, join(root, "src/main.ts"), "run", "--gdb", "0", "--gdb-wait", module],
    { cwd: root, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  );
  try {
    const reader = simulator.stderr.getReader();
    let said = "";
    while (!said.includes("waiting for a debugger")) {
      const { value, done } = await reader.read();
      if (done) break;
      said += new TextDecoder().decode(value);
    }
    const port = /remote 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
    const script = [`target create ${module}`, `gdb-remote ${port}`, ...commands];
    const client = Bun.spawn(
      [lldb as string, "--no-lldbinit", "-b", ...script.flatMap((line) => ["-o", line])],
      { stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 40_000 },
    );
    const text = await new Response(client.stdout).text();
    await client.exited;
    return text;
  } finally {
    simulator.kill();
  }
}

describe.skipIf(!lldb || !gcc)("a session of lldb (needs lldb, arm-none-eabi-gcc)", () => {
  for (const target of ["a9", "thumb"] as const)
    test(`${target}: breakpoint, backtrace, locals, finish, watchpoint, threads, detach`, async () => {
      using dir = scratch();
      const module = compile(join(PROGRAMS, "demo.c"), dir.path("demo.mo"), { target });
      expect(existsSync(module)).toBe(true);
      const said = await debug(module, [
        "breakpoint set -n helper",
        "continue",
        "bt",
        "frame variable x",
        "thread list",
        "finish",
        "breakpoint disable",
        "watchpoint set variable counter",
        "continue",
        "bt",
        "expression counter",
        "watchpoint delete -f",
        "detach",
      ]);
      expect(said).toMatch(
        /stop reason = breakpoint 1\.1\s+frame #0: 0x\w+ demo\.mo`helper\(x=0\) at demo\.c:19/,
      );
      expect(said).toMatch(
        /frame #1: 0x\w+ demo\.mo`work\(n=3\) at demo\.c:28.*\n +frame #2: 0x\w+ demo\.mo`main/,
      );
      expect(said).toContain("(int) x = 0");
      expect(said).toMatch(/name = 'tidle0'/);
      // The one that has stopped, too.
      expect(said).toMatch(/\* thread #1, name = 'demo', stop reason = breakpoint 1\.1/);
      expect(said).toMatch(/\* thread #1: tid = .*, name = 'demo', stop reason/);
      expect(said).toContain("Return value: (int) $0 = 1");
      expect(said).toMatch(/stop reason = watchpoint 1\s+frame #0: 0x\w+ demo\.mo`compare/);
      expect(said).toMatch(/new value: 1/);
      expect(said).toContain("detached");
    });

  test("a watchpoint sees every one of four stores", async () => {
    using dir = scratch();
    const module = compile(join(PROGRAMS, "stores.c"), dir.path("stores.mo"), {
      flags: ["-g", "-O2"],
    });
    const said = await debug(module, [
      "watchpoint set variable x",
      ...Array<string>(5).fill("continue"),
    ]);
    const seen = [...said.matchAll(/old value: (\d)\s+new value: (\d)/g)];
    expect(seen.map(([, from, to]) => `${from}->${to}`)).toEqual(["0->1", "1->2", "2->3", "3->4"]);
    expect(said).toContain("exited with status = 0");
  });

  test("finish into the C library, whose code lldb does not know to be Thumb", async () => {
    using dir = scratch();
    const module = compile(join(PROGRAMS, "demo.c"), dir.path("demo.mo"));
    const said = await debug(module, [
      "breakpoint set -n compare",
      "continue",
      "breakpoint disable",
      "finish",
      "register read cpsr",
      "continue",
    ]);
    expect(said).toContain("stop reason = step out");
    // Bit 5: in qsort, which is Thumb code.
    expect(parseInt(/cpsr = 0x(\w+)/.exec(said)![1], 16) & 0x20).toBe(0x20);
    expect(said).toContain("exited with status = 9");
  });
});
