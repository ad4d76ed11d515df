/** Object files (`gcc -c`, `ld -r`) as modules: objects/build.sh makes them. */
import { describe, expect, test } from "bun:test";
import { planLoad } from "../../src/dlmodule/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { Board, fixture } from "./board.ts";

const object = (name: string): Uint8Array => fixture(`test/dlmodule/objects/${name}.mo`);

describe("an object of several files, with constructors, common variables and weak functions, runs", () => {
  for (const name of ["a32", "thumb", "mixed"])
    test(name, () => {
      const board = new Board({ files: { [`/${name}.mo`]: object(name) } });
      const before = board.heapUsed;
      expect(board.run(`${name} first second`)).toBe(
        "one two three 12 5 42 3\naligned 0 weak 0 args 3 second\ndestructor\n",
      );
      expect(board.ended[0]).toMatchObject({ how: "returned", code: 7 });
      expect(board.heapUsed).toBe(before);
    });
  test("far away from the kernel, through veneers", () => {
    const board = new Board({ files: { "/a32.mo": object("a32") }, ram: 0x10000000 });
    // First fit: what is taken in front of it moves the module away.
    const size = 0xc000000;
    expect(board.kernel.heap.alloc(size)).not.toBe(0);
    expect(board.run("a32 x")).toStartWith("one two three 12 5 42 3\n");
  });
});

test("an object made with -fPIC alone", () => {
  const board = new Board({ files: { "/c_rel.mo": fixture("test/fixtures/sessions/c_rel.mo") } });
  expect(board.run("c_rel")).toBe("Hello, world\n");
});

test("native thread-local variables are refused by name", () => {
  const board = new Board({ files: { "/t.mo": object("tls-native") } });
  board.run("t");
  expect(board.refused[0].reasons.join()).toMatch(/R_ARM_TLS_DTPMOD32.*emulated/);
});

describe("with --compat 4.0.4", () => {
  const compat404 = true;
  test("a missing symbol is named, and the program is started all the same; later loads work", () => {
    const files = {
      "/c_rel.mo": fixture("test/fixtures/sessions/c_rel.mo"),
      "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
    };
    const board = new Board({ files, compat404 });
    expect(board.run("c_rel")).toStartWith(
      "\x1b[31m[E/DLMD] Module: can't find _GLOBAL_OFFSET_TABLE_ in kernel symbol table\x1b[0m\n",
    );
    expect(board.ended[0]).toMatchObject({ how: "fault" });
    expect(board.run("hello")).toBe("Hello, world\n");
  });
  test("sections without alignment, no table of symbols", () => {
    const bytes = object("a32");
    const plan = planLoad(new ElfImage(bytes), { compat404 });
    const taken = new ElfImage(bytes).sections.filter(
      ({ name, flags }) => (flags & 2) !== 0 && /^\.(text|data|bss|rodata)/.test(name),
    );
    // Mergeable strings have flags of their own and are lost.
    const strings = taken.filter(({ flags }) => (flags & 0x10) !== 0);
    const total = taken.reduce((sum, { size }) => sum + size, 0);
    const lost = strings.reduce((sum, { size }) => sum + size, 0);
    expect(strings.length).toBeGreaterThan(0);
    expect(plan.size).toBe(total - lost);
    expect([plan.functions, [...plan.exports]]).toEqual([[], []]);
  });
  test("an object of one section of code that calls the kernel works", () => {
    const board = new Board({ files: { "/one.mo": object("one") }, compat404 });
    expect(board.run("one")).toBe("one\n");
    expect(board.ended[0]).toMatchObject({ how: "returned" });
  });
});
