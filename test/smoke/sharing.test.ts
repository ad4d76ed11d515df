/** What machines of one process share must not be seen by any of them. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Machine } from "../../src/embed.ts";
import { BINARY, ROOT, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const MODULES = join(ROOT, "disk/prebuilt/a9");

test("a machine is the same after many others as in a process of its own", async () => {
  const bytes = await Bun.file(join(MODULES, "md5.mo")).bytes();
  const runs = [];
  for (let n = 0; n < 40; n++) {
    using machine = Machine.boot({
      files: { "/a.txt": "abc" },
      ram: n % 10 === 9 ? 4 << 20 : undefined,
    });
    const { output, instructions, ran, heapMaximum, stacks, exitCode } = machine.run(bytes, {
      args: ["/a.txt"],
      name: "md5.mo",
    });
    if (n % 10 !== 9)
      runs.push(JSON.stringify({ output, instructions, ran, heapMaximum, stacks, exitCode }));
  }
  expect(new Set(runs).size).toBe(1);
  // md5sum(1) of "abc".
  expect(runs[0]).toContain("900150983cd24fb0d6963f7d28e17f72");
});

test("what a debugger writes over the firmware stays in its machine", () => {
  const first = Machine.boot();
  const { firmware, memory } = first.board;
  const puts = firmware.lookup("puts");
  // bx lr, in either state.
  memory.poke(puts & ~1, Uint8Array.of(0x70, 0x47, 0x2f, 0xe1));
  first.close();
  first.close();
  using second = Machine.boot();
  using third = Machine.boot();
  expect(second.board.memory.wasm).not.toBe(third.board.memory.wasm);
  expect(second.execute("version").exitCode).toBe(0);
  expect(second.board.firmware.isIntact).toBe(true);
});

test("a disk that was written to, a little or a lot, is empty for the next machine", () => {
  const large = new Uint8Array(5 << 20).fill(0x5a);
  for (const content of ["small", large, "small", new Uint8Array(1 << 20).fill(1)]) {
    using machine = Machine.boot();
    expect(machine.list("/")).toEqual([]);
    machine.writeFile("/folder/file", content);
    expect(machine.readFile("/folder/file").length).toBe(content.length);
  }
  using last = Machine.boot();
  expect(last.list("/")).toEqual([]);
  // What is new on the disk does not show what was there.
  last.writeFile("/holes", new Uint8Array(3 << 20));
  expect(last.readFile("/holes").every((byte) => byte === 0)).toBe(true);
});

// The peak in the resource usage of a child counts what its parent had when it started it.
test.skipIf(process.platform !== "linux")(
  "a process with its part of 200 tests stays within 100 MB (seen on Linux)",
  async () => {
    using dir = scratch();
    mkdirSync(dir.path("many"));
    for (let n = 0; n < 200; n++)
      copyFileSync(join(MODULES, "hello.mo"), dir.path(`many/test${n}.mo`));
    const child = Bun.spawn([BINARY, "test", dir.path("many")], { stdout: "pipe" });
    let peak = 0;
    const status = `/proc/${child.pid}/status`;
    while (child.exitCode === null) {
      const text = existsSync(status) ? readFileSync(status, "utf8") : "";
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(text)?.[1] ?? 0));
      await Bun.sleep(20);
    }
    expect(await child.stdout.text()).toContain("200 passed, 0 failed");
    expect(peak).toBeGreaterThan(10_000);
    expect((peak * 1024) / 1e6).toBeLessThanOrEqual(100);
  },
);
