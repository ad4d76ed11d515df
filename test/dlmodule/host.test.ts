/** dlmodule.h and dlfcn.h for programs on the host. */
import { describe, expect, test } from "bun:test";
import { HostModules, ModuleError, RTLD_DEFAULT, RTLD_NEXT } from "../../src/dlmodule/mod.ts";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

const FILES = {
  "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
  "/counter.so": fixture("test/fixtures/dl/counter.so"),
  "/t_undef.mo": fixture("test/fixtures/transcripts/t_undef.mo"),
  "/t_spin.mo": fixture("test/fixtures/transcripts/t_spin.mo"),
};
const LIBRARIES = ["base", "middle", "user"].map((name) => `lib${name}.so`);

function board(): { machine: WholeBoard["machine"]; host: HostModules; said: () => string } {
  const whole = new WholeBoard(FILES);
  const { machine } = whole;
  machine.vfs.mkdir("/lib");
  for (const name of LIBRARIES)
    machine.vfs.writeFile(`/lib/${name}`, fixture(`test/dlmodule/libraries/${name}`));
  return {
    machine,
    host: new HostModules(machine.loader, machine.kernel),
    said: () => whole.said(),
  };
}

describe("libraries", () => {
  test("dlopen, dlsym, a call, a variable, dladdr, dlclose", () => {
    const { machine, host, said } = board();
    const before = machine.kernel.heap.used;
    const handle = host.dlopen("/counter.so");
    expect(said()).toBe("counter init 11\n");
    expect(host.dlopen("counter.so")).toBe(handle);
    const count = host.dlsym(handle, "count")!;
    expect([host.call(count), host.call(count)]).toEqual([12, 13]);
    const variable = host.dlsym(handle, "counter")!;
    expect(machine.memory.ld32(variable)).toBe(13);
    expect(host.dladdr(count)).toMatchObject({
      module: "counter",
      symbol: "count",
      unloaded: false,
    });
    expect(host.dlsym(handle, "nothing")).toBeUndefined();
    expect([host.dlerror(), host.dlerror()]).toEqual(["nothing: no such symbol", undefined]);
    host.dlclose(handle);
    expect(said()).toBe("");
    host.dlclose(handle);
    expect(said()).toBe("counter destructor 13\ncounter cleanup 13\n");
    expect(() => host.dlclose(handle)).toThrow(/is no open library/);
    expect(host.dladdr(count)).toMatchObject({ module: "counter", unloaded: true });
    expect(machine.kernel.heap.used).toBe(before);
  });
  test("what a library needs comes from /lib; global ones are visible to later files", () => {
    const { host } = board();
    const middle = host.dlopen("libmiddle.so", { global: true });
    expect(host.modules().map(({ name }) => name)).toEqual(["libmiddl", "libbase"]);
    expect(host.call(host.dlsym(middle, "middle")!)).toBeGreaterThan(0);
    host.dlclose(middle);
    expect(host.modules()).toEqual([]);
  });
  test("refused with the loader's own words", () => {
    const { host } = board();
    expect(() => host.dlopen("/none.so")).toThrow(
      new ModuleError("/none.so: /none.so: no such file"),
    );
    expect(() => host.load("/t_undef.mo")).toThrow(/no_such_other: not exported/);
  });
});

describe("programs", () => {
  test("exec and what became of it", () => {
    const { host, machine, said } = board();
    host.exec("/hello.mo", "hello");
    machine.kernel.run({ untilTick: machine.kernel.tick + 100, skipIdle: true });
    expect(said()).toBe("Hello, world\n");
    expect(host.ended()[0]).toMatchObject({ name: "hello", how: "returned", code: 0 });
    expect(host.listModule()).toMatch(/hello +CLOSED .* returned 0/);
  });
  test("a file of the host's, exit from outside, find, destroy", () => {
    const { host } = board();
    const handle = host.execCustom("/virtual/t_spin.mo", FILES["/t_spin.mo"], "t_spin");
    expect(host.find("t_spin")).toMatchObject({ address: handle, library: false });
    expect(host.self()).toMatchObject({ name: "t_spin" });
    expect(host.destroy(handle)).toBeFalse();
    expect(host.exit(handle)).toBeTrue();
    expect(host.find("t_spin")).toBeUndefined();
    expect(host.exit(handle)).toBeFalse();
    const library = host.loadCustom("/virtual/counter.so", FILES["/counter.so"]);
    expect(host.modules().map(({ path }) => path)).toEqual(["/virtual/counter.so"]);
    expect(host.destroy(library)).toBeTrue();
    expect(host.destroy(library)).toBeFalse();
  });
});

test("pseudo handles and module objects with nothing in them", () => {
  const { host, machine } = board();
  const before = machine.kernel.heap.used;
  const all = host.dlopen(null);
  expect(all).toBe(RTLD_DEFAULT);
  expect(host.dlsym(all, "rt_tick_get")).toBe(host.symbolFind("rt_tick_get"));
  expect(host.dlsym(RTLD_DEFAULT, "base_next")).toBeUndefined();
  const local = host.dlopen("libbase.so");
  expect(host.dlsym(RTLD_DEFAULT, "base_next")).toBeUndefined();
  host.dlopen("libbase.so", { global: true });
  expect(host.dlsym(RTLD_DEFAULT, "base_next")).toBe(host.dlsym(local, "base_next"));
  expect(host.dlsym(RTLD_NEXT, "base_next")).toBe(host.dlsym(local, "base_next"));
  expect(host.dlsym(RTLD_NEXT, "rt_tick_get")).toBe(host.symbolFind("rt_tick_get"));
  expect(host.dlsym(0, "rt_tick_get")).toBeUndefined();
  expect(host.dlerror()).toBe("the handle is NULL: was dlopen refused?");
  expect(() => host.dlclose(0)).toThrow(/the handle is NULL/);
  host.dlclose(all);
  host.dlclose(local);
  host.dlclose(local);
  const empty = host.create();
  expect(host.find("module")?.address).toBe(empty);
  expect([host.destroy(empty), host.destroy(empty), host.destroy(0)]).toEqual([true, false, false]);
  expect(machine.kernel.heap.used).toBe(before);
});

test("the kernel's symbols", () => {
  const { host } = board();
  const address = host.symbolFind("rt_tick_get")!;
  expect([...host.listSymbols()].find(({ name }) => name === "rt_tick_get")?.address).toBe(address);
  expect(host.symbolFind("no_such_symbol")).toBeUndefined();
  expect(host.call(host.symbolFind("abs")!, -5)).toBe(5);
});

test("calls that fault or never end are errors, and the system goes on", () => {
  const { host, machine } = board();
  expect(() => host.call(4)).toThrow(ModuleError);
  const short = new HostModules(machine.loader, machine.kernel, { ticks: 20 });
  const sleep = host.symbolFind("rt_thread_mdelay")!;
  expect(() => short.call(sleep, 60_000)).toThrow(/not done in time/);
  expect(() => host.call(sleep, 1, 2, 3, 4, 5)).toThrow(RangeError);
  expect(host.call(host.symbolFind("abs")!, -7)).toBe(7);
});
