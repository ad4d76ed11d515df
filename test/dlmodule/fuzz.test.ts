/**
 * Files that differ from real modules in a few fields: headers, segments, sections, symbols, relocations, strings, length. Whatever the
 * loader makes of them, nothing may fail, hang or stay behind. RTT_SIM_FULL=1 runs 20,000 of them.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { checkText, inspect, libraryOf } from "../../src/dlmodule/check/mod.ts";
import { Firmware } from "../../src/firmware/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { ElfImage, SHT } from "../../src/elf/mod.ts";
import { ObjectClass } from "../../src/kernel/types.ts";
import { Board, fixture } from "./board.ts";

setDefaultTimeout(120_000);

const CASES = process.env.RTT_SIM_FULL ? 20_000 : 2_000;
/** Milliseconds of the processor that a case may take: other work on the machine does not count. */
const HANG = 1000;
const cpuTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const BASES = [
  "disk/prebuilt/a9/hello.mo",
  "disk/prebuilt/a9/cxx.mo",
  "test/dlmodule/objects/a32.mo",
  "test/dlmodule/objects/mixed.mo",
  "test/dlmodule/objects/tls.mo",
  "test/dlmodule/libraries/linked.mo",
  "test/dlmodule/libraries/libbase.so",
].map(fixture);

const firmware = fixture("src/firmware/prebuilt/firmware.elf");
const exported = new Set(
  [...new Firmware(new GuestMemory(), firmware).entries()].map(({ name }) => name),
);
const CHECK = {
  target: {
    name: "here",
    stock: false,
    has: (name: string) => exported.has(name),
    names: () => exported,
  },
  libraries: ["libbase.so", "libmiddle.so"].map((name) =>
    libraryOf(name, fixture(`test/dlmodule/libraries/${name}`))!,
  ),
  hardFloat: false,
  firmware: undefined,
};

/** Where the tables of a file lie: the words that mean something. */
function fields(file: Uint8Array): number[] {
  const image = new ElfImage(file);
  const { header, segments, sections } = image;
  const words: number[] = [];
  const range = (from: number, length: number): void => {
    for (let at = from; at + 4 <= Math.min(from + length, file.length); at += 2) words.push(at);
  };
  range(16, 36);
  range(header.phoff, 32 * segments.length);
  range(header.shoff, 40 * sections.length);
  for (const { type, offset, size } of sections)
    if (type === SHT.SYMTAB || type === SHT.DYNSYM || type === SHT.REL || type === SHT.DYNAMIC)
      range(offset, size);
  for (const { type, offset, size } of sections) if (type === SHT.STRTAB) range(offset, size);
  return words;
}
const FIELDS = BASES.map(fields);

const interesting = fc.oneof(
  fc.constantFrom(
    0,
    1,
    2,
    4,
    0x7fffffff,
    0x80000000,
    0xfffffff0,
    0xffffffff,
    0xff00,
    0xfff1,
    0xfff2,
  ),
  fc.integer({ min: 0, max: 0x4000 }),
  fc.integer({ min: 0, max: 0xffffffff }),
);
const change = fc.record({
  where: fc.nat(1_000_000),
  value: interesting,
  size: fc.constantFrom(1, 2, 4),
  add: fc.boolean(),
});
const mutant = fc.record({
  base: fc.nat(BASES.length - 1),
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
  cut: fc.option(fc.nat(100_000), { freq: 8 }),
});

function build({
  base,
  changes,
  cut,
}: typeof mutant extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  const file = BASES[base].slice();
  const view = new DataView(file.buffer);
  const words = FIELDS[base];
  for (const { where, value, size, add } of changes) {
    const at = words[where % words.length];
    if (size === 1) file[at] = add ? file[at] + value : value;
    else if (size === 2) view.setUint16(at, add ? view.getUint16(at, true) + value : value, true);
    else view.setUint32(at, add ? view.getUint32(at, true) + value : value, true);
  }
  return cut === null ? file : file.slice(0, cut % file.length);
}

