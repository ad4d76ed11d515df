import { expect, test } from "bun:test";
import { makeDisk } from "../../src/fat/mod.ts";
import type { CallResult, Kernel, Task } from "../../src/kernel/mod.ts";
import { cardDriver, deviceIo, type PosixContext, posixRows } from "../../src/kernel/posix/mod.ts";
import { Vfs } from "../../src/vfs/mod.ts";
import { bench } from "../kernel/tasks.ts";

/** Descriptors on devices of the real kernel. */

const BUFFER = 0x60100000;

interface Guest {
  readonly kernel: Kernel;
  readonly vfs: Vfs;
  call(name: string, ...args: (number | string)[]): Task<number>;
}

/** Runs `body` as the thread main of a board with a card. */
function run(body: (guest: Guest) => Task<void>) {
  const disk = makeDisk([{ path: "/a.txt", bytes: new TextEncoder().encode("hello") }], {
    size: 4 << 20,
  });
  const names = ["sd0", "rtc", "uart1", "uart0"];
  const vfs = new Vfs({
    disk: () => disk,
    nodes: () => names.map((name) => ({ name, block: name === "sd0" })),
  });
  vfs.mount("sd0", "/", "elm");
  return bench(function* (kernel) {
    vfs.openConsole("/dev/uart0");
    const card = cardDriver(kernel, disk, () => vfs.reload("sd0"));
    kernel.devices.attach(kernel.devices.find("sd0"), card);
    const context: PosixContext = { kernel, vfs, devices: deviceIo(kernel) };
    let text = BUFFER + 0x10000;
    yield* body({
      kernel,
      vfs,
      *call(name, ...args) {
        const words = args.map((arg) => {
          if (typeof arg === "number") return arg;
          const at = text;
          kernel.memory.write(at, new TextEncoder().encode(`${arg}\0`));
          text += arg.length + 1;
          return at;
        });
        const [a, b, c] = [...words, 0, 0, 0];
        const row = posixRows.find((one) => one.name === name)!;
        const result: CallResult = row.call(context, a, b, c, 0);
        return typeof result === "object" ? ((yield* result) ?? 0) : (result ?? 0);
      },
    });
  });
}

test("/dev/sd0 reads and writes sectors, one behind the other, and the file system sees what was written", () => {
  let done = false;
  run(function* ({ kernel, vfs, call }) {
    const { memory } = kernel;
    const fd = yield* call("open", "/dev/sd0", 2);
    expect(fd).toBe(4);
    expect(yield* call("read", fd, BUFFER, 1)).toBe(1);
    expect(memory.ld16(BUFFER + 510)).toBe(0xaa55);
    const sectors = (memory.ld16(BUFFER + 22) * memory.ld8(BUFFER + 16)) | 0;
    expect(yield* call("read", fd, BUFFER, sectors)).toBe(sectors);
    expect(yield* call("read", fd, BUFFER, 1)).toBe(1);
    yield* call("close", fd);

    // Sector by sector up to the root directory, where the name is changed.
    const raw = yield* call("open", "/dev/sd0", 2);
    yield* call("read", raw, BUFFER + 0x1000, sectors + 1);
    vfs.list("/");
    memory.st8(BUFFER, 0x42);
    expect(yield* call("write", raw, BUFFER, 1)).toBe(1);
    expect(vfs.list("/").map(({ name }) => name)).toEqual(["b.txt"]);
    expect(new TextDecoder().decode(vfs.readFile("/b.txt"))).toBe("hello");
    expect(yield* call("ioctl", raw, 0x10, BUFFER)).toBe(0);
    expect([memory.ld32(BUFFER), memory.ld32(BUFFER + 4)]).toEqual([8192, 512]);
    yield* call("close", raw);
    done = true;
  }).settle();
  expect(done).toBe(true);
});

test("read of the console waits for input and gets what is there", () => {
  const got: string[] = [];
  const board = run(function* ({ kernel, call }) {
    for (;;) {
      const count = yield* call("read", 0, BUFFER, 16);
      if (count === 0) break;
      got.push(kernel.memory.cstring(BUFFER, count));
    }
    got.push("end");
  });
  board.settle();
  expect(got).toEqual([]);
  board.kernel.console.feed(new TextEncoder().encode("one\n"));
  board.settle();
  board.kernel.console.feed(new TextEncoder().encode("a line of more than sixteen"));
  board.settle();
  board.kernel.console.end();
  board.settle();
  expect(got).toEqual(["one\n", "a line of more t", "han sixteen", "end"]);
});

test("a device that is gone, and one that transfers nothing", () => {
  let done = false;
  run(function* ({ kernel, call }) {
    expect(yield* call("open", "/dev/none", 2)).toBe(-1);
    const fd = yield* call("open", "/dev/uart1", 2);
    expect(yield* call("write", fd, "lost", 4)).toBe(4);
    expect(yield* call("read", fd, BUFFER, 4)).toBe(0);
    kernel.devices.unregister(kernel.devices.find("uart1"));
    expect(yield* call("read", fd, BUFFER, 4)).toBe(0);
    expect(yield* call("ioctl", fd, 1, 0)).toBe(-1);
    expect(yield* call("close", fd)).toBe(0);
    done = true;
  }).settle();
  expect(done).toBe(true);
});
