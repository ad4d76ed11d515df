import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bind, relocate } from "../../src/dlmodule/relocate-arm.ts";
import type { LoadPlan } from "../../src/dlmodule/plan.ts";
import { ElfImage, relocationName } from "../../src/elf/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

/**
 * relocations.s has one instruction or word for each type and interesting case; linked.elf is what GNU ld made of it
 * (relocations.o and targets.s with link.ld). Our loader must turn the same object into the same bytes.
 */
const DIR = join(import.meta.dir, "relocations");
const TEXT = 0x60100000;

async function elf(name: string): Promise<ElfImage> {
  return new ElfImage(new Uint8Array(await Bun.file(join(DIR, name)).arrayBuffer()));
}

function planOf(object: ElfImage): LoadPlan {
  const text = object.section(".text")!;
  const none = { vaddr: 0, size: 0 };
  return {
    start: 0,
    size: text.size,
    align: 4,
    entry: 0,
    segments: [{ vaddr: 0, bytes: object.data(text), memsz: text.size, writable: true }],
    relocations: object.relocations().filter(({ target }) => target === text.index),
    symbols: undefined,
    exports: new Map(),
    functions: [],
    needed: [],
    preinit: none,
    init: none,
    fini: none,
    exidx: none,
    extab: none,
    linked: false,
    hardFloat: false,
    warnings: [],
  };
}

function lookupIn(image: ElfImage): (name: string) => number {
  const symbols = image.staticSymbols()!;
  return (name) => {
    const i = symbols.find(name);
    return i < 0 ? 0 : symbols.value(i);
  };
}

const memory = new GuestMemory();
const view = new DataView(memory.wasm.buffer);

async function ours(): Promise<{ plan: LoadPlan; bytes: Uint8Array }> {
  const plan = planOf(await elf("relocations.o"));
  const lookup = lookupIn(await elf("linked.elf"));
  const bindings = bind(plan, { lookup, compat404: false });
  expect(bindings.missing).toEqual([]);
  memory.write(TEXT, plan.segments[0].bytes);
  relocate(plan, bindings, view, TEXT);
  return { plan, bytes: memory.read(TEXT, plan.size).slice() };
}

test("every relocation type gives the bytes that GNU ld gives", async () => {
  const linked = await elf("linked.elf");
  const expected = linked.data(linked.section(".text")!);
  const { plan, bytes } = await ours();
  const [table] = plan.relocations;
  const differing: string[] = [];
  for (let i = 0; i < table.count; i++) {
    const at = table.offset(i);
    const got = Buffer.from(bytes.subarray(at, at + 4)).toString("hex");
    const want = Buffer.from(expected.subarray(at, at + 4)).toString("hex");
    const name = `${relocationName(table.type(i))} at ${at.toString(16)}`;
    if (got !== want) differing.push(`${name}: ${got}, ld ${want}`);
  }
  expect(differing).toEqual([]);
  expect(Buffer.from(bytes)).toEqual(Buffer.from(expected));
});

const ld = Bun.which("arm-none-eabi-ld");
const as = Bun.which("arm-none-eabi-as");

test.skipIf(!ld || !as)(
  "linked.elf is what the assembler and linker of this machine make",
  async () => {
    const out = mkdtempSync(join(tmpdir(), "rtt-relocations-"));
    const run = (...command: string[]): void => {
      const { exitCode, stderr } = Bun.spawnSync(command, { cwd: out });
      expect(stderr.toString()).toBe("");
      expect(exitCode).toBe(0);
    };
    run(as!, join(DIR, "relocations.s"), "-o", "relocations.o");
    run(as!, "-march=armv7-a", join(DIR, "targets.s"), "-o", "targets.o");
    const small = ["--defsym", "small=0x42"];
    run(ld!, "-N", "-T", join(DIR, "link.ld"), "relocations.o", "targets.o", ...small, "-o", "out");
    const linked = new ElfImage(new Uint8Array(await Bun.file(join(out, "out")).arrayBuffer()));
    rmSync(out, { recursive: true });
    const stored = await elf("linked.elf");
    expect(linked.data(linked.section(".text")!)).toEqual(stored.data(stored.section(".text")!));
  },
);

describe("what cannot be patched is refused by name", () => {
  function planWith(type: number, offset: number, word: number): LoadPlan {
    const file = smallObject(type, offset, word);
    return planOf(new ElfImage(file));
  }
  const lookup = (): number => 0x10000000;

  test("a branch that does not reach its target", () => {
    const plan = planWith(28, 0, 0xebfffffe);
    const bindings = bind(plan, { lookup, compat404: false });
    memory.write(TEXT, plan.segments[0].bytes);
    expect(() => relocate(plan, bindings, view, TEXT)).toThrow(
      /R_ARM_CALL.*cannot reach target at 0x10000000.*-mlong-calls/,
    );
  });

  test("a type without a row", () => {
    expect(() => bind(planWith(20, 0, 0), { lookup, compat404: false })).toThrow(/R_ARM_COPY/);
    expect(() => bind(planWith(17, 0, 0), { lookup, compat404: false })).toThrow(
      /R_ARM_TLS_DTPMOD32/,
    );
    expect(() => bind(planWith(250, 0, 0), { lookup, compat404: false })).toThrow(/250/);
  });

  test("and 4.0.4 passes over it", () => {
    const plan = planWith(20, 0, 0x12345678);
    const bindings = bind(plan, { lookup, compat404: true });
    memory.write(TEXT, plan.segments[0].bytes);
    relocate(plan, bindings, view, TEXT);
    expect(memory.ld32(TEXT)).toBe(0x12345678);
  });

  test("a place outside the image", () => {
    expect(() => bind(planWith(2, 6, 0), { lookup, compat404: false })).toThrow(
      /R_ARM_ABS32.*outside the segments/,
    );
    expect(() => bind(planWith(2, 0xfffffffe, 0), { lookup, compat404: false })).toThrow(
      /outside the segments/,
    );
  });
});

/** ET_REL with 8 bytes of .text and one relocation against the undefined symbol `target`. */
function smallObject(type: number, offset: number, word: number): Uint8Array {
  const names = "\0.text\0.rel.text\0.symtab\0.strtab\0.shstrtab\0";
  const strings = "\0target\0";
  const sections: [string, number, number, number, number, Uint8Array][] = [
    [".text", 1, 6, 0, 0, words(word, 0)],
    [".rel.text", 9, 0, 3, 1, words(offset, (1 << 8) | type)],
    [".symtab", 2, 0, 4, 1, words(0, 0, 0, 0, 1, 0, 0, 0x10)],
    [".strtab", 3, 0, 0, 0, Buffer.from(strings, "latin1")],
    [".shstrtab", 3, 0, 0, 0, Buffer.from(names, "latin1")],
  ];
  const out = new Uint8Array(1024);
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 1, true);
  view.setUint16(18, 40, true);
  view.setUint32(32, 512, true);
  view.setUint16(46, 40, true);
  view.setUint16(48, sections.length + 1, true);
  view.setUint16(50, sections.length, true);
  let at = 64;
  sections.forEach(([name, kind, flags, link, info, data], i) => {
    out.set(data, at);
    const entry = kind === 9 ? 8 : kind === 2 ? 16 : 0;
    const fields = [names.indexOf(name), kind, flags, 0, at, data.length, link, info, 1, entry];
    fields.forEach((value, n) => view.setUint32(512 + 40 * (i + 1) + 4 * n, value, true));
    at += (data.length + 3) & ~3;
  });
  return out;
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
