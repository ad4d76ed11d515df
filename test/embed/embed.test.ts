/** The package as a program on Bun sees it: `import { Machine } from "rtt-sim"`. */
import { expect, setDefaultTimeout, test } from "bun:test";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileError, Machine } from "rtt-sim";
import { makeDisk } from "../../src/fat/mod.ts";

setDefaultTimeout(60_000);

const root = join(import.meta.dir, "../..");
const module = (name: string): Uint8Array => new Uint8Array(readFileSync(join(root, name)));
const hello = module("disk/prebuilt/a9/hello.mo");

test("a module given as bytes runs like a program", () => {
  using machine = Machine.boot();
  const run = machine.run(hello);
  expect(run).toMatchObject({ exitCode: 0, result: "returned", output: "Hello, world\n" });
  expect(run.instructions).toBeGreaterThan(100);
  expect(run.leaks).toEqual([]);
  expect(run.stacks.map(({ thread }) => thread)).toEqual(["program"]);
});

test("arguments, standard input and files go in, files come out", () => {
  using machine = Machine.boot({ files: { "/in/text.txt": "The quick brown fox" } });
  // md5 of that text by another program: printf 'The quick brown fox' | md5sum
  const { output, exitCode } = machine.run(module("disk/prebuilt/a9/md5.mo"), {
    name: "md5.mo",
    args: ["/in/text.txt"],
  });
  expect(output).toBe("a2004f37730b9445670a738fa0fc9ee5  /in/text.txt\n");
  expect(exitCode).toBe(0);
  machine.execute("echo remember /note.txt");
  expect(machine.readText("/note.txt")).toBe("remember");
  expect(machine.list("/").map(({ name }) => name)).toContain("note.txt");
});

test("a fault, a leak and a deadlock are results, not exceptions", () => {
  using machine = Machine.boot();
  const fault = machine.run(module("test/fixtures/transcripts/t_fault.mo"), { name: "bad.mo" });
  expect(fault).toMatchObject({ exitCode: 139, result: "fault" });
  expect(fault.faults[0].title).toContain("data abort in thread bad");
  const leak = machine.run(module("test/fixtures/transcripts/t_leak.mo"), { name: "leaky.mo" });
  expect(leak.exitCode).toBe(0);
  // Five objects of the kernel, and a block, as t_leak.c makes them.
  expect(leak.leaks[0].things).toHaveLength(6);
  expect(leak.leaks[0].things[5]).toMatch(/^1 heap block, 5000 bytes/);
  expect(leak.faults).toEqual([]);
  const stuck = machine.run(module("test/fixtures/dl/forever.mo"));
  expect(stuck).toMatchObject({ exitCode: 140, verdict: "deadlock" });
  expect(machine.waits()).toContain("waits for semaphore never");
});

test("lines typed at the console are echoed and answered", () => {
  using machine = Machine.boot({ console: true, disk: "default" });
  expect(machine.type("echo hi\n")).toBe("echo hi\nhi\nmsh />");
  expect(machine.type("hello\n")).toContain("Hello, world\n");
  expect(() => machine.run(hello)).toThrow("run is not for a console");
});

test("what is typed has been executed when type() returns, also what the shell itself waits for", () => {
  using machine = Machine.boot({ console: true });
  machine.type("exit\n");
  const before = machine.milliseconds;
  const answer = machine.type("rt_thread_mdelay(500)\n1+2\n");
  expect(answer).toContain("rt_thread_mdelay(500)\n\t0, 0x00000000\n");
  expect(answer).toEndWith("finsh />1+2\n\t3, 0x00000003\nfinsh />");
  // 50 ticks, the first of which has begun.
  expect(machine.milliseconds - before).toBeGreaterThan(490);
});

test("threads can be looked at, with the module they belong to", () => {
  using machine = Machine.boot();
  machine.run(module("test/fixtures/dl/forever.mo"), { name: "forever.mo" });
  const threads = machine.threads();
  expect(threads).toContainEqual(expect.objectContaining({ name: "forever", module: "forever" }));
  expect(threads.find(({ name }) => name === "tidle0")).toMatchObject({ priority: 31 });
});

test("an image is not changed, and a missing file is a FileError", () => {
  const image = makeDisk([{ path: "/a.txt", bytes: new TextEncoder().encode("one") }]).image();
  const before = image.slice();
  using machine = Machine.boot({ disk: image });
  machine.writeFile("/a.txt", "two");
  expect(machine.readText("/a.txt")).toBe("two");
  expect(image).toEqual(before);
  expect(() => machine.readFile("/none")).toThrow(FileError);
});

test("names are text outside and bytes of code page 437 inside", () => {
  using machine = Machine.boot({ files: { "/süd/größe.txt": "1" } });
  expect(machine.list("/").map(({ name }) => name)).toEqual(["süd"]);
  expect(machine.readText("/su\u0308d/größe.txt")).toBe("1");
  // As a program has to write it: u with diaeresis is byte 0x81.
  expect(machine.board.vfs.exists("/s\x81d/gr\x94\xe1e.txt")).toBe(true);
  for (const path of ["/\u012e", "/\u012f", "/a\0b", "/a\nb"]) {
    expect(() => machine.writeFile(path, "")).toThrow(RangeError);
    expect(() => machine.exists(path)).toThrow("exists: ");
  }
  expect(() => machine.readFile(undefined as never)).toThrow(TypeError);
});

test("two machines live side by side", () => {
  using one = Machine.boot({ files: { "/who": "one" } });
  using two = Machine.boot({ files: { "/who": "two" } });
  expect(one.run(hello).output).toBe("Hello, world\n");
  expect(two.readText("/who")).toBe("two");
  expect(two.run(hello).output).toBe("Hello, world\n");
  expect(one.readText("/who")).toBe("one");
});

