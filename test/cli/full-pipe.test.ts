/** A reader that takes nothing and does not go either: the pipe is full, and whatever ends a run ends this one. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, constants, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BINARY, ROOT, scratch } from "./binary.ts";

setDefaultTimeout(120_000);

const PRINT = join(ROOT, "bench/shell/programs/print.mo");
const MEGABYTE = 1 << 20;
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
