/** newlib's copies that meet the end of memory, or bytes nobody may store to: every engine stops at the same place, and what came before is done. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { Firmware } from "../../../src/firmware/mod.ts";
import { FIRMWARE } from "../../firmware/place.ts";
import { newSide, runInStep } from "./side.ts";

const file = readFileSync(FIRMWARE);
const RETURN = 0x60200000;
const STACK = 0x60300000;
const FROM = 0x60400000;
const TO = 0x60500000;
/** Nobody may store here, where a case is about that. */
const GUARD = TO + 1024;
const RAM_END = 0x60800000;
/** No function of the library looks further ahead than this. */
const AHEAD = 64;
const LENGTH = 700;

interface Case {
  readonly name: string;
  /** Reads to the end of memory, or stores to where it is guarded. */
  readonly why: "read" | "write";
  readonly copies: boolean;
}
const CASES: readonly Case[] = [
  { name: "memcpy", why: "read", copies: true },
  { name: "memcpy", why: "write", copies: true },
  { name: "memmove", why: "read", copies: true },
  { name: "memmove", why: "write", copies: true },
  { name: "memset", why: "write", copies: false },
  { name: "strcpy", why: "read", copies: true },
  { name: "strcpy", why: "write", copies: true },
  { name: "memcmp", why: "read", copies: false },
  { name: "strlen", why: "read", copies: false },
];

for (const { name, why, copies } of CASES)
  test(`${name}: a ${why} in its middle that must not be`, () => {
    const sides = (["interp", "jit", "auto"] as Engine[]).map(newSide);
    const [entry] = sides.map(({ memory }) => new Firmware(memory, file).lookup(name));
    for (const { memory } of sides) {
      memory.st32(RETURN, 0xef000000);
      if (why === "write") memory.addGuard(GUARD, GUARD + 4, name);
    }
    for (let skew = 0; skew < 32; skew++) {
      const room = 200 + skew * 7;
      const from = why === "read" ? RAM_END - room : FROM + (skew & 7);
      const to = why === "write" ? GUARD - room : TO + (skew >> 2);
      // Without zeros: strings do not end. What is compared is the same.
      const text = Uint8Array.from(
        { length: Math.min(RAM_END - from, 4096) },
        (_, k) => 1 + ((k * 7) % 251),
      );
      for (const { memory, cpu } of sides) {
        memory.write(from, text);
        memory.fill(TO, 4096, name === "memcmp" ? 0 : 0xee);
        if (name === "memcmp") memory.write(to, text.subarray(0, room));
        const one = name === "strlen" ? from : to;
        cpu.r.set([one, name === "memset" ? 0x5a : from, LENGTH]);
        cpu.r[13] = STACK;
        cpu.r[14] = RETURN;
        cpu.cpsr = 0x13;
        cpu.jump(entry);
      }
      const at = { name, why, skew };
      const units = () => 1 + (skew % 5) * 9;
      const { exit, fault } = runInStep(sides, at, 1000, units, [[TO, 4096]]).at(-1)!;
      expect({ at, exit }).toEqual({ at, exit: Exit.Fault });
      const address = fault!.address! >>> 0;
      expect(fault!.access).toBe(why);
      const first = why === "write" ? GUARD : RAM_END;
      expect(address).toBeGreaterThan(first - AHEAD);
      expect(address).toBeLessThan(first + AHEAD);
      if (copies) {
        // What was stored is what was to be copied; behind the place of the fault nothing was.
        const stored = sides[0].memory.read(to, TO + 4096 - to);
        let length = 0;
        while (length < room && stored[length] === text[length]) length++;
        if (name !== "memmove") expect(length).toBeGreaterThan(room - AHEAD);
        expect(stored.subarray(room).every((byte) => byte === 0xee)).toBe(true);
      }
    }
    for (const { memory } of sides) memory.dispose();
  });
