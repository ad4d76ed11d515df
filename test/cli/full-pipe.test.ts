/** A reader that takes nothing and does not go either: the pipe is full, and whatever ends a run ends this one. */
import { dlopen, ptr } from "bun:ffi";
import { expect, setDefaultTimeout, test } from "bun:test";
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { BINARY, ROOT, scratch } from "./binary.ts";

setDefaultTimeout(120_000);

const PRINT = join(ROOT, "bench/shell/programs/print.mo");
const MEGABYTE = 1 << 20;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
/** Of Linux, less where pieces do not fill its pages. */
const PIPE_BYTES = 65536;

/** A FIFO that the test holds open, and the end of it that a process gets. */
function pipe(path: string): { read(): Uint8Array; readonly writable: number } & Disposable {
  Bun.spawnSync(["mkfifo", path]);
  const readable = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writable = openSync(path, constants.O_WRONLY);
  const buffer = new Uint8Array(PIPE_BYTES);
  return {
    writable,
    read() {
      try {
        return buffer.slice(0, readSync(readable, buffer));
      } catch {
        return new Uint8Array();
      }
    },
    [Symbol.dispose]() {
      closeSync(readable);
      closeSync(writable);
    },
  };
}

/** The same as a pair of sockets, or a terminal whose other side nobody reads. */
function pair(kind: "socket" | "terminal"): ReturnType<typeof pipe> & { type(keys: string): void } {
  const ends = new Int32Array(2);
  if (kind === "socket") {
    const type = { args: ["i32", "i32", "i32", "ptr"], returns: "i32" } as const;
    const { symbols } = dlopen("libc.so.6", { socketpair: type });
    expect(symbols.socketpair(AF_UNIX, SOCK_STREAM, 0, ptr(ends))).toBe(0);
  } else {
    const type = { args: ["ptr", "ptr", "ptr", "ptr", "ptr"], returns: "i32" } as const;
    const { symbols } = dlopen("libc.so.6", { openpty: type });
    expect(symbols.openpty(ptr(ends), ptr(ends, 4), null, null, null)).toBe(0);
  }
  const [readable, writable] = ends;
  const buffer = new Uint8Array(PIPE_BYTES);
  return {
    writable,
    read: () => buffer.slice(0, readSync(readable, buffer)),
    type: (keys) => void writeSync(readable, keys),
    [Symbol.dispose]() {
      closeSync(readable);
      closeSync(writable);
    },
  };
}

/** Waits for the first bytes. */
async function full(from: { read(): Uint8Array }): Promise<Uint8Array> {
  for (;;) {
    const bytes = from.read();
    if (bytes.length > 0) return bytes;
    await Bun.sleep(5);
  }
}

/** An image with the program on it. */
function image(path: string): string {
  writeFileSync(path, readFileSync(join(ROOT, "disk/disk.img")));
  Bun.spawnSync([BINARY, "disk", "cp", PRINT, `${path}:/print.mo`]);
  return path;
}

const FORMS: [string, (image: string) => string[], string][] = [
  ["run", () => ["run", "--stats", PRINT, "w"], ""],
  ["-c", (disk) => ["--snapshot", "-c", "print w", disk], ""],
  ["a pipe", (disk) => ["--snapshot", disk], "print w\n"],
];

test.each(FORMS)("%s: --wall-timeout ends it with 124", async (_name, argv, typed) => {
  using dir = scratch();
  using output = pipe(dir.path("fifo"));
  const [first, ...rest] = argv(image(dir.path("a.img")));
  const child = Bun.spawn([BINARY, first, "--wall-timeout", "700ms", ...rest], {
    stdin: new TextEncoder().encode(typed),
    stdout: output.writable,
    stderr: "ignore",
  });
  expect(await child.exited).toBe(124);
  expect(output.read().length).toBeGreaterThan(PIPE_BYTES / 2);
});

test.each(FORMS)("%s: SIGTERM ends it with 143", async (_name, argv, typed) => {
  using dir = scratch();
  using output = pipe(dir.path("fifo"));
  const child = Bun.spawn([BINARY, ...argv(image(dir.path("a.img")))], {
    stdin: new TextEncoder().encode(typed),
    stdout: output.writable,
    stderr: "ignore",
  });
  await full(output);
  // What was taken out is filled up again.
  await Bun.sleep(200);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(143);
});

