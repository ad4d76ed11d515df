/** Libraries that files name in DT_NEEDED, flags of dlopen, pseudo handles, dladdr: libraries/build.sh makes them. */
import { describe, expect, test } from "bun:test";
import { HostModules } from "../../src/dlmodule/mod.ts";
import { Board, fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

const file = (name: string): Uint8Array => fixture(`test/dlmodule/libraries/${name}`);
const LIBRARIES = {
  "/lib/libbase.so": file("libbase.so"),
  "/lib/libmiddle.so": file("libmiddle.so"),
};

describe("DT_NEEDED", () => {
  const OUTPUT = "base up\nmiddle up 10\n22 12 12\nshared 2 weak 0\nbase down 12\n";
  test("the libraries come from /lib, are shared, and go with their user", () => {
    const board = new Board({ files: { ...LIBRARIES, "/linked.mo": file("linked.mo") } });
    const before = board.heapUsed;
    expect(board.run("linked")).toBe(OUTPUT);
    expect(board.ended[0]).toMatchObject({ how: "returned", code: 3 });
    expect(board.loader.modules()).toEqual([]);
    expect(board.heapUsed).toBe(before);
    expect(board.run("linked")).toBe(OUTPUT);
  });
  test("a library that is not there is named with the symbols", () => {
    const { "/lib/libbase.so": base } = LIBRARIES;
    const board = new Board({
      files: { "/lib/libbase.so": base, "/linked.mo": file("linked.mo") },
    });
    const before = board.heapUsed;
    expect(board.run("linked")).toMatch(
      /^base up\n[^]*can't find middle in kernel[^]*base down 10\n$/,
    );
    expect(board.refused[0].reasons[0]).toBe(
      "it needs the library libmiddle.so (DT_NEEDED), which cannot be loaded from /lib",
    );
    expect(board.loader.modules()).toEqual([]);
    expect(board.heapUsed).toBe(before);
  });
  test("4.0.4 does not look at it", () => {
    const files = { ...LIBRARIES, "/linked.mo": file("linked.mo") };
    const board = new Board({ files, compat404: true });
    expect(board.run("linked")).toMatch(/^\x1b.*can't find/);
  });
});

test("a chain of libraries is not read again for each of its links", () => {
  const link = fixture("test/dlmodule/ends/link.so");
  const at = Buffer.from(link).indexOf("link99.so\0") + 4;
  const board = new WholeBoard({});
  const { vfs, loader, kernel } = board.machine;
  const name = (n: number): string => `/lib/link${String(n).padStart(2, "0")}.so`;
  const COUNT = 50;
  vfs.mkdir("/lib");
  for (let n = 0; n < COUNT; n++) {
    link.set(Buffer.from(String(n + 1).padStart(2, "0")), at);
    vfs.writeFile(name(n), link);
  }
  vfs.writeFile(name(COUNT), fixture("test/fixtures/dl/counter.so"));
  let reads = 0;
  const read = vfs.readFile.bind(vfs);
  vfs.readFile = (path) => {
    reads++;
    return read(path);
  };
  const host = new HostModules(loader, kernel);
  const handle = host.dlopen(name(0));
  expect(host.modules()).toHaveLength(COUNT + 1);
  expect(host.dlsym(handle, "self_calls")).toBeDefined();
  // Each is read to be loaded, and once for what it needs.
  expect(reads).toBeLessThanOrEqual(2 * (COUNT + 1));
  // Nothing is kept: a file may be another one the next time.
  host.dlclose(handle);
  expect(host.modules()).toEqual([]);
  vfs.writeFile(name(1), fixture("test/fixtures/dl/counter.so"));
  host.dlopen(name(0));
  expect(host.modules()).toHaveLength(2);
});

describe("dlopen", () => {
  const files = {
    ...LIBRARIES,
    "/lib/libuser.so": file("libuser.so"),
    "/opens.mo": file("opens.mo"),
  };
  const REST = "self 9\n/lib/libbase.so base_next 1\nrtthread printf\nnowhere 0\n";
  test("RTLD_LOCAL keeps the symbols of a library from later loads", () => {
    const board = new Board({ files });
    const output = board.run("opens").replace(/\x1b.*\n/, "");
    expect(output).toBe(
      "base up\nbase 1 -\ndefault 0\nuser 0 libuser.so: base_next: not exported by the kernel and not defined in the module\n" +
        `again -\ndata 10\nown 9 default 9 next -1\n${REST}` +
        "base down 10\nclose 0\ntwice -1 0xADDRESS is no open library\n".replace(
          "0xADDRESS",
          /0x[0-9a-f]+(?= is no open)/.exec(output)![0],
        ),
    );
  });
  test("RTLD_GLOBAL gives them to later loads and to RTLD_DEFAULT and RTLD_NEXT", () => {
    const board = new Board({ files });
    const before = board.heapUsed;
    expect(board.run("opens global")).toMatch(
      /^base up\nbase 1 -\ndefault 1\nuser 1 -\nagain -\nuse 11\ndata 11\nown 9 default 9 next 1\nself 9\n/,
    );
    expect(board.loader.modules()).toEqual([]);
    // What dlerror and dladdr have said about the kernel stays.
    expect(board.heapUsed - before).toBeLessThan(250);
  });
});

/** What dlfcn.h, dlmodule.h and POSIX say of NULL, pseudo handles, handles that are none, and names that nobody has. */
const API = `
dlopen NULL is me=1
dlclose of me=0
dlsym NULL=0
error: the handle is NULL: was dlopen refused?
error again: -
dlclose NULL=-1
error: the handle is NULL: was dlopen refused?
dlopen none=0
error: /none.so: no such file
DEFAULT of the kernel=1
DEFAULT of me=1
DEFAULT data=1
DEFAULT none=0
error: no_such_name: no such symbol
NEXT skips me=0
NEXT of the kernel=1
dlclose DEFAULT=0
base up
global=1
NEXT finds it=1
base down 10
dlclose=0
dlclose again=-1
dladdr NULL=0
dladdr me=1
/api.mo shared_name
self=1
find none=0
symbol_find=1
symbol_find none=0
destroy me=-7
destroy NULL=-1
create=1
destroy it=0
destroy it again=-1
load none=0
exec none=0
`;

test("every function of the two headers, with good arguments and with those that nobody should give", () => {
  const board = new WholeBoard({ "/api.mo": file("api.mo") }, { leaks: "error" });
  board.machine.vfs.mkdir("/lib");
  board.machine.vfs.writeFile("/lib/libbase.so", file("libbase.so"));
  const output = board.run("/api.mo", "api");
  const table = /^module   ref      address \n-{8} -{8} -{12}\napi      1     0x[0-9a-f]{8}\n$/;
  expect(output.slice(0, API.length - 1)).toBe(API.slice(1));
  expect(output.slice(API.length - 1)).toMatch(table);
  expect(board.machine.outcome).toMatchObject({ kind: "exit", code: 5 });
  expect(board.machine.loader.modules()).toEqual([]);
});

test("dlmodule_load_custom and exec_custom take a module from the memory of a program", () => {
  const board = new WholeBoard({
    "/mem.mo": fixture("disk/prebuilt/a9/hello.mo"),
    "/custom.mo": file("custom.mo"),
  });
  expect(board.run("/custom.mo", "custom")).toBe(
    "load /mem.mo\nunload 1\nloaded 1 nref 1\ndestroyed 0\nempty module 0 0\n" +
      "load /mem.mo\nunload 1\nexec 1\nload /no.mo\nabsent 0\nHello, world\n",
  );
  expect(board.diagnostics).toEqual(["/no.mo cannot be loaded: ops->load returned NULL"]);
});

test("emulated thread-local variables: a copy for each thread, given back at the end", () => {
  const board = new Board({ files: { "/tls.mo": fixture("test/dlmodule/objects/tls.mo") } });
  const before = board.heapUsed;
  expect(board.run("tls")).toBe("sub 15 1 0\nmain 16 1 0\n");
  expect(board.heapUsed).toBe(before);
});
