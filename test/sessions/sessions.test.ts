/**
 * Sessions at the serial console of a real RT-Thread 4.0.4 (qemu-vexpress-a9), typed again: what comes back is equal byte for byte
 * but for masks.ts and differences.ts.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { DELIBERATE, listed, OPEN } from "./differences.ts";
import { DOCUMENT, fidelityDocument } from "./document.ts";
import { labelOf, replay } from "./replay.ts";
import { session, SESSIONS } from "./sessions.ts";

/** Milliseconds of host time for one session. */
const TIMEOUT = 60_000;

for (const name of SESSIONS) {
  for (const mode of ["compat", "default"] as const) {
    test(
      `${name}, ${mode === "compat" ? "--compat 4.0.4" : "without options"}`,
      () => {
        const differing = replay(session(name), mode);
        const expected = listed(name, mode);
        for (const { label, expected: recorded, received } of differing) {
          if (!expected.includes(label))
            expect({ label, text: received }).toEqual({ label, text: recorded });
        }
        expect(differing.map(({ label }) => label).sort()).toEqual([...expected].sort());
      },
      TIMEOUT,
    );
  }
}

test("every listed step exists, once", () => {
  for (const mode of ["compat", "default"] as const) {
    for (const name of SESSIONS) {
      const labels = session(name).steps.map(labelOf);
      const given = listed(name, mode);
      expect(given.filter((label) => !labels.includes(label))).toEqual([]);
      expect(new Set(given).size).toBe(given.length);
    }
  }
  const names = [...DELIBERATE, ...OPEN].flatMap(({ steps }) => Object.keys(steps));
  expect(names.filter((name) => !SESSIONS.includes(name))).toEqual([]);
});

test("docs/fidelity.md is up to date (else: bun test/sessions/document.ts)", () => {
  // A formatter may have aligned its tables.
  const plain = (text: string) => text.replaceAll(/ {2,}/g, " ").replaceAll(/-{3,}/g, "---");
  expect(plain(readFileSync(DOCUMENT, "utf8"))).toBe(plain(fidelityDocument()));
});

test("list_symbols knows every name of the original's table", () => {
  const names = (text: string) => new Set(text.match(/^\w+(?= => 0x)/gm));
  const [difference] = replay(session("19-symbols"), "compat");
  const here = names(difference.received);
  const original = [...names(difference.expected)];
  expect(original.length).toBe(360);
  expect(original.filter((name) => !here.has(name))).toEqual([]);
});
