import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Firmware, FirmwareError } from "../../src/firmware/mod.ts";
import { GuestFault, GuestMemory } from "../../src/memory/mod.ts";
import { FIRMWARE } from "./place.ts";

const file = readFileSync(FIRMWARE);
/** Where the heap begins on the reference board. */
const HEAP = 0x6007ce14;

test("the image lies where the kernel image lies on the board, below the heap", () => {
  const firmware = new Firmware(new GuestMemory(), file);
  expect(firmware.start).toBe(0x60010000);
  expect(firmware.end).toBeLessThanOrEqual(HEAP);
});

test("code and constants are read-only for the guest, data and the rest of memory are not", () => {
  const memory = new GuestMemory();
  const firmware = new Firmware(memory, file);
  const store = (address: number) => memory.checkAccess(address, 4, "write");
  for (const name of ["printf", "memcpy", "_ctype_"])
    expect(() => store(firmware.lookup(name) & ~3)).toThrow(GuestFault);
  for (const address of [
    firmware.impurePtr,
    firmware.current,
    firmware.globalReent,
    firmware.end,
    HEAP,
  ])
    expect(() => store(address)).not.toThrow();
});

test("there is nothing below the image", () => {
  const memory = new GuestMemory();
  const firmware = new Firmware(memory, file);
  for (const address of [memory.base, memory.base + 0x3c, firmware.start - 4])
    for (const access of ["read", "write"] as const)
      expect(() => memory.checkAccess(address, 4, access)).toThrow(GuestFault);
  expect(() => memory.checkAccess(firmware.start, 4, "read")).not.toThrow();
});

test("bss is zero whatever was in memory before", () => {
  const memory = new GuestMemory();
  memory.fill(0x60010000, 0x70000, 0xa5);
  const firmware = new Firmware(memory, file);
  expect(memory.ld32(firmware.current)).toBe(0);
});

test.skipIf(!Bun.which("readelf"))("readelf finds nothing to complain about", () => {
  const result = Bun.spawnSync(["readelf", "-a", "-W", FIRMWARE], {
    stdout: "pipe",
    stderr: "pipe",
  });
  expect(result.stderr.toString()).toBe("");
  expect(result.stdout.toString()).toContain("EXEC (Executable file)");
  expect(result.stdout.toString()).not.toContain("RWE");
});

describe("a bad image is refused with a FirmwareError", () => {
  const memory = new GuestMemory();
  /** Loads, or refuses with FirmwareError; anything else is a defect. */
  const refused = (bytes: Uint8Array): string | undefined => {
    try {
      new Firmware(memory, bytes);
      return undefined;
    } catch (error) {
      if (error instanceof FirmwareError) return error.message;
      throw error;
    }
  };

  test.each([
    ["empty", new Uint8Array(0), "empty"],
    ["text", new TextEncoder().encode("#!/bin/sh\n".repeat(20)), "magic"],
    ["truncated", file.subarray(0, file.length >> 1), "firmware image"],
  ])("%s", (_, bytes, why) => {
    expect(refused(bytes)).toContain(why);
  });

  test("a segment outside RAM", () => {
    const bytes = file.slice();
    const view = new DataView(bytes.buffer);
    const phoff = view.getUint32(28, true);
    for (let i = 0; i < view.getUint16(44, true); i++)
      if (view.getUint32(phoff + 32 * i, true) === 1)
        view.setUint32(phoff + 32 * i + 8, 0x70000000, true);
    expect(refused(bytes)).toContain("outside RAM");
  });

  test("any byte of the headers changed", () => {
    for (let at = 0; at < 52 + 3 * 32; at++) {
      const bytes = file.slice();
      bytes[at] ^= 0xff;
      refused(bytes);
    }
  });

  test("section headers and symbols changed", () => {
    let seed = 12345;
    const shoff = new DataView(file.buffer, file.byteOffset).getUint32(32, true);
    for (let i = 0; i < 300; i++) {
      const bytes = file.slice();
      for (let k = 0; k < 4; k++) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        const span = bytes.length - shoff;
        bytes[i % 2 ? shoff + (seed % span) : shoff - 1 - (seed % 0x10000)] = seed >>> 24;
      }
      refused(bytes);
    }
  });
});
