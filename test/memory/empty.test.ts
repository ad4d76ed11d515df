/** The host's accesses of no bytes: C lets a pointer be anything then, and NULL is usual. */
import { expect, test } from "bun:test";
import { GuestFault, GuestMemory } from "../../src/memory/mod.ts";

const memory = new GuestMemory({ base: 0x60000000, size: 0x100000 });

for (const address of [0, 0x10, 0x60000000, memory.end, -4, 0xffffffff])
  test(`nothing is read or stored at 0x${(address >>> 0).toString(16)}`, () => {
    const none = new Uint8Array(0);
    expect(memory.read(address, 0)).toEqual(none);
    expect(memory.copy(address, 0)).toEqual(none);
    expect(memory.cbytes(address, 0)).toEqual(none);
    expect(memory.cstring(address, 0)).toBe("");
    memory.write(address, none);
    memory.poke(address, none);
    memory.fill(address, 0, 1);
    memory.checkStore(address, 0);
    expect(memory.writable(address, 0)).toBe(0);
  });

test("one byte outside of memory is a fault as ever", () => {
  for (const address of [0, memory.base - 1, memory.end, 0xffffffff]) {
    expect(() => memory.read(address, 1)).toThrow(GuestFault);
    expect(() => memory.write(address, new Uint8Array(1))).toThrow(GuestFault);
    expect(() => memory.fill(address, 1, 0)).toThrow(GuestFault);
    expect(() => memory.checkStore(address, 1)).toThrow(GuestFault);
    expect(() => memory.cstring(address, 1)).toThrow(GuestFault);
    expect(memory.writable(address, 1)).toBe(0);
  }
});

test("what can be written ends where memory does, also at 2 GiB", () => {
  const high = new GuestMemory({ base: 0x7ff00000, size: 0x200000 });
  expect(high.writable(0x80000100, 0x20000)).toBe(0x20000);
  expect(high.writable(high.end - 3, 100)).toBe(3);
  high.dispose();
});
