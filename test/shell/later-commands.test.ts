/** Commands that 4.0.4 does not have, on the real kernel and a real disk. */
import { expect, test } from "bun:test";
import { ObjectClass } from "../../src/kernel/mod.ts";
import { board } from "./board.ts";

test("list shows the tables of RT-Thread 5", () => {
  const tested = board();
  expect(tested.type("list\r")).toStartWith("list\nUsage: list [options]\n[options]:\n    thread ");
  const threads = tested.type("list thread\r");
  expect(threads).toStartWith(
    "list thread\nthread   pri  status      sp     stack size max used left tick   error  tcb addr\n",
  );
  expect(threads).toMatch(
    /^tshell    20  running 0x[0-9a-f]{8} 0x00001000    \d\d%   0x[0-9a-f]{8} OK      0x60[0-9a-f]{6}$/m,
  );
  expect(tested.type("list mutex\r")).toStartWith(
    "list mutex\nmutex      owner  hold priority suspend thread \n-------- -------- ---- -------- --------------\n",
  );
  const timers = tested.type("list timer\r");
  expect(timers).toMatch(/^tshell   0x[0-9a-f]{8} 0x[0-9a-f]{8} deactivated one shot$/m);
  expect(timers).toMatch(/\ncurrent tick:0x[0-9a-f]{8}\nmsh \/>$/);
  for (const kind of ["sem", "event", "mailbox", "msgqueue", "memheap", "mempool", "device"]) {
    const old = tested.type(`list_${kind}\r`);
    expect(tested.type(`list ${kind}\r`)).toBe(old.replace("_", " "));
  }
  expect(tested.type("list fd\r")).toBe(tested.type("list_fd\r").replace("_", " "));
});

test("list thread names errors by the numbers that the threads' programs know", () => {
  // ETIMEDOUT, ENOSPC, EINVAL of newlib's errno.h; in 4.0.4 -2, -3, -10.
  for (const [abi, codes] of [
    ["5.x", [-116, -28, -22, -255]],
    [undefined, [-2, -3, -10, -1]],
  ] as const) {
    const tested = board({}, false, {}, abi);
    const tcb = tested.kernel.objects.find("tshell", ObjectClass.Thread);
    const offset = abi ? 44 : 52;
    const shown = codes.map((code) => {
      tested.kernel.memory.st32(tcb + offset, code);
      return /^tshell .* (\w+) +0x\w+$/m.exec(tested.type("list thread\r"))?.[1];
    });
    expect(shown).toEqual(["ETIMOUT", "ERSFULL", "EINVAL", "ERROR"]);
  }
});

test("tail shows the last lines, ten when nobody says how many", () => {
  const text = Array.from({ length: 12 }, (_, i) => `line ${i + 1}`).join("\n");
  const tested = board({ "t.txt": text });
  const shown = (line: string) => tested.type(`${line}\r`).split("\n").slice(4, -1);
  expect(shown("tail t.txt")).toEqual(text.split("\n").slice(2));
  expect(shown("tail -n 2 t.txt")).toEqual(["line 11", "line 12"]);
  expect(shown("tail -n +11 t.txt")).toEqual(["line 11", "line 12"]);
  expect(tested.type("tail -n 13 t.txt\r")).toContain(
    "\nTotal Number of lines:12\nRequired Number of lines:13\n\nError:Required lines are more than total number of lines\n",
  );
  expect(tested.type("tail none\r")).toContain("File doesn't exist\n");
  expect(tested.type("tail -n 3\r")).toContain("Usage: tail [-n numbers] <filename>\n");
});

test("hexdump shows what hexdump -C shows", () => {
  const tested = board({ "a.bin": `ABC\x01${"x".repeat(20)}` });
  expect(tested.type("hexdump a.bin\r")).toBe(
    [
      "hexdump a.bin",
      "00000000  41 42 43 01 78 78 78 78  78 78 78 78 78 78 78 78  |ABC.xxxxxxxxxxxx|",
      "00000010  78 78 78 78 78 78 78 78                           |xxxxxxxx|",
      "00000018",
      "msh />",
    ].join("\n"),
  );
  expect(tested.type("hexdump a.bin 2 2\r")).toContain(
    "\n00000002  43 01                                             |C.|\n00000004\n",
  );
  expect(tested.type("hexdump none\r")).toContain("Open none failed\n");
});

test("with compat404 they are not there", () => {
  const tested = board({}, true);
  for (const name of ["list", "tail", "hexdump", "kill", "killmod", "sync", "reboot"])
    expect(tested.type(`${name}\r`)).toBe(`${name}\n${name}: command not found.\nmsh />`);
});

test("kill names what it cannot end", () => {
  const tested = board();
  expect(tested.type("kill\r")).toContain("Usage: kill MODULE...\n");
  expect(tested.type("killmod none\r")).toContain("killmod: none: no such module\n");
  expect(tested.type("kill -9\r")).toContain("Usage: kill MODULE...\n");
  expect(tested.type("kill -9 none\r")).toContain("kill: none: no such module\n");
});
