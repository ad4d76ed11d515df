/** `rtt-sim run` as a process: what goes in, what comes out, how it ends. */
import { expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { OutFolder } from "../../src/cli/run-out.ts";
import { Machine } from "../../src/embed.ts";
import { makeDisk } from "../../src/fat/mod.ts";
import { BINARY, ROOT, rttSim, scratch } from "./binary.ts";

setDefaultTimeout(60_000);

const HELLO = "disk/prebuilt/a9/hello.mo";
const MD5 = "disk/prebuilt/a9/md5.mo";
const fixture = (path: string): string => `test/fixtures/${path}`;

test("--with places files, --out brings back what the run made or changed, and nothing else", () => {
  using dir = scratch();
  writeFileSync(dir.path("text"), "message digest");
  const argv = ["run", "--with", `${dir.path("text")}:/in/text.txt`, "--out", dir.path("out")];
  const run = rttSim([...argv, MD5, "-g", "/in/text.txt"]);
  expect(run).toMatchObject({ code: 0, err: "" });
  expect(readdirSync(dir.path("out"), { recursive: true }).sort()).toEqual(["in", "in/text.md5"]);
  // MD5 of "message digest" from RFC 1321, A.5.
  expect(readFileSync(join(dir.path("out"), "in/text.md5")).toString("hex")).toContain(
    "f96b697d7cb7938d525a2f31aaf161d0",
  );
});

test("--disk is not changed, and --out has only what is new on it", () => {
  using dir = scratch();
  const text = (line: string): Uint8Array => new TextEncoder().encode(line);
  const image = makeDisk([
    { path: "/old.txt", bytes: text("old") },
    { path: "/data/in.txt", bytes: text("abc") },
  ]).image();
  writeFileSync(dir.path("d.img"), image);
  const argv = ["run", "--disk", dir.path("d.img"), "--out", dir.path("o"), MD5, "-g"];
  expect(rttSim([...argv, "/data/in.txt"]).code).toBe(0);
  expect(readdirSync(dir.path("o"), { recursive: true }).sort()).toEqual(["data", "data/in.md5"]);
  expect(readFileSync(dir.path("d.img")).equals(image)).toBe(true);
});

test("--out where no folder can be is an error before anything runs", () => {
  using dir = scratch();
  writeFileSync(dir.path("file"), "");
  const run = rttSim(["run", "--out", dir.path("file/below"), HELLO]);
  expect(run.code).toBe(74);
  expect(run.err).toContain("--out: cannot write");
  expect(run.out).toBe("");
});

test("--json says everything about a run in one object", () => {
  const run = rttSim(["run", "--json", HELLO]);
  const report = JSON.parse(run.out);
  expect(run).toMatchObject({ code: 0, err: "" });
  expect(report).toMatchObject({
    module: HELLO,
    result: "returned",
    exitCode: 0,
    value: 0,
    output: "Hello, world\n",
    leaks: [],
    faults: [],
  });
  expect(report.stacks).toEqual([{ thread: "hello", used: expect.any(Number), size: 32768 }]);
  expect(report.stacks[0].used).toBeGreaterThan(64);
  expect(report.heap.maximum).toBeGreaterThan(report.heap.before + 32768);
  for (const key of ["instructions", "simulatedNanoseconds", "wallMilliseconds"])
    expect(report[key]).toBeGreaterThan(0);
});

test("--json: stacks of all threads, leaks by place, the report of a fault", () => {
  const json = (...argv: string[]) => JSON.parse(rttSim(["run", "--json", ...argv]).out);
  const threads = json("disk/prebuilt/a9/threads.mo").stacks.map(
    ({ thread }: { thread: string }) => thread,
  );
  expect(threads.length).toBe(3);
  expect(threads).toContain("threads");
  expect(json(fixture("transcripts/t_leak.mo")).leaks).toEqual([
    {
      module: "/t_leak.mo",
      // As t_leak.c makes them.
      things: [
        expect.stringMatching(/^timer "mtm", from main\+0x[0-9a-f]+, stopped/),
        expect.stringMatching(/^memory pool "mmp", from main\+0x[0-9a-f]+$/),
        expect.stringMatching(/^message queue "mmq", from main\+0x[0-9a-f]+$/),
        expect.stringMatching(/^mailbox "mmb", from main\+0x[0-9a-f]+$/),
        expect.stringMatching(/^event "mev", from main\+0x[0-9a-f]+$/),
        expect.stringMatching(/^1 heap block, 5000 bytes, from main/),
      ],
    },
  ]);
  const fault = json(fixture("transcripts/t_fault.mo"));
  expect(fault).toMatchObject({ result: "fault", exitCode: 139 });
  expect(fault.faults[0]).toMatchObject({
    kind: "fault",
    title: "data abort in thread t_fault, module t_fault (/t_fault.mo)",
  });
  expect(json(fixture("dl/forever.mo"))).toMatchObject({ result: "deadlock", exitCode: 140 });
});

test("--json is the same every time, but for the host's time", () => {
  const json = () => rttSim(["run", "--json", MD5]).out.replace(/"wallMilliseconds": [\d.]+/, "");
  expect(json()).toBe(json());
});

test("a signal ends a busy run, and what was printed before is out", async () => {
  const child = Bun.spawn([BINARY, "run", "--timeout", "0", fixture("transcripts/t_spin.mo")], {
    cwd: ROOT,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).not.toBe("");
  child.kill("SIGINT");
  await child.exited;
  expect(child.signalCode).toBe("SIGINT");
});

for (const disk of [[], ["--disk", "default.img"]])
  test(`--json has its object when a signal ends the run${disk.length > 0 ? " on a disk" : ""}`, async () => {
    using dir = scratch();
    await Bun.write(dir.path("default.img"), makeDisk([]).image());
    const spin = join(ROOT, fixture("transcripts/t_spin.mo"));
    const argv = ["run", "--json", "--timeout", "0", "--wall-timeout", "30s", ...disk, spin];
    const child = Bun.spawn([BINARY, ...argv], {
      cwd: dir.path("."),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    // Long enough to be started on a busy machine; that it runs is seen below.
    await Bun.sleep(1500);
    child.kill("SIGTERM");
    const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect(await child.exited).toBe(143);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ module: spin, result: "signal", exitCode: 143, value: null });
    expect(report.output).not.toBe("");
    expect(report.instructions).toBeGreaterThan(1000);
    expect(report.stacks).toHaveLength(1);
    expect(report.wallMilliseconds).toBeLessThan(20_000);
    expect(err).toBe("rtt-sim: ended by SIGTERM\n");
  });

test("counters and profiles are there when a signal ends the run", async () => {
  using dir = scratch();
  const spin = join(ROOT, fixture("transcripts/t_spin.mo"));
  const asked = ["--stats", "--profile", "spin.folded"];
  const argv = ["run", ...asked, "--timeout", "0", "--wall-timeout", "30s", spin];
  const child = Bun.spawn([BINARY, ...argv], {
    cwd: dir.path("."),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  await Bun.sleep(1500);
  child.kill("SIGTERM");
  const err = await child.stderr.text();
  expect(await child.exited).toBe(143);
  expect(err).toMatch(/^ +instructions +\d{4,}$/m);
  expect(await Bun.file(dir.path("spin.folded")).text()).toMatch(/main \d{4,}$/m);
});

test("no value where main did not return", () => {
  const value = (...argv: string[]) => JSON.parse(rttSim(["run", "--json", ...argv]).out).value;
  expect(value(fixture("transcripts/t_fault.mo"))).toBe(null);
  expect(value("--timeout", "10ms", fixture("transcripts/t_spin.mo"))).toBe(null);
});

// 1.4 GiB when the host is left to itself. The peak in the resource usage of a child counts what its parent had when it started it.
test.skipIf(process.platform !== "linux")(
  "a program that prints without end does not use up the host's memory (seen on Linux)",
  async () => {
    const child = Bun.spawn([BINARY, "run", "--timeout", "400ms", fixture("smoke/flood.mo")], {
      cwd: ROOT,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    let peak = 0;
    while (child.exitCode === null) {
      const status = existsSync(`/proc/${child.pid}/status`)
        ? readFileSync(`/proc/${child.pid}/status`, "utf8")
        : "";
      peak = Math.max(peak, Number(status.match(/^VmHWM:\s+(\d+) kB/m)?.[1] ?? 0));
      await Bun.sleep(20);
    }
    expect(child.exitCode).toBe(124);
    expect(peak).toBeGreaterThan(10_000);
    expect(peak / 1024).toBeLessThan(800);
  },
);

test("real time passes when a program sleeps", () => {
  const started = performance.now();
  const run = rttSim(["run", "--time", "real", fixture("transcripts/t_sleep.mo")]);
  expect(run.code).toBe(0);
  const simulated = JSON.parse(
    rttSim(["run", "--json", fixture("transcripts/t_sleep.mo")]).out,
  ).simulatedNanoseconds;
  expect(performance.now() - started).toBeGreaterThan((simulated / 1e6) * 0.8);
});

test("a file for the guest that is not there is an error of the command line", () => {
  using dir = scratch();
  mkdirSync(dir.path("d"));
  for (const bad of ["none", dir.path("d")]) {
    const run = rttSim(["run", "--with", bad, HELLO]);
    expect(run.code).toBe(66);
    expect(run.err).toContain(`cannot open ${bad}`);
  }
  expect(existsSync(dir.path("none"))).toBe(false);
});

test("no file of --with takes the place of the module or of another one", () => {
  using dir = scratch();
  writeFileSync(dir.path("x"), "text");
  const to = (...paths: string[]): ReturnType<typeof rttSim> =>
    rttSim(["run", ...paths.flatMap((path) => ["--with", `${dir.path("x")}:${path}`]), HELLO]);
  for (const path of ["/hello.mo", "/HELLO.MO", "//hello.mo", "/./hello.mo", "/a/../Hello.mo"]) {
    const run = to(path);
    expect(run).toMatchObject({ code: 2, out: "" });
    expect(run.err).toContain(`--with: ${path} is where the module itself goes`);
  }
  expect(to("/a.txt", "/A.TXT").err).toContain("is where another --with file (/a.txt) goes");
  expect(to("/a.txt", "/b/a.txt")).toMatchObject({ code: 0, out: "Hello, world\n" });
});

test("names of the host that are not ASCII are those of the disk", () => {
  using dir = scratch();
  copyFileSync(join(ROOT, HELLO), dir.path("größe.mo"));
  copyFileSync(join(ROOT, HELLO), dir.path("日本.mo"));
  writeFileSync(dir.path("käse.txt"), "");
  const run = (...argv: string[]) => rttSim(argv, "", dir.path("."));
  expect(run("run", "--save", "d.img", "--with", "käse.txt", "größe.mo").out).toBe(
    "Hello, world\n",
  );
  const names = Buffer.from(run("disk", "ls", "d.img:/").out, "latin1").toString();
  expect(names).toContain("größe.mo");
  expect(names).toContain("käse.txt");
  expect(run("run", "日本.mo").out).toBe("Hello, world\n");
});

test("--out gives the names of the disk to the host", () => {
  using dir = scratch();
  using machine = Machine.boot();
  const out = new OutFolder(dir.path("out"), machine.board);
  // 0x84 is ä in code page 437.
  machine.board.vfs.writeFile("/k\x84se.txt", new Uint8Array(1));
  out.save();
  expect(readdirSync(dir.path("out"))).toEqual(["käse.txt"]);
});

test.skipIf(process.platform === "win32")("a folder as stdin is no empty one", () => {
  const { exitCode, stderr } = Bun.spawnSync(
    ["sh", "-c", `"${BINARY}" run ${fixture("transcripts/t_io.mo")} < /`],
    { cwd: ROOT, stderr: "pipe" },
  );
  expect(stderr.toString()).toContain("standard input cannot be read: it is a directory");
  expect(exitCode).toBe(66);
});

test("in real time each line that a program prints is a call of the kernel's, so that none is late", () => {
  const calls = (...options: string[]) => {
    const { err } = rttSim(["run", "--stats", ...options, "bench/shell/programs/print.mo", "p"]);
    return Number(/supervisor calls +(\d+)/.exec(err)?.[1]);
  };
  expect(calls("--time", "real")).toBeGreaterThan(16384);
  expect(calls()).toBeLessThan(1000);
});
