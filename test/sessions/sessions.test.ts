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
        for (const step of replay(session(name), mode)) {
          const { label, difference } = step;
          if (!difference) {
            expect({ label, text: step.received }).toEqual({ label, text: step.recorded });
            continue;
          }
          // What is listed must still differ, and in no other way than listed.
          const { change, mask } = difference;
          const hidden = (text: string) => (mask ? text.replace(mask, "*") : text);
          expect({ label, text: step.received }).not.toEqual({ label, text: step.recorded });
          if (!change) continue;
          expect({ label, text: hidden(step.received) }).toEqual({
            label,
            text: hidden(change(step.recorded, label)),
          });
        }
      },
      TIMEOUT,
    );
  }
}

test("every listed step exists", () => {
  for (const mode of ["compat", "default"] as const) {
    for (const name of SESSIONS) {
      const labels = session(name).steps.map(labelOf);
      const given = [...listed(name, mode).keys()];
      expect(given.filter((label) => !labels.includes(label))).toEqual([]);
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

test("docs/fidelity.md: every table has its title, and no row is cut off from it", () => {
  const lines = fidelityDocument().split("\n");
  const first = lines.flatMap((line, i) =>
    line.startsWith("|") && !lines[i - 1]?.startsWith("|") ? [i] : [],
  );
  expect(first.length).toBeGreaterThan(2);
  expect(first.filter((i) => !/^\|( --- \|)+$/.test(lines[i + 1])).map((i) => lines[i])).toEqual(
    [],
  );
});

test("list_symbols knows every name of the original's table", () => {
  const names = (text: string) => new Set(text.match(/^\w+(?= => 0x)/gm));
  const step = replay(session("19-symbols"), "compat")[1];
  const here = names(step.received);
  const original = [...names(step.recorded)];
  expect(original.length).toBe(360);
  expect(original.filter((name) => !here.has(name))).toEqual([]);
});
