/** The functions that some version of RT-Thread exports to modules (rt-thread.tsv), and ours. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { exportRows } from "../../src/exports.ts";
import { DOCUMENT, exportsDocument, knownExports, providedNames, status } from "./document.ts";

test("docs/exports.md is what bun test/exports/document.ts writes", () => {
  expect(readFileSync(DOCUMENT, "utf8")).toBe(exportsDocument());
});

test("everything that RT-Thread 4.0.4 exports without a network is there", () => {
  const provided = providedNames();
  const absent = knownExports()
    .filter(({ reference }) => reference)
    .map((known) => status(known, provided))
    .filter(({ here, remark }) => !here && remark !== "there is no network");
  expect(absent).toEqual([]);
});

test("the firmware has a stub for every row, and no row is there twice", () => {
  const names = exportRows.map(({ name }) => name);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  const provided = providedNames();
  expect(names.filter((name) => !name.startsWith("_rtt_") && !provided.has(name))).toEqual([]);
});

test("every row says its prototype, which begins with its name", () => {
  const wrong = exportRows.filter(
    ({ name, proto }) => !new RegExp(`\\b${name}\\(.*\\);$`).test(proto),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