test("a slow reader gets everything, and the mode of the pipe stays", async () => {
  using dir = scratch();
  using output = pipe(dir.path("fifo"));
  const child = Bun.spawn([BINARY, "run", PRINT, "w"], {
    stdin: "ignore",
    stdout: output.writable,
    stderr: "ignore",
  });
  let text = Buffer.from(await full(output)).toString("latin1");
  const flags = readFileSync(`/proc/self/fdinfo/${output.writable}`, "latin1");
  expect(Number.parseInt(/^flags:\s*(\d+)/m.exec(flags)![1], 8) & constants.O_NONBLOCK).toBe(0);
  while (text.length < MEGABYTE) {
    text += Buffer.from(await full(output)).toString("latin1");
    await Bun.sleep(2);
  }
  expect(await child.exited).toBe(0);
  expect(text).toBe(`${"x".repeat(63)}\n`.repeat(MEGABYTE / 64));
});

const ENDS: [string, string[], NodeJS.Signals | undefined, number][] = [
  ["--wall-timeout", ["--wall-timeout", "700ms"], undefined, 124],
  ["SIGTERM", [], "SIGTERM", 143],
  ["SIGINT", [], "SIGINT", 130],
];

for (const kind of ["socket", "terminal"] as const)
  test.skipIf(process.platform !== "linux").each(ENDS)(
    `a ${kind} that nobody reads: %s ends it`,
    async (_name, options, signal, code) => {
      using output = pair(kind);
      const child = Bun.spawn([BINARY, "run", "--stats", ...options, PRINT, "w"], {
        stdin: "ignore",
        stdout: output.writable,
        stderr: "ignore",
      });
      if (signal) {
        expect(output.read().length).toBeGreaterThan(0);
        await Bun.sleep(200);
        child.kill(signal);
      }
      expect(await child.exited).toBe(code);
    },
  );

test.skipIf(process.platform !== "linux")("who reads a socket slowly gets everything", async () => {
  using output = pair("socket");
  const child = Bun.spawn([BINARY, "run", PRINT, "w"], {
    stdin: "ignore",
    stdout: output.writable,
    stderr: "ignore",
  });
  let text = "";
  while (text.length < MEGABYTE) {
    text += Buffer.from(output.read()).toString("latin1");
    await Bun.sleep(1);
  }
  expect(await child.exited).toBe(0);
  expect(text).toBe(`${"x".repeat(63)}\n`.repeat(MEGABYTE / 64));
});

const LEAVES = [...ENDS, ["Ctrl-A x", [], "\x01x", 0] as const];
const TYPED = ["pipe", "terminal"].flatMap((to) => LEAVES.map((how) => [to, ...how] as const));

test.skipIf(process.platform !== "linux").each(TYPED)(
  "somebody types in a terminal, and nobody reads the %s: %s ends it",
  async (to, _name, options, end, code) => {
    using dir = scratch();
    using keys = pair("terminal");
    using fifo = pipe(dir.path("fifo"));
    const output = to === "pipe" ? fifo : keys;
    const disk = image(dir.path("a.img"));
    const child = Bun.spawn([BINARY, "--snapshot", ...options, disk], {
      stdin: keys.writable,
      stdout: output.writable,
      stderr: "ignore",
    });
    if (end) await full(output);
    keys.type("print w\r");
    if (end) {
      for (let bytes = 0; bytes < PIPE_BYTES / 2;) bytes += (await full(output)).length;
      await Bun.sleep(200);
    }
    if (code === 0) keys.type(end!);
    else if (end) child.kill(end as NodeJS.Signals);
    expect(await child.exited).toBe(code);
  },
);

test.skipIf(process.platform !== "linux").each(ENDS)(
  "the second line is a pipe that nobody reads (--serial1 stdio): %s ends it",
  async (_name, options, signal, code) => {
    using dir = scratch();
    using output = pipe(dir.path("fifo"));
    const line = dir.path("line");
    const argv = ["--snapshot", "--serial", `unix:${line}`, "--serial1", "stdio", ...options];
    const child = Bun.spawn([BINARY, ...argv, join(ROOT, "disk/disk.img")], {
      stdin: new TextEncoder().encode("read by nobody"),
      stdout: output.writable,
      stderr: "ignore",
    });
    while (!existsSync(line)) await Bun.sleep(5);
    using client = await Bun.connect({ unix: line, socket: { data() {} } });
    // A megabyte of the guest's memory, by the C mode.
    client.write(
      'exit\rint d\rd = rt_device_find("uart1")\rrt_device_open(d, 3)\rrt_device_write(d, 0, 0x60100000, 1048576)\r',
    );
    if (signal) {
      for (let bytes = 0; bytes < PIPE_BYTES / 2;) bytes += (await full(output)).length;
      await Bun.sleep(200);
      child.kill(signal);
    }
    expect(await child.exited).toBe(code);
    expect(output.read().length).toBeGreaterThan(PIPE_BYTES / 4);
  },
);