test(
  `${CASES} changed modules are refused in one piece, or loaded and unloaded again`,
  () => {
    const files = {
      "/odd.mo": BASES[0],
      "/lib/libbase.so": fixture("test/dlmodule/libraries/libbase.so"),
      "/lib/libmiddle.so": fixture("test/dlmodule/libraries/libmiddle.so"),
    };
    let board = new Board({ files, ticks: 50 });
    let refused = 0;
    const renew = (): void => {
      board.close();
      board = new Board({ files, ticks: 50 });
    };
    fc.assert(
      fc.property(mutant, (recipe) => {
        const file = build(recipe);
        board.replace("/odd.mo", file);
        board.refused.length = 0;
        const before = [...board.kernel.heap.blocks()].filter(({ used }) => used).length;
        const bytes = board.heapUsed;
        const started = cpuTime();
        let ran = false;
        board.do(function* () {
          // As a program: constructors are for its thread, which never starts.
          const module = yield* board.loader.load("/odd.mo", { as: "program" });
          ran = module !== undefined;
          if (module) yield* board.loader.unload(module);
        });
        // What the check says beforehand is what the loader does, but for memory and distances, which only the board knows.
        const report = inspect("/odd.mo", file, CHECK);
        expect(cpuTime() - started).toBeLessThan(HANG);
        const reasons = board.refused.flatMap((event) => event.reasons).join("\n");
        if (!/heap|needs a block|needs the library|has no room|cannot reach/.test(reasons))
          expect({ verdict: report.verdict === "loadable", reasons: report.reasons }).toMatchObject(
            {
              verdict: board.refused.length === 0,
            },
          );
        expect(checkText(report)).not.toMatch(/undefined(?!  instr)|NaN|\[object/);
        const listed = board.kernel.objects.list(ObjectClass.Module).length;
        if (ran) {
          // Guest code that ran (module_init, libraries) may have done anything.
          if (board.heapUsed !== bytes || listed !== 0) renew();
          return;
        }
        refused++;
        for (const { reasons } of board.refused)
          for (const reason of reasons) expect(reason).not.toMatch(/undefined|NaN|\[object|\n/);
        expect(board.refused.length).toBeGreaterThan(0);
        expect({ bytes: board.heapUsed, listed }).toEqual({ bytes, listed: 0 });
        expect([...board.kernel.heap.blocks()].filter(({ used }) => used).length).toBe(before);
      }),
      { numRuns: CASES, includeErrorInReport: true },
    );
    expect(refused).toBeGreaterThan(CASES / 10);
    board.close();
  },
  process.env.RTT_SIM_FULL ? 3_600_000 : 120_000,
);

test("an object cut at any byte is refused, and nothing stays on the heap", () => {
  const object = BASES[2];
  const board = new Board({ files: { "/cut.mo": object }, ticks: 5 });
  const before = board.heapUsed;
  for (let length = 1; length < object.length; length += process.env.RTT_SIM_FULL ? 1 : 13) {
    board.replace("/cut.mo", object.slice(0, length));
    board.refused.length = 0;
    board.run("cut");
    expect({ length, refused: board.refused.length, used: board.heapUsed }).toEqual({
      length,
      refused: 1,
      used: before,
    });
  }
}, 120_000);

/** hello.mo without its section headers, as sstrip leaves a file: what the loader needs is in the dynamic segment. */
function withoutSections(file: Uint8Array): Uint8Array {
  const { shoff } = new ElfImage(file).header;
  const bare = file.slice(0, shoff);
  const view = new DataView(bare.buffer);
  view.setUint32(32, 0, true);
  view.setUint16(48, 0, true);
  view.setUint16(50, 0, true);
  return bare;
}

test.each([
  ["a module", BASES[0]],
  ["one without section headers", withoutSections(BASES[0])],
])(
  "%s, cut at any byte, is refused in one sentence or runs and is gone",
  (_, module) => {
    const board = new Board({ files: { "/cut.mo": module }, ticks: 50 });
    expect(board.run("cut")).toBe("Hello, world\n");
    const before = board.heapUsed;
    let ran = 0;
    for (let length = 0; length < module.length; length++) {
      board.replace("/cut.mo", module.slice(0, length));
      board.refused.length = 0;
      board.ended.length = 0;
      const started = cpuTime();
      board.run("cut");
      expect(cpuTime() - started).toBeLessThan(HANG);
      const { refused, ended } = board;
      expect({ length, events: refused.length + ended.length }).toEqual({ length, events: 1 });
      for (const { reasons } of refused) {
        expect(reasons).toHaveLength(1);
        expect(reasons[0]).toMatch(/^[^\n]{10,}$/);
      }
      ran += ended.length;
      const modules = board.loader.modules().length;
      expect({ length, used: board.heapUsed, modules }).toEqual({
        length,
        used: before,
        modules: 0,
      });
    }
    // The end of the file holds what the loader does not need only when there are no headers of sections.
    expect(ran > 0).toBe(module !== BASES[0]);
    board.close();
  },
  120_000,
);

const RUNS = process.env.RTT_SIM_FULL ? 5000 : 200;

test.each([
  ["", false],
  ["as 4.0.4 does", true],
])(
  `${RUNS} changed modules, loaded and run %s: whatever the guest does, the simulator goes on`,
  (_, compat404) => {
    fc.assert(
      fc.property(mutant, (recipe) => {
        const files = {
          "/odd.mo": build(recipe),
          "/lib/libbase.so": BASES[6],
          "/lib/libmiddle.so": fixture("test/dlmodule/libraries/libmiddle.so"),
        };
        // Code that went astray executes all memory up to its end as instructions: little memory, for the limit is for the simulator.
        const board = new Board({ files, compat404, ticks: 20, ram: 0x100000 });
        const started = cpuTime();
        board.run("odd");
        expect(cpuTime() - started).toBeLessThan(HANG);
        board.close();
      }),
      { numRuns: RUNS, includeErrorInReport: true },
    );
  },
  900_000,
);
