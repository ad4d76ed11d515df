import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Board, fixture } from "./board.ts";

setDefaultTimeout(120_000);

const P = "test/fixtures/probes/system";
const probe = (name: string): Uint8Array => fixture(`${P}/${name}`);
const dl = (name: string): Uint8Array => fixture(`test/fixtures/dl/${name}`);

const recordedFiles = {
  "/l_one.so": probe("l_one.so"),
  "/modules/l_one.so": probe("l_one.so"),
  "/modules/l_two.so": probe("l_two.so"),
  "/modules/sub/l_two.so": probe("l_two.so"),
  "/l_two.so": probe("l_two.so"),
  "/m_tiny.mo": probe("m_tiny.mo"),
  "/d_open.mo": probe("d_open.mo"),
  "/d_leak.mo": probe("d_leak.mo"),
  "/notes.txt": Buffer.from("not an elf\n"),
  "/empty.so": new Uint8Array(0),
};

describe("with compat404 the sequences of the real kernel", () => {
  for (const name of ["d_open", "d_leak"])
    test(name, () => {
      const expected = readFileSync(
        join(import.meta.dir, "../..", P, `expected/${name}.txt`),
        "latin1",
      );
      expect(new Board({ files: recordedFiles, compat404: true }).run(name)).toBe(expected);
    });
});

const files = {
  "/counter.so": dl("counter.so"),
  "/share.mo": dl("share.mo"),
  "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
};

const OPENED =
  "counter init 11\nsame=1 count=12 data=12 error=0\nnone=0 error=nothing: no such symbol again=0\n" +
  "missing=0 error=nofile.so: no such file\n";
const GONE = "counter destructor 12\ncounter cleanup 12\n";

describe("by default", () => {
  test("a library is shared, its constructors run before module_init, dlclose counts", () => {
    const board = new Board({ files });
    expect(board.run("share")).toBe(
      `${OPENED}close=0\ncount=13\ncounter destructor 13\ncounter cleanup 13\nclose=0\n`,
    );
    expect(board.loader.modules()).toEqual([]);
  });

  test.each(["share o", "share l"])("a library left open goes with its last user: %s", (line) => {
    const board = new Board({ files });
    const before = board.heapUsed;
    const output = board.run(line);
    expect(output).toEndWith(GONE);
    expect(output).not.toContain("Unsupported");
    expect(board.diagnostics.join("\n")).toContain("without dlclose");
    expect(board.loader.modules()).toEqual([]);
    // The text of dlerror stays.
    expect(board.heapUsed - before).toBeLessThan(200);
  });

  test("a library that another program uses stays", () => {
    const board = new Board({ files });
    const { loader, kernel } = board;
    board.do(function* () {
      yield* loader.exec("/share.mo", "share wait");
      yield* kernel.threads.sleep(2);
      yield* loader.exec("/share.mo", "share leave");
    });
    expect(board.output().match(/counter init/g)).toHaveLength(1);
    expect(board.ended.length).toBe(2);
    expect(loader.modules()).toEqual([]);
  });

  test("a library that cannot be loaded leaves its reason in dlerror", () => {
    const board = new Board({ files: { ...files, "/counter.so": Buffer.from("text") } });
    const { loader, kernel } = board;
    let handle = -1;
    let reason = "";
    board.do(function* () {
      const name = kernel.heap.alloc(32);
      kernel.memory.write(name, Buffer.from("counter.so\0"));
      handle = yield* loader.libdl.open(name);
      reason = kernel.memory.cstring(loader.libdl.error());
    });
    expect(handle).toBe(0);
    expect(reason).toBe("counter.so: the file does not begin with the magic bytes of an ELF file");
    expect(board.output()).toBe("Module: magic error\n");
  });

  test.each([
    [
      "by default dlerror says why, once",
      false,
      "nothing yet 0: (null)\nagain: (null)\n" +
        "load 0: /none.so: it cannot be read: No such file: /none.so\nagain: (null)\n" +
        "Module: magic error\n" +
        "exec 0: /bad.mo: the file does not begin with the magic bytes of an ELF file\nagain: (null)\n" +
        "base up\nlibrary 1: (null)\nagain: (null)\nbase down 10\n",
    ],
    [
      "with compat404 it says TODO, whatever happened",
      true,
      "nothing yet 0: TODO\nagain: TODO\nload 0: TODO\nagain: TODO\nModule: magic error\n" +
        "exec 0: TODO\nagain: TODO\nlibrary 1: TODO\nagain: TODO\n" +
        // The original cannot give back a module that another one has loaded.
        "\x1b[31m[E/DLMD] Unsupported oject type in module.\x1b[0m\n",
    ],
  ])("a refused dlmodule_load or dlmodule_exec: %s", (_, compat404, expected) => {
    const libraries = "test/dlmodule/libraries";
    const board = new Board({
      files: {
        "/refused.mo": fixture(`${libraries}/refused.mo`),
        "/libbase.so": fixture(`${libraries}/libbase.so`),
        "/bad.mo": Buffer.from("text"),
      },
      compat404,
    });
    expect(board.run("refused")).toBe(expected);
  });

  test("a handle that is none is refused", () => {
    const board = new Board({ files });
    const { loader, kernel } = board;
    let closed = 1;
    let reason = "";
    board.do(function* () {
      closed = yield* loader.libdl.close(0x60123458);
      reason = kernel.memory.cstring(loader.libdl.error());
    });
    expect(closed).toBe(-1);
    expect(reason).toBe("0x60123458 is no open library");
  });

  test("relative names are looked for in /, /lib, /modules, /bin in this order", () => {
    const found = (paths: string[]): string => {
      const contents = Object.fromEntries(paths.map((path) => [path, dl("counter.so")]));
      const board = new Board({ files: contents });
      let path = "";
      board.do(function* () {
        const name = board.kernel.heap.alloc(32);
        board.kernel.memory.write(name, Buffer.from("counter.so\0"));
        const handle = yield* board.loader.libdl.open(name);
        path = board.loader.module(handle)!.path;
      });
      return path;
    };
    const order = ["/counter.so", "/lib/counter.so", "/modules/counter.so", "/bin/counter.so"];
    for (let n = 0; n < order.length; n++) expect(found(order.slice(n).reverse())).toBe(order[n]);
  });
});
