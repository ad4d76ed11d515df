/** What a debugger meets besides the program: other debuggers, names that are not ASCII, other commands than run, TCP. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debug } from "./session.ts";
import { compile, gcc, gdb, PROGRAMS } from "./toolchain.ts";

const root = join(import.meta.dir, "../..");
const skip = !gcc || !gdb;
const why = skip ? " (needs arm-none-eabi-gcc and gdb-multiarch)" : "";
let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "gdb-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const build = (name: string, output = name) =>
  compile(join(PROGRAMS, `${name}.c`), join(dir, `${output}.mo`));

/** gdb with these commands, and how long it took. */
async function client(commands: readonly string[]): Promise<{ said: string; seconds: number }> {
  const start = performance.now();
  const child = Bun.spawn(
    [
      gdb as string,
      "-nx",
      "-batch",
      ...["set width 0", "set confirm off", ...commands].flatMap((line) => ["-ex", line]),
    ],
    { stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 30_000 },
  );
  const texts = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  await child.exited;
  return { said: texts.join(""), seconds: (performance.now() - start) / 1000 };
}

describe.skipIf(skip)(`gdb-multiarch${why}`, () => {
  test("by TCP; a second one is turned away at once, and the first goes on", async () => {
    const simulator = Bun.spawn(
      [
        process.execPath,
        join(root, "src/main.ts"),
        "run",
        "--gdb",
        "0",
        "--gdb-wait",
        build("demo"),
      ],
      { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    );
    try {
      const reader = simulator.stderr.getReader();
      let said = "";
      const until = async (words: string) => {
        while (!said.includes(words)) {
          const { value, done } = await reader.read();
          if (done) throw new Error(`no '${words}' in ${said}`);
          said += new TextDecoder().decode(value);
        }
      };
      await until("waiting for a debugger");
      const port = /remote 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      const first = client([
        `target remote :${port}`,
        "break compare",
        "continue",
        "shell sleep 4",
        "print counter",
        "delete",
        "continue",
      ]);
      await Bun.sleep(1500);
      const second = await client([`target remote :${port}`, "continue"]);
      // How gdb says that the other side has closed depends on what it was doing.
      expect(second.said).toMatch(/Remote connection closed|Target disconnected/);
      expect(second.seconds).toBeLessThan(5);
      await until("another debugger was turned away");
      const { said: told } = await first;
      expect(told).toContain("hit Breakpoint 1, compare");
      expect(told).toContain("$1 = 0");
      expect(told).toContain("exited with code 011");
      expect(await simulator.exited).toBe(9);
    } finally {
      simulator.kill();
    }
  }, 60_000);

  test("names of threads, objects and modules in UTF-8; the module's file is found by its name", async () => {
    const { gdb: said, code } = await debug(
      ["run", build("names", "größe")],
      [
        "break touch",
        "continue",
        "info threads",
        "info sharedlibrary",
        "monitor threads",
        "monitor modules",
        "delete",
        "continue",
      ],
    );
    expect(said).toMatch(/hit Breakpoint 1, touch \(\) at .*names\.c:\d+/);
    expect(said).toMatch(/"größe" \(priority 20, waits for semaphore g\\x1bé, stack/);
    expect(said).toMatch(/^0x\w+ +0x\w+ +Yes +target:\/.*\.mo$/m);
    expect(said).toMatch(/^\d+ +größe +priority 20, waits for semaphore g\\x1bé/m);
    expect(code).toBe(2);
  });

  test("hbreak, rwatch, awatch, a condition, tbreak, until, detach", async () => {
    const { gdb: said, code } = await debug(
      ["run", build("names")],
      [
        "hbreak touch if cell == 1",
        "continue",
        "print cell",
        "delete",
        "rwatch cell",
        "continue",
        "delete",
        "awatch cell",
        "continue",
        "delete",
        "tbreak body",
        "info breakpoints",
        "detach",
      ],
    );
    expect(said).toMatch(/Hardware assisted breakpoint 1 at/);
    expect(said).toMatch(/hit Breakpoint 1, touch/);
    expect(said).toContain("$1 = 1\n");
    expect(said).toMatch(/Hardware read watchpoint 2: cell\n\nValue = 1\n/);
    expect(said).toMatch(
      /Hardware access \(read\/write\) watchpoint 3: cell\n\nOld value = 1\nNew value = 2\n/,
    );
    expect(said).toMatch(/\[Inferior 1 \(Remote target\) detached\]/);
    expect(code).toBe(2);
  });

  test("backtrace from the module through libc and a callback into the module and the kernel", async () => {
    const { gdb: said } = await debug(
      ["run", build("demo")],
      ["break compare", "continue", "up", "up", "info locals", "print table", "down", "kill"],
    );
    expect(said).toMatch(/#1 .* in qsort \(\)/);
    expect(said).toMatch(/#2 .* in work \(n=3\) at .*demo\.c/);
  });

  test("rtt-sim test --gdb: the program of a test is debugged, and the test still has its verdict", async () => {
    const suite = join(dir, "suite");
    mkdirSync(suite, { recursive: true });
    cpSync(build("demo"), join(suite, "demo.mo"));
    await Bun.write(
      join(suite, "tests.toml"),
      '[[test]]\nname = "demo"\nmodule = "demo.mo"\nexit = 9\n',
    );
    const {
      gdb: said,
      out,
      err,
    } = await debug(
      ["test", suite],
      ["break compare", "continue", "backtrace 1", "delete", "continue"],
      { wait: true },
    );
    expect(said).toContain("hit Breakpoint 1, compare");
    expect(`${out}${err}`).toMatch(/1 passed|ok 1|passed: 1|PASS/i);
  });
});
