import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bind, type LoadPlan, planLoad, relocate } from "../../src/dlmodule/mod.ts";
import { ElfImage, relocationCode, relocationName } from "../../src/elf/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { makeModule } from "../elf/make-module.ts";
import { smallObject } from "./small-object.ts";

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
  return planLoad(object, { compat404: false });
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

/** The block of a module at TEXT, after relocation. */
function loaded(plan: LoadPlan, bindings: ReturnType<typeof bind>): Uint8Array {
  memory.fill(TEXT, bindings.size, 0);
  for (const { vaddr, bytes } of plan.segments) memory.write(TEXT + vaddr, bytes);
  relocate(plan, bindings, view, TEXT);
  return memory.read(TEXT, bindings.size).slice();
}

async function ours(name: string): Promise<{ plan: LoadPlan; bytes: Uint8Array }> {
  const plan = planOf(await elf(`${name}.o`));
  const lookup = lookupIn(await elf(name === "more" ? "more.elf" : "linked.elf"));
  const bindings = bind(plan, { lookup, compat404: false });
  expect(bindings.missing).toEqual([]);
  return { plan, bytes: loaded(plan, bindings) };
}

test("every relocation type gives the bytes that GNU ld gives", async () => {
  const linked = await elf("linked.elf");
  const expected = linked.data(linked.section(".text")!);
  const { plan, bytes } = await ours("relocations");
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
  expect(Buffer.from(bytes.subarray(0, plan.size))).toEqual(Buffer.from(expected));
});

describe("objects with a global offset table, veneers and several sections, against GNU ld", async () => {
  const linked = await elf("more.elf");
  const text = linked.data(linked.section(".text")!);
  const got = linked.section(".got")!;
  // more.ld puts the sections where our layout has them: from TEXT on; its table and veneers lie elsewhere.
  const theirs = new Uint8Array(got.addr + got.size - TEXT);
  theirs.set(text);
  theirs.set(linked.data(got), got.addr - TEXT);
  const { plan, bytes } = await ours("more");
  const object = plan.segments[0].bytes;
  const word = (image: Uint8Array, at: number): number =>
    new DataView(image.buffer, image.byteOffset).getInt32(at, true);
  const names = new Map<string, number>();
  for (const table of plan.relocations)
    for (let i = 0; i < table.count; i++) {
      const at = table.offset(i);
      const type = relocationName(table.type(i));
      const n = (names.get(type) ?? 0) + 1;
      names.set(type, n);
      test(`${type} ${n}`, () => {
        const [a, b] = [bytes, theirs].map((image) => {
          if (/GOT_(BREL|PREL)$/.test(type)) {
            const base = type === "R_ARM_GOT_PREL" ? at : tableOf(image);
            const addend = word(object, at);
            return word(image, base + word(image, at) - addend);
          }
          if (type === "R_ARM_GOTOFF32") return tableOf(image) + word(image, at);
          // Whatever the table's place, it is inside the block.
          if (type === "R_ARM_BASE_PREL") return tableOf(image) >= plan.size;
          if (/JUMP(8|11)$/.test(type)) return word(image, at) & 0xffff;
          if (/CALL|JUMP|PC24|PLT32/.test(type)) return destination(image, at, /THM/.test(type));
          return word(image, at);
        });
        expect(a).toEqual(b);
      });
    }
  /** Offset of the global offset table, by the one record that says where it is. */
  function tableOf(image: Uint8Array): number {
    for (const table of plan.relocations)
      for (let i = 0; i < table.count; i++)
        if (relocationName(table.type(i)) === "R_ARM_BASE_PREL")
          return table.offset(i) + word(image, table.offset(i));
    throw new Error("no BASE_PREL");
  }
  test("the set has every branch and table type", () => {
    expect([...names.keys()].sort()).toEqual([
      "R_ARM_ABS12",
      "R_ARM_ABS32",
      "R_ARM_ABS32_NOI",
      "R_ARM_BASE_PREL",
      "R_ARM_CALL",
      "R_ARM_GOTOFF32",
      "R_ARM_GOT_BREL",
      "R_ARM_GOT_PREL",
      "R_ARM_JUMP24",
      "R_ARM_LDR_PC_G0",
      "R_ARM_NONE",
      "R_ARM_PC24",
      "R_ARM_PLT32",
      "R_ARM_REL32_NOI",
      "R_ARM_TARGET1",
      "R_ARM_TARGET2",
      "R_ARM_THM_CALL",
      "R_ARM_THM_JUMP11",
      "R_ARM_THM_JUMP19",
      "R_ARM_THM_JUMP24",
      "R_ARM_THM_JUMP8",
      "R_ARM_THM_PC12",
      "R_ARM_THM_PC8",
      "R_ARM_V4BX",
    ]);
  });
});

