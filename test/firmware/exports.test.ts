import { beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { ElfImage, STT } from "../../src/elf/mod.ts";
import { exportRows } from "../../src/exports.ts";
import { Firmware } from "../../src/firmware/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { FIRMWARE, firmwareSymbol } from "./place.ts";

const memory = new GuestMemory();
let firmware: Firmware;
beforeAll(() => {
  firmware = new Firmware(memory, readFileSync(FIRMWARE));
});

function names(file: string): string[] {
  const lines = readFileSync(`${import.meta.dir}/names/${file}.txt`, "utf8").split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

const missing = (wanted: string[]) => wanted.filter((name) => firmware.lookup(name) === 0);

describe("a module finds", () => {
  test("every function of the C standard", () => {
    const wanted = names("standard").flatMap((line) => {
      const [header, ...functions] = line.split(" ");
      const real = header === "math" || header === "complex";
      return real ? functions.flatMap((name) => [name, `${name}f`, `${name}l`]) : functions;
    });
    expect(wanted.length).toBeGreaterThan(450);
    expect(missing(wanted)).toEqual([]);
  });

  test("what programs import and the stock kernel exports of the C library", () => {
    expect(missing(names("modules"))).toEqual([]);
  });

  test("the helpers of the compiler and the C++ runtime", () => {
    expect(missing(names("runtime"))).toEqual([]);
  });
});

test("internals are not visible", () => {
  expect(names("hidden").filter((name) => firmware.lookup(name) !== 0)).toEqual([]);
});

test("entries gives each name once, with the address lookup gives", () => {
  const entries = [...firmware.entries()];
  expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
  expect(entries.filter(({ name, address }) => firmware.lookup(name) !== address)).toEqual([]);
});

test("bit 0 of an address is set for Thumb functions and only for them", () => {
  const image = new ElfImage(readFileSync(FIRMWARE));
  const symbols = image.staticSymbols()!;
  const functions = new Map<string, number>();
  for (let i = 1; i < symbols.count; i++)
    if (symbols.type(i) === STT.FUNC) functions.set(symbols.name(i), symbols.value(i));
  const wrong = [...firmware.entries()].filter(({ name, address }) => {
    const value = functions.get(name) ?? functions.get(`__wrap_${name}`);
    return value === undefined ? address % 2 !== 0 && name !== "memcpy" : false;
  });
  expect(wrong).toEqual([]);
  expect(firmware.lookup("memcpy") & 1).toBe(0);
  expect(firmware.lookup("strlen") & 1).toBe(1);
  expect(firmware.lookup("_impure_ptr")).toBe(firmware.impurePtr);
});

test("each stub loads the number of its function and makes a supervisor call", () => {
  expect(new Set(firmware.svcNames).size).toBe(firmware.svcNames.length);
  for (const [number, name] of firmware.svcNames.entries()) {
    const stub = (firmware.lookup(name) || firmwareSymbol(name)) - 1;
    // MOVW ip, #number (ARM ARM A8.8.102, encoding T3); SVC #0; BX lr
    const imm = {
      i: (number >> 11) & 1,
      imm4: number >> 12,
      imm3: (number >> 8) & 7,
      imm8: number & 0xff,
    };
    expect([0, 2, 4, 6].map((at) => memory.ld16(stub + at))).toEqual([
      0xf240 | (imm.i << 10) | imm.imm4,
      (imm.imm3 << 12) | 0x0c00 | imm.imm8,
      0xdf00,
      0x4770,
    ]);
  }
  for (const needed of ["_rtt_wait", "_rtt_exit", "write", "rt_malloc"])
    expect(firmware.svcNames).toContain(needed);
});

test("every row of the export table has a stub: else run bun src/firmware/build.ts", () => {
  const stubs = new Set(firmware.svcNames);
  expect(exportRows.map(({ name }) => name).filter((name) => !stubs.has(name))).toEqual([]);
  const hidden = (name: string) => name.startsWith("_rtt_");
  const names = exportRows.map(({ name }) => name);
  expect(names.filter((name) => hidden(name) === (firmware.lookup(name) !== 0))).toEqual([]);
});

test("nearest names the function that contains an address", () => {
  const printf = firmware.lookup("printf") & ~1;
  expect(firmware.nearest(printf)).toEqual({ name: "printf", offset: 0 });
  expect(firmware.nearest(printf + 6)).toEqual({ name: "printf", offset: 6 });
  expect(firmware.nearest(firmware.start - 4)).toBeUndefined();
  expect(firmware.nearest(firmware.end)).toBeUndefined();
});
