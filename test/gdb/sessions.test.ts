import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { Vfs } from "../../src/vfs/mod.ts";
import { debug } from "./session.ts";
import { compile, gcc, gdb, PROGRAMS } from "./toolchain.ts";

// What gdb says is checked: it reads the module's DWARF itself and knows nothing but what the stub tells it.
const skip = !gcc || !gdb;
const full = process.env.RTT_SIM_FULL === "1";
const why = skip ? " (needs arm-none-eabi-gcc and gdb-multiarch)" : "";
let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "gdb-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const build = (name: string, options?: Parameters<typeof compile>[2]) =>
  compile(join(PROGRAMS, name.replace(/\.\w+$/, ".c")), join(dir, name), options);

describe.skipIf(skip)(`sessions of gdb-multiarch${why}`, () => {
  const all = [
    ["a9", "-O0", "interp"],
    ["thumb", "-O2", "auto"],
    ["a9", "-O2", "auto"],
    ["a9", "-O0", "jit"],
    ["thumb", "-O0", "jit"],
    ["thumb", "-O2", "interp"],
  ] as const;
  for (const [target, level, engine] of full ? all : all.slice(0, 2)) {
    test(`${target} ${level}, engine ${engine}`, async () => {
      const noInline = "-fno-inline";
      const module = build("demo.mo", { target, flags: ["-g", level, noInline] });
      const {
        gdb: said,
        out,
        code,
      } = await debug(
        ["run", "--engine", engine, module],
        [
          "break helper",
          "continue",
          "backtrace",
          "frame 1",
          "print n",
          "next",
          "step",
          "delete",
          "break compare",
          "continue",
          "backtrace",
          "print counter",
          "print table",
          "delete",
          "watch counter",
          "continue",
          "backtrace 1",
          "delete",
          "continue",
        ],
      );
      // The stop before main, by its name and line, from the module's own DWARF.
      expect(said).toMatch(/^(0x\w+ in )?main \(.*demo\.c:3[345]$/m);
      expect(said).toMatch(/hit Breakpoint 1, helper \(x=(0|x@entry=0)\) at .*demo\.c:(19|21)/);
      expect(said).toMatch(/#1 .* in work \(n=(3|n@entry=3)\) at .*demo\.c:28/);
      expect(said).toMatch(/#2 .* in main \(argc=.*\) at .*demo\.c:3[5-9]/);
      expect(said).toMatch(/\$1 = 3/);
      // module -> C library -> callback in the module
      expect(said).toMatch(/hit Breakpoint 2, compare/);
      expect(said).toMatch(/#0  compare[^]*#1 .* in qsort \(\)\n#2 .* in work [^]*#3 .* in main /);
      expect(said).toMatch(/\$2 = 0\n\$3 = \{3, 1, 4, 2\}/);
      expect(said).toMatch(/Hardware watchpoint 3: counter\n\nOld value = 0\nNew value = 1\n/);
      expect(said).toMatch(/exited with code 011/);
      expect(out).toBe("value 9\n");
      expect(code).toBe(9);
    });
  }

  test("step over, finish, locals, registers, memory, a call of a function", async () => {
    const module = build("demo.mo");
    const { gdb: said, code } = await debug(
      ["run", module],
      [
        "break demo.c:20",
        "continue",
        "info locals",
        "next",
        "print result",
        "finish",
        "print $sp == $r13",
        "print table",
        "set var table[0] = 9",
        "x/2dw table",
        "info registers pc",
        "x/i $pc",
        "delete",
        "print helper(20)",
        "info registers d0",
        "set var $d1 = 2.5",
        "print $d1",
        "stepi",
        "kill",
      ],
    );
    expect(said).toMatch(/hit Breakpoint 1, helper \(x=0\) at .*demo\.c:20/);
    expect(said).toMatch(/doubled = 0/);
    expect(said).toMatch(/\$1 = 1/);
    expect(said).toMatch(/Value returned is \$2 = 1/);
    expect(said).toMatch(/<table>:\t9\t1/);
    expect(said).toMatch(/pc +0x\w+ +0x\w+ <work\+\d+>/);
    expect(said).toMatch(/= 41$/m);
    expect(said).toMatch(/= 2\.5$/m);
    expect(code).toBe(137);
  });

  test("a breakpoint set before its library is there; unloaded, loaded again elsewhere", async () => {
    const host = build("host.mo");
    const plugin = build("plugin.so");
    const { gdb: said, code } = await debug(
      ["run", "--with", plugin, host],
      [
        "set breakpoint pending on",
        "break plugin_step",
        "break plugin.c:7",
        "continue",
        "info sharedlibrary",
        "backtrace",
        "continue",
        "print plugged",
        "continue",
        "info sharedlibrary",
        "backtrace",
        "delete",
        "continue",
      ],
    );
    expect(said).toMatch(/Breakpoint 1 \(plugin_step\) pending/);
    const places = [...said.matchAll(/^(0x\w+) .*plugin\.so$/gm)].map((match) => match[1]);
    expect(places.length).toBe(2);
    expect(places[0]).not.toBe(places[1]);
    expect(said).toMatch(/hit Breakpoint 1, plugin_step \(x=5\) at .*plugin\.c:6/);
    expect(said).toMatch(/hit Breakpoint 2, plugin_step \(x=5\) at .*plugin\.c:7\n[^]*\$1 = 5/);
    expect(said).toMatch(/hit Breakpoint 1, plugin_step \(x=6\) at .*plugin\.c:6/);
    expect(said).toMatch(/#1 .* in main .*host\.c:14/);
    expect(code).toBe(11);
  });

  test("threads: names, what they wait for, backtraces of blocked ones; Ctrl-C; detach", async () => {
    const module = build("threads.mo");
    const { gdb: said, code } = await debug(
      ["run", module],
      [
        // Ctrl-C is what gdb sends when the process gets SIGINT.
        "python import threading, os, signal",
        "python threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()",
        "continue",
        "info threads",
        "thread apply all -q backtrace",
        "monitor threads",
        "monitor modules",
        "monitor ticks",
        "monitor heap",
        "monitor symbols rt_sem_take",
        "monitor nonsense",
        "set var spin = 0",
        "detach",
      ],
    );
    expect(said).toMatch(/received signal SIGINT/);
    expect(said).toMatch(
      /"waiter" \(priority 20, waits for semaphore gate, stack \d+ of 1024, module threads\)/,
    );
    expect(said).toMatch(/"sleeper" \(priority 21, sleeps until tick \d+/);
    expect(said).toMatch(/\* \d+ +Thread \d+ "threads" \(priority \d+, running/);
    expect(said).toMatch(/in waiter_body \(.*threads\.c:10\n.* in waiter \(.*threads\.c:15/);
    expect(said).toMatch(/in sleeper \(.*threads\.c:20/);
    expect(said).toMatch(/threads +0x\w+ +\d+ bytes +program/);
    expect(said).toMatch(/tick \d+, \d+ microseconds simulated, \d+ instructions/);
    expect(said).toMatch(/\d+ of \d+ bytes used/);
    expect(said).toMatch(/0x\w{8} {2}rt_sem_take\n/);
    expect(said).toMatch(/unknown command 'nonsense'/);
    expect(code).toBe(7);
  });

  test("a fault stops before the system deals with it; the program is run again", async () => {
    const module = build("demo.mo");
    const { gdb: said, code } = await debug(
      ["run", module],
      [
        "break compare",
        "continue",
        "run",
        "delete",
        "print *(int *)0",
        "set var $pc = 0",
        "continue",
        "continue",
      ],
      { extended: true },
    );
    expect(said.match(/hit Breakpoint 1, compare/g)?.length).toBe(2);
    expect(said).toMatch(/Cannot access memory at address 0x0/);
    expect(said).toMatch(/received signal SIGSEGV/);
    expect(said).toMatch(/exited with code 0213/);
    expect(code).toBe(139);
  });

  test("the shell with -c: a breakpoint by name for a module that starts later", async () => {
    const image = diskWith({
      "hello.mo": readFileSync(join(import.meta.dir, "../../disk/prebuilt/a9/hello.mo")),
      "demo.mo": readFileSync(build("demo.mo")),
    });
    const {
      gdb: said,
      out,
      code,
    } = await debug(
      [image, "-c", "hello", "-c", "demo"],
      [
        "set breakpoint pending on",
        "break compare",
        "continue",
        "backtrace 1",
        "delete",
        "continue",
      ],
    );
    expect(said).toMatch(/Breakpoint 1 \(compare\) pending/);
    expect(said).toMatch(/Thread \d+ "demo" hit Breakpoint 1, compare .*demo\.c:11/);
    expect(out).toBe("Hello, world\nvalue 9\n");
    expect(code).toBe(9);
  });
});

/** A FAT disk image with these files. */
function diskWith(files: Record<string, Uint8Array>): string {
  const device = new RamDevice(4 << 20);
  const volume = FatVolume.format(device);
  const vfs = new Vfs({
    nodes: () => [],
    disk: () => volume.device,
    clock: () => undefined,
    log: () => {},
  });
  vfs.mount("sd0", "/", "elm");
  for (const [name, bytes] of Object.entries(files)) vfs.writeFile(`/${name}`, bytes);
  vfs.sync();
  const bytes = new Uint8Array(4 << 20);
  for (let at = 0; at < bytes.length; at += 512)
    device.read(at / 512, bytes.subarray(at, at + 512));
  const path = join(dir, "disk.img");
  writeFileSync(path, bytes);
  return path;
}
