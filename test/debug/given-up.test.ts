/** Debugging information that cannot be read: reports do without it, and say so once. */
import { expect, test } from "bun:test";
import { ElfImage } from "../../src/elf/mod.ts";
import { crash, moduleOf } from "./faulty.ts";

/** The module with one section overwritten from an offset on. */
function broken(kind: string, section: string, at: number, bytes: readonly number[]): Uint8Array {
  const file = moduleOf(kind, "a9").slice();
  const { offset } = new ElfImage(file).section(section)!;
  file.set(bytes, offset + at);
  return file;
}

const notes = (text: string): string[] =>
  text.split("\n").filter((line) => line.trimStart().startsWith("note: "));

test("a broken line table", () => {
  // A table longer than its section.
  const { reports } = crash(broken("callback", ".debug_line", 0, [0xff, 0xff, 0xff, 0x0f]));
  const [{ text, notes: told, backtrace }] = reports;
  expect(notes(text).length).toBe(1);
  expect(notes(text)[0]).toMatch(/debugging information of \/faults\.mo: lines: /);
  expect(told.length).toBe(1);
  // Functions and frames are still there.
  expect(backtrace.map(({ place }) => place?.symbol)).toContain("main");
});

test("broken entries, and broken call frames", () => {
  for (const section of [".debug_info", ".debug_frame"]) {
    const { reports } = crash(broken("callback", section, 0, [0xff, 0xff, 0xff, 0x0f]));
    expect(notes(reports[0].text).length).toBe(1);
  }
});

test("a deadlock says it, too", () => {
  const { standstill } = crash(broken("deadlock", ".debug_line", 0, [0xff, 0xff, 0xff, 0x0f]));
  expect(standstill?.kind).toBe("deadlock");
  expect(notes(String(standstill?.text)).length).toBe(1);
  expect(standstill?.notes).toEqual([expect.stringContaining("lines: ")]);
});

test("nothing is said of what can be read", () => {
  expect(notes(crash(moduleOf("callback", "a9")).reports[0].text)).toEqual([]);
});
