import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../cli/binary.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");
const readelf = Bun.which("arm-none-eabi-readelf");
const objdump = Bun.which("arm-none-eabi-objdump");

function run(...argv: string[]) {
  const child = Bun.spawnSync([process.execPath, join(root, "src/main.ts"), "run", ...argv], {
    cwd: root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() };
}

const threads = "disk/prebuilt/a9/threads.mo";

describe("calls", () => {
  const { out, err, code } = run("--trace", "calls", threads);

  test("do not change what the program does", () => {
    const plain = run(threads);
    expect({ out, code }).toEqual({ out: plain.out, code: plain.code });
  });
  test("with names of objects, strings, callbacks, results by their names", () => {
    expect(err).toMatch(
      / threads +rt_sem_create\("filled", 0, RT_IPC_FLAG_FIFO\) = 0x\w+ "filled"\n/,
    );
    expect(err).toMatch(
      / threads +rt_thread_create\("producer", threads(!\w+)?(\+0x\w+)?, NULL, 1024, 20, 10\) = 0x\w+ "producer"\n/,
    );
    expect(err).toMatch(/ producer rt_sem_release\(0x\w+ "filled"\) = RT_EOK\n/);
  });
  test("that wait have two lines when something happens in between", () => {
    expect(err).toMatch(/ producer rt_thread_mdelay\(50\) <unfinished \.\.\.>\n/);
    expect(err).toMatch(/^ +5 +0\.05\d+ producer <\.\.\. rt_thread_mdelay resumed> = RT_EOK$/m);
    // Every one that waited came back, but for the last of a thread that ended inside it.
    const waits = err.match(/<unfinished/g)?.length ?? 0;
    const returns = err.match(/resumed>/g)?.length ?? 0;
    expect(waits - returns).toBeLessThanOrEqual(3);
  });
  test("with the bytes that are given away", () => {
    expect(run("--trace", "calls", "disk/prebuilt/a9/hello.mo").err).toMatch(
      / write\(1, "Hello, world\\n", 13\) = 13\n/,
    );
  });
  test("filters by name, thread, module", () => {
    const semaphores = run("--trace", "calls", "--trace-name", "rt_sem_*", threads).err;
    expect(semaphores).not.toContain("rt_thread_mdelay");
    expect(semaphores).toContain("rt_sem_take");
    const consumer = run("--trace", "calls", "--trace-thread", "consumer", threads).err;
    expect(consumer).toContain("rt_sem_take");
    expect(consumer).not.toContain("rt_sem_create");
  });
  test("a filter that nothing fits says so at the end, with what there was", () => {
    const err = (...words: string[]) => run("--trace", "calls", ...words, threads).err;
    expect(err("--trace-module", "nobody")).toBe(
      "rtt-sim: --trace-module: no module 'nobody' was loaded\n  modules: threads\n",
    );
    expect(err("--trace-thread", "nobody")).toMatch(
      /^rtt-sim: --trace-thread: no thread 'nobody' ran\n {2}threads: .*\bconsumer\b.*\n$/,
    );
    expect(err("--trace-name", "nobody*")).toBe(
      "rtt-sim: --trace-name: nothing that was traced has a name like 'nobody*'\n",
    );
    expect(err("--trace-name", "rt_sem_take", "--trace-thread", "producer")).toBe(
      "rtt-sim: trace: nothing passed all of the filters --trace-...\n",
    );
  });
});

describe("calls with a format string", () => {
  test("what it names is shown", () => {
    const { err } = run("--trace", "calls", "--trace-name", "rt_kprintf", threads);
    expect(err).toMatch(/ producer rt_kprintf\("producer: %d\\n", 16\)\n/);
    expect(err).toMatch(/ consumer rt_kprintf\("consumer: %d, sum %d\\n", 16, 30\)\n/);
  });

  test.skipIf(!gcc)(
    "every conversion, in registers and on the stack (needs arm-none-eabi-gcc)",
    () => {
      using dir = scratch();
      const source = join(import.meta.dir, "programs/formats.c");
      for (const target of ["a9", "thumb"] as const) {
        const module = compile(source, dir.path("formats.mo"), { target });
        const calls = run("--trace", "calls", "--trace-name", "rt_*printf", module)
          .err.split("\n")
          .map((line) => /rt_\w+\((.*?)\)( = \d+)?$/.exec(line)?.[1])
          .filter((text) => text !== undefined);
        expect(calls).toEqual([
          '"%s %d %u\\n", "word", -5, 4000000000',
          '"%-8s|%*d|%.*s\\n", "tail", 6, 42, 2, "tail"',
          "\"%x %08X %o %c %p %%\\n\", 0xff, 0xbeef, 0x8, 'Q', 0x60001234",
          '"%d %lld %d %llu\\n", 1, -5000000000, 2, 18446744073709551615',
          expect.stringMatching(/^0x\w+, 32, "%s=%d", "key", 7$/),
          '"%s\\n", NULL',
          '"%y %d\\n"',
        ]);
      }
    },
  );
});

test("sched: every switch, with its reason; the names follow one another", () => {
  const { err } = run("--trace", "sched", threads);
  const switches = [
    ...err.matchAll(/^ +\d+ +[\d.]+ (\S+)(?: \((.*?)\))? -> (\S+) \(priority (\d+)\)$/gm),
  ];
  expect(switches.length).toBe(err.trimEnd().split("\n").length);
  expect(switches.length).toBeGreaterThan(20);
  for (let i = 1; i < switches.length; i++) expect(switches[i][1]).toBe(switches[i - 1][3]);
  expect(err).toContain("consumer (waits for semaphore filled) -> tidle0");
  expect(err).toContain("producer (sleeps until tick 5) -> tidle0");
});

test.skipIf(!readelf)("load: the relocations of readelf, with the words before and after", () => {
  const { err } = run("--trace", "load", threads);
  const { stdout } = Bun.spawnSync([readelf as string, "-r", "-W", join(root, threads)]);
  const wanted = [
    ...stdout.toString().matchAll(/^(\w{8}) +\w{8} (R_ARM_\w+)(?: +\w{8} +(\S+))?/gm),
  ];
  const bias = Number(/bias (0x\w+)/.exec(err)?.[1]);
  const found = [
    ...err.matchAll(/^ {2}(\w{8}) {2}(R_ARM_\w+) +(\w{8}) -> (\w{8})(?: {2}(\S+))?$/gm),
  ];
  expect(found.map(([, at, type, , , symbol]) => [parseInt(at, 16) - bias, type, symbol])).toEqual(
    wanted.map(([, at, type, symbol]) => [parseInt(at, 16), type, symbol]),
  );
  for (const [, , type, before, after] of found)
    if (type === "R_ARM_RELATIVE") expect(parseInt(after, 16)).toBe(parseInt(before, 16) + bias);
  expect(err).toMatch(/segment 0{8}\.\.\w{8} -> \w{8} {2}r-x/);
  expect(err).toMatch(/entry \w{8}/);
});

describe("insn", () => {
  test("as many lines as instructions, and into a file", () => {
    using dir = scratch();
    const file = dir.path("trace.txt");
    const { err } = run("--stats", "--trace", "insn", "-o", file, "disk/prebuilt/thumb/hello.mo");
    const lines = readFileSync(file, "latin1").trimEnd().split("\n");
    expect(lines.length).toBe(Number(/instructions +(\d+)/.exec(err)?.[1]));
  });

  for (const target of ["a9", "thumb"]) {
    test.skipIf(!objdump)(`the instructions of objdump, ${target}`, () => {
      const module = `disk/prebuilt/${target}/threads.mo`;
      const { err } = run("--trace", "insn,load", "--trace-module", "threads", module);
      const bias = Number(/bias (0x\w+)/.exec(err)?.[1]);
      const thumb = target === "a9" ? [] : ["-M", "force-thumb"];
      const disassembly = Bun.spawnSync([
        objdump as string,
        "-d",
        ...thumb,
        join(root, module),
      ]).stdout.toString();
      const theirs = new Map<number, string>();
      for (const [, at, text] of disassembly.matchAll(/^ *(\w+):\t[\w ]+\t([a-z]+)/gm))
        theirs.set(parseInt(at, 16), text);
      const ours = [...err.matchAll(/^\S+ +(\w+) <threads[^>]*> {2}([a-z]+)/gm)];
      expect(ours.length).toBeGreaterThan(200);
      const seen = new Map(ours.map(([, at, text]) => [parseInt(at, 16) - bias, text]));
      const wrong = [...seen].filter(([at, text]) => theirs.get(at) !== text);
      expect(wrong.slice(0, 5)).toEqual([]);
    });
  }
});

test("trace-json: the Trace Event Format", () => {
  using dir = scratch();
  const file = dir.path("trace.json");
  expect(run("--trace-json", file, threads).code).toBe(0);
  const { traceEvents } = JSON.parse(readFileSync(file, "utf8"));
  const rows = new Map<string, string>();
  const slices = new Map<string, { ts: number; end: number; name: string }[]>();
  for (const event of traceEvents) {
    const row = `${event.pid}/${event.tid}`;
    if (event.ph === "M") {
      if (event.name === "thread_name") rows.set(row, event.args.name);
      continue;
    }
    expect(event.ph).toBe("X");
    expect(typeof event.name).toBe("string");
    expect(event.ts).toBeGreaterThanOrEqual(0);
    expect(event.dur).toBeGreaterThanOrEqual(0);
    const list = slices.get(row) ?? [];
    slices.set(row, list);
    list.push({ ts: event.ts, end: event.ts + event.dur, name: event.name });
  }
  expect([...rows.values()]).toContain("producer");
  // The processor's turns follow one another without a gap, and every thread that ran has a row.
  const turns = slices.get("1/0") ?? [];
  for (let i = 1; i < turns.length; i++) expect(turns[i].ts).toBeCloseTo(turns[i - 1].end, 3);
  for (const { name } of turns) expect([...rows.values()]).toContain(name);
  for (const row of slices.keys()) expect(rows.has(row)).toBe(true);
});

test("wrong use", () => {
  expect(run("--trace", "nonsense", threads)).toEqual({
    code: 2,
    out: "",
    err: "rtt-sim: --trace: 'nonsense' is not known\n  choose some of: calls,sched,load,insn\n",
  });
  expect(run("--trace", "calls", "-o", "/nowhere/file", threads).code).toBe(74);
});