/** Where the branch at `at` leads, through veneers, with bit 0 for Thumb code; a branch that became a NOP gives "nop". */
function destination(image: Uint8Array, at: number, thumb: boolean): string {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  let pc = at;
  for (let steps = 0; steps < 6; steps++) {
    const name = `0x${((TEXT + pc) >>> 0).toString(16)}${thumb ? " thumb" : ""}`;
    if (pc < 0 || pc >= image.length) return name;
    if (thumb) {
      const [high, low] = [view.getUint16(pc, true), view.getUint16(pc + 2, true)];
      if (high === 0xf3af && low === 0x8000) return "nop";
      if (high === 0x4778) {
        pc += 4;
        thumb = false;
      } else if (high === 0xf8df && low === 0xf000) {
        const target = view.getInt32(pc + 4, true);
        return `0x${((target & ~1) >>> 0).toString(16)}${target & 1 ? " thumb" : ""}`;
      } else if (high >>> 11 === 0x1e && low & 0x8000) {
        const s = (high >> 10) & 1;
        const [j1, j2] = [(low >> 13) & 1, (low >> 11) & 1];
        const far = (low & 0x1000) !== 0 || (low & 0xd000) === 0xc000;
        const x = far
          ? (s << 24) | ((j1 ^ s ^ 1) << 23) | ((j2 ^ s ^ 1) << 22) | ((high & 0x3ff) << 12)
          : (s << 20) | (j2 << 19) | (j1 << 18) | ((high & 0x3f) << 12);
        const bits = far ? 25 : 21;
        const offset = ((x | ((low & 0x7ff) << 1)) << (32 - bits)) >> (32 - bits);
        const exchange = (low & 0xd000) === 0xc000;
        pc = exchange ? ((pc + 4) & ~3) + offset : pc + 4 + offset;
        thumb = !exchange;
      } else return name;
    } else {
      const insn = view.getInt32(pc, true);
      if ((insn & 0x0fffffff) === 0x0320f000) return "nop";
      if (insn === (0xe51ff004 | 0) || insn === (0xe59fc000 | 0)) {
        const target = view.getInt32(pc + (insn === (0xe51ff004 | 0) ? 4 : 8), true);
        return `0x${((target & ~1) >>> 0).toString(16)}${target & 1 ? " thumb" : ""}`;
      }
      const exchange = insn >>> 25 === 0x7d;
      if (!exchange && ((insn >>> 25) & 7) !== 5) return name;
      pc += 8 + ((insn << 8) >> 6) + (exchange ? (insn >>> 23) & 2 : 0);
      thumb = exchange;
    }
  }
  return "too many steps";
}

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
    const plan = planWith(102, 0, 0xe7fe);
    const bindings = bind(plan, { lookup, compat404: false });
    memory.write(TEXT, plan.segments[0].bytes);
    expect(() => relocate(plan, bindings, view, TEXT)).toThrow(
      /R_ARM_THM_JUMP11.*cannot reach target at 0x10000000: it is \d+ bytes away and the instruction reaches 2048.*-mlong-calls/,
    );
  });

  /** Distance from the lowest to the highest value that fits, as the manuals of instructions and of the ABI have it; the grain. */
  const REACHES: readonly (readonly [type: string, word: number, span: number, grain: number])[] = [
    // A8.8.18, encodings T2 and T1 of B.
    ["R_ARM_THM_JUMP11", 0xe7fe, 2046 + 2048, 2],
    ["R_ARM_THM_JUMP8", 0xd0fe, 254 + 256, 2],
    // A8.8.64, LDR (literal): imm8 * 4 forwards; imm12 in both directions.
    ["R_ARM_THM_PC8", 0x4800, 1020, 4],
    // Of an import bit 0 is the Thumb bit.
    ["R_ARM_THM_PC12", 0x0000f8df, 2 * 4094, 2],
    ["R_ARM_LDR_PC_G0", 0xe59f0000, 2 * 4095, 1],
    // IHI 0044: signed or unsigned numbers of so many bits.
    ["R_ARM_ABS8", 0, 128 + 255, 1],
    ["R_ARM_ABS16", 0, 32768 + 65535, 1],
    ["R_ARM_ABS12", 0xe5900000, 4095, 1],
    ["R_ARM_PREL31", 0, 2 ** 31 - 1, 1],
  ];
  test.each(REACHES)(
    "%s reaches as far as the instruction does, and no farther",
    (name, word, span, grain) => {
      const number = /ABS/.test(name);
      const thumb = /THM_J/.test(name) ? 1 : 0;
      const type = relocationCode(name);
      const refusal = (distance: number): string | undefined => {
        const plan = planWith(type, 0, word);
        const base = number ? 0 : TEXT + 8;
        const bindings = bind(plan, {
          lookup: () => (base + distance * grain) | thumb | 0 || 1,
          compat404: false,
        });
        memory.write(TEXT, plan.segments[0].bytes);
        try {
          relocate(plan, bindings, view, TEXT);
          return undefined;
        } catch (error) {
          return (error as Error).message;
        }
      };
      expect(refusal(2)).toBeUndefined();
      /** The last distance in a direction that fits. */
      const edge = (direction: 1 | -1): number => {
        let [good, bad] = [2 * direction, direction * (2 ** 31 / grain)];
        if (refusal(good) !== undefined) good = direction === -1 ? 1 : good;
        while (Math.abs(bad - good) > 1) {
          const middle = Math.trunc((good + bad) / 2);
          if (refusal(middle) === undefined) good = middle;
          else bad = middle;
        }
        return good;
      };
      const [low, high] = [edge(-1), edge(1)];
      expect((high - low) * grain).toBe(span);
      if (name === "R_ARM_PREL31") return;
      for (const beyond of [low - 1, high + 1])
        expect(refusal(beyond)).toMatch(
          number
            ? new RegExp(`${name}.*has no room for the value of target, 0x`)
            : new RegExp(`${name}.*cannot reach target at 0x.*: it is \\d+ bytes away`),
        );
    },
  );

  test("R_ARM_THM_PC12 of a byte at an odd address, as ldrb.w has it", () => {
    for (const [type, expected] of [
      [1, 0xf89f0007],
      // A Thumb function's bit 0 is not part of its address.
      [2, 0xf89f0006],
    ]) {
      const { file, dataAddress } = makeModule({
        symbols: [{ name: "datum", value: 0, info: 0x10 | type, shndx: 4 }],
        relocations: [{ offset: 0, type: relocationCode("R_ARM_THM_PC12"), symbol: 1 }],
        data: new Uint8Array(Uint16Array.of(0xf89f, 0x0000, 0, 0, 0, 0).buffer),
      });
      const image = new ElfImage(file);
      const symbol = image.section(".dynsym")!.offset + 16;
      new DataView(file.buffer).setUint32(symbol + 4, dataAddress + 7, true);
      const plan = planLoad(new ElfImage(file), { compat404: false });
      const bindings = bind(plan, { lookup, compat404: false });
      for (const { vaddr, bytes } of plan.segments) memory.write(TEXT + vaddr - plan.start, bytes);
      relocate(plan, bindings, view, TEXT);
      const at = TEXT + dataAddress - plan.start;
      expect((((memory.ld16(at) << 16) | memory.ld16(at + 2)) >>> 0).toString(16)).toBe(
        expected.toString(16),
      );
    }
  });

  test("a type without a row", () => {
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
      /outside .text/,
    );
  });
});