test("a checkout in which nothing was built will do", () => {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-embed-"));
  try {
    const made = /default-disk\.bin$|disk\.img$|sdk\.bin$/;
    for (const name of ["src", "disk", "package.json"])
      cpSync(join(root, name), join(folder, name), {
        recursive: true,
        filter: (path) => !made.test(path),
      });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(
      join(folder, "main.ts"),
      'import { Machine } from "rtt-sim";\nprocess.stdout.write(Machine.boot({ disk: "default" }).execute("hello").output);\n',
    );
    const run = Bun.spawnSync([process.execPath, "main.ts"], { cwd: folder });
    expect(run.stderr.toString()).toBe("");
    expect(run.stdout.toString()).toBe("Hello, world\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the example of docs/embedding.md works as it is printed there", () => {
  const text = readFileSync(join(root, "docs/embedding.md"), "utf8");
  const example = /```ts\n\/\/ example\.test\.ts\n([\s\S]*?)```/.exec(text)![1];
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-embed-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/rtt-sim"));
    writeFileSync(join(folder, "example.test.ts"), example);
    writeFileSync(join(folder, "hello.mo"), hello);
    const run = Bun.spawnSync([process.execPath, "test", "example.test.ts"], { cwd: folder });
    expect(run.stderr.toString()).toContain(" 0 fail");
    expect(run.stderr.toString()).not.toContain(" 0 pass");
    expect(run.exitCode).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what programs leave behind can be an error, or nobody's business", () => {
  const code = (leaks: "ignore" | "error") => {
    using machine = Machine.boot({ leaks });
    const run = machine.run(module("test/fixtures/transcripts/t_leak.mo"), { name: "leaky.mo" });
    return [run.exitCode, run.leaks.length];
  };
  expect(code("error")).toEqual([138, 1]);
  expect(code("ignore")).toEqual([0, 0]);
});

test("a closed machine answers nothing and harms no other", () => {
  const closed = Machine.boot({ files: { "/a": "1" } });
  closed.close();
  closed.close();
  using other = Machine.boot({ files: { "/a": "2" } });
  const calls: readonly (() => unknown)[] = [
    () => closed.run(hello),
    () => closed.execute("ls"),
    () => closed.type("ls\n"),
    () => closed.pass(10),
    () => closed.milliseconds,
    () => closed.readFile("/a"),
    () => closed.readText("/a"),
    () => closed.writeFile("/a", "3"),
    () => closed.exists("/a"),
    () => closed.list(),
    () => closed.threads(),
    () => closed.waits(),
    () => closed.board,
  ];
  for (const call of calls) expect(call).toThrow("the machine is closed");
  expect(other.readText("/a")).toBe("2");
  expect(other.run(hello).output).toBe("Hello, world\n");
});

test("a machine is neither run nor closed while it runs", () => {
  const said: string[] = [];
  using machine = Machine.boot({
    onOutput: () => {
      for (const call of [() => machine.run(hello), () => machine.close()])
        try {
          call();
        } catch (error) {
          said.push((error as Error).message);
        }
    },
  });
  expect(machine.run(hello).exitCode).toBe(0);
  expect(said.slice(0, 2)).toEqual(["the machine is running", "close: the machine is running"]);
  expect(machine.run(hello).output).toBe("Hello, world\n");
});

test("what cannot be is told at once, by a TypeError or a RangeError that names it", () => {
  const boot = (options: object) => () => void Machine.boot(options as never);
  for (const [options, text] of [
    [{ ramm: 1 }, "no option 'ramm'"],
    [{ ram: "8M" }, "option 'ram' must be a whole number of bytes"],
    [{ engine: "fast" }, '"auto" or "interp" or "jit"'],
    [{ disk: "none.img" }, "option 'disk' must be"],
    [{ files: { "/a": 5 } }, "the content of '/a'"],
    [{ files: { a: "5" } }, "'a' must begin with /"],
    [{ timeout: "1s" }, "option 'timeout'"],
    [{ console: 1 }, "option 'console'"],
    [{ abi: "5.x", compat404: true }, "different releases"],
  ] as const) {
    expect(boot(options)).toThrow(TypeError);
    expect(boot(options)).toThrow(text);
  }
  for (const options of [
    { ram: 1 },
    { ram: NaN },
    { stack: -1 },
    { seed: 2 ** 32 },
    { seed: 1.5 },
    { schedule: -1 },
    { timeout: Infinity },
    { wallTimeout: -5 },
    { disk: new Uint8Array(100) },
  ])
    expect(boot(options)).toThrow(RangeError);
  using machine = Machine.boot();
  const call = (body: (machine: never) => unknown) => () => body(machine as never);
  expect(call((m: Machine) => m.run(hello, { arg: [] } as never))).toThrow("no option 'arg'");
  expect(call((m: Machine) => m.run(hello, { args: "x" } as never))).toThrow(TypeError);
  expect(call((m: Machine) => m.run(5 as never))).toThrow(TypeError);
  expect(call((m: Machine) => m.pass(-1))).toThrow(RangeError);
  expect(call((m: Machine) => m.pass("5" as never))).toThrow(TypeError);
  expect(call((m: Machine) => m.writeFile("/a", 5 as never))).toThrow(TypeError);
  expect(machine.run(hello).output).toBe("Hello, world\n");
});

test("errors have the names under which they are known", () => {
  using machine = Machine.boot();
  const name = (body: () => unknown): string => {
    try {
      body();
    } catch (error) {
      return (error as Error).name;
    }
    return "";
  };
  expect(name(() => machine.readFile("/none"))).toBe("FileError");
  expect(name(() => machine.run(hello, { args: ["1", "2", "3", "4", "5", "6", "7", "8"] }))).toBe(
    "ArgumentError",
  );
});
