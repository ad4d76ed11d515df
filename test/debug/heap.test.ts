/** Mistakes with the heap: how the run is taken. */
import { expect, test } from "bun:test";
import { crash, moduleOf } from "./faulty.ts";

test.each(["a9", "thumb"] as const)("a heap found overwritten is a failure, %s", (target) => {
  const { said, reports, verdict, code } = crash(moduleOf("heap-malloc", target));
  expect(reports.map(({ kind }) => kind)).toEqual(["heap corruption"]);
  expect(said.join("\n")).toContain("heap corruption, found at the end of /faults.mo");
  // One header, one address, whoever finds it.
  const header = /the header of the heap block at 0x(\w+)/;
  expect(header.exec(said.join("\n"))?.[1]).toBe(header.exec(reports[0].text)?.[1]);
  expect(verdict).toBe("done");
  expect(code).toBe(134);
});
