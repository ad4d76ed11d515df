/** What a library's module_init has made goes with the library: leaks/build.sh makes the programs. */
import { expect, test } from "bun:test";
import { HostModules } from "../../src/dlmodule/mod.ts";
import { ObjectClass } from "../../src/kernel/types.ts";
import { Board, fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

test("objects that module_init made in the name of the system go with the library", () => {
  const board = new Board({ files: { "/libinit.so": fixture("test/dlmodule/leaks/libinit.so") } });
  const { kernel, loader } = board;
  const before = board.heapUsed;
  board.do(function* () {
    const module = (yield* loader.load("/libinit.so", { as: "library" }))!;
    yield* kernel.threads.sleep(20);
    expect(kernel.objects.find("intimer", ObjectClass.Timer)).not.toBe(0);
    yield* loader.unload(module);
    yield* kernel.threads.sleep(20);
  });
  expect(kernel.objects.find("intimer", ObjectClass.Timer)).toBe(0);
  expect(kernel.objects.find("insem", ObjectClass.Semaphore)).toBe(0);
  expect(board.heapUsed).toBe(before);
  expect(board.diagnostics).toEqual([
    expect.stringMatching(
      /^\/libinit\.so left behind \(given back now\):\n  semaphore "insem", from module_init\+0x[0-9a-f]+, in its memory\n  timer "intimer", from module_init\+0x[0-9a-f]+, which calls libinit 0x[0-9a-f]+$/,
    ),
  ]);
});

test.each(["a thread of the system", "a program"])(
  "objects of the kernel and of its own heap that module_init made go with the library: loaded by %s",
  (who) => {
    const board = new WholeBoard({
      "/start.so": fixture("test/dlmodule/leaks/start.so"),
      "/opener.mo": fixture("test/dlmodule/halfway/opener.mo"),
    });
    const { machine } = board;
    const { kernel } = machine;
    const host = new HostModules(machine.loader, kernel);
    const cycle = (): void => {
      if (who === "a program") board.run("/opener.mo", "opener /start.so");
      else host.dlclose(host.dlopen("/start.so"));
      board.settle();
    };
    const figures = (): unknown => [
      kernel.heap.used,
      ...Object.values(ObjectClass)
        .filter((cls) => cls !== ObjectClass.Null && cls <= ObjectClass.Module)
        .map((cls) => kernel.objects.list(cls).length),
    ];
    cycle();
    const before = figures();
    board.diagnostics.length = 0;
    for (let n = 0; n < 3; n++) cycle();
    expect(figures()).toEqual(before);
    const said = board.diagnostics.join("\n");
    for (const name of ['thread "worker"', 'semaphore "inblock"', 'device "made"'])
      expect(said).toContain(name);
    for (const name of ['semaphore "dynamic"', 'mutex "lock"']) expect(said).toContain(name);
    expect(board.line("list_device")).not.toContain("made");
  },
);

test("objects that module_init made in the name of a program go with the library", () => {
  const board = new WholeBoard({
    "/libinit.so": fixture("test/dlmodule/leaks/libinit.so"),
    "/borrow.mo": fixture("test/dlmodule/leaks/borrow.mo"),
  });
  expect(board.run("/borrow.mo", "borrow")).toBe("closed: 0\ndone\n");
  expect(board.machine.outcome).toMatchObject({ kind: "returned", code: 0 });
  const said = board.diagnostics.join("\n");
  expect(said).toContain("/libinit.so left behind (given back now):");
  expect(said).toMatch(/semaphore "insem", from module_init\+0x[0-9a-f]+, in its memory/);
  expect(said).toMatch(/timer "intimer", from module_init\+0x[0-9a-f]+, which calls libinit/);
});
