import { expect, test } from "bun:test";
import type { Task } from "../../src/kernel/mod.ts";
import { SHELL_ROWS } from "../../src/shell/mod.ts";
import { board } from "./board.ts";

test("the shell is the thread tshell with the figures of the board", () => {
  const tested = board({ "a.txt": "a" });
  expect(tested.text()).toBe("msh />");
  const row = /^tshell    20  running 0x0000017[04] 0x00001000    (\d\d)%   0x0000000. 000$/m;
  const percent = (): string | undefined => row.exec(tested.type("list_thread\r"))?.[1];
  expect(percent()).toBe("17");
  tested.type("ls\r");
  expect(percent()).toBe("34");
});

test("free and memtrace show the heap", () => {
  const tested = board();
  const { heap } = tested.kernel;
  const free = `total memory: 7877068\nused memory : ${heap.used}\nmaximum allocated memory: ${heap.max}\n`;
  expect(tested.type("free\r")).toBe(`free\n${free}msh />`);
  const trace = tested.type("memtrace\r");
  expect(trace).toStartWith(
    `memtrace\n${free}\nmemory heap address:\nheap_ptr: 0x6007ce14\nlfree   : 0x`,
  );
  expect(trace).toContain("heap_end: 0x607ffff0\n\n--memory item information --\n[0x6007ce14 - ");
  expect(trace).toMatch(/\[0x[0-9a-f]{8} -    7M\] {5}\nmsh \/>$/);
  expect(tested.type("memcheck\r")).toBe("memcheck\nmsh />");
});

test("memcheck reports the first broken block", () => {
  const tested = board();
  const [, second] = tested.kernel.heap.blocks();
  tested.kernel.memory.st16(second.header, 0xbad);
  const address = second.header.toString(16).padStart(8, "0");
  expect(tested.type("memcheck\r")).toBe(
    `memcheck\nMemory block wrong:\naddress: 0x${address}\n  magic: 0x0bad\n   used: ${Number(second.used)}\n  size: ${second.size}\nmsh />`,
  );
});

test("date sets and shows the clock of the kernel", () => {
  const tested = board();
  tested.type("date 2031 12 31 23 59 59\r");
  expect(tested.kernel.rtc).toBe(Date.UTC(2031, 11, 31, 15, 59, 59) / 1000);
  tested.kernel.rtc++;
  expect(tested.type("date\r")).toBe("date\nThu Jan  1 00:00:00 2032\nmsh />");
});

test("a file that is no module is found and refused, without a result", () => {
  const tested = board({ "x.mo": "not a module", "bin/y.mo": "neither" });
  expect(tested.type("x\r")).toBe("x\nModule: magic error\nmsh />");
  expect(tested.shell.last).toEqual({ kind: "module", result: 0, path: "x.mo", module: 0 });
  expect(tested.type("y.mo a b\r")).toBe("y.mo a b\nModule: magic error\nmsh />");
  expect(tested.shell.last).toMatchObject({ path: "/bin/y.mo" });
  expect(tested.type("z\r")).toBe("z\nz: command not found.\nmsh />");
  expect([tested.shell.last?.kind, tested.shell.lastStatus]).toEqual(["not-found", -1]);
});

test("with compat404 a script line of 256 characters runs on into the heap, as recorded", () => {
  const script = { "long.sh": `echo "${"M".repeat(300)}"\npwd\n` };
  expect(board(script, true).type("long.sh\r")).toBe(
    `long.sh\n${"M".repeat(250)}\xa0\x1e\n${"M".repeat(50)}": command not found.\n/\nmsh />`,
  );
});

test("system() gives the result of its line and the memory of its copy back", () => {
  const tested = board({ "s.sh": "nosuch\n" });
  const { kernel, shell } = tested;
  const [system] = SHELL_ROWS;
  const results: unknown[] = [];
  const thread = kernel.threads.createTask("caller", 1024, 15, 10, function* () {
    for (const line of ["pwd", "nosuch a", "", "s.sh", "date 1 2"]) {
      const address = kernel.heap.alloc(32);
      kernel.memory.write(address, new TextEncoder().encode(`${line}\0`));
      const used = kernel.heap.used;
      results.push(yield* system.call(shell, address, 0, 0, 0) as Task<number>);
      expect(kernel.heap.used).toBe(used);
    }
  });
  kernel.threads.startup(thread);
  tested.settle();
  expect(results).toEqual([0, -1, 0, 0, 38]);
});

test("system(NULL) says that there is a shell", () => {
  const { kernel, shell } = board();
  const results: unknown[] = [];
  const thread = kernel.threads.createTask("caller", 1024, 15, 10, function* () {
    const answer = SHELL_ROWS[0].call(shell, 0, 0, 0, 0);
    results.push(typeof answer === "object" ? yield* answer : answer);
  });
  kernel.threads.startup(thread);
  kernel.run({ units: 10_000, skipIdle: false });
  expect(results).toEqual([1]);
});

test("at the end of input the shell ends", () => {
  const tested = board();
  tested.kernel.console.end();
  tested.settle();
  expect(tested.kernel.console.readers).toBe(0);
  expect(tested.type("pwd\r")).toBe("");
});
