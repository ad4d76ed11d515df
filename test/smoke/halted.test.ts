/** A system that has stopped is no test that has passed. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { rttSim, scratch } from "../cli/binary.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

test.skipIf(!gcc)("a thread of nobody that stops the system (needs arm-none-eabi-gcc)", () => {
  using dir = scratch();
  const module = compile(join(import.meta.dir, "programs/orphan.c"), dir.path("orphan.mo"));
  expect(rttSim(["run", module]).code).toBe(134);
  const { code, out } = rttSim(["test", module]);
  expect(code).toBe(1);
  expect(out).toContain("ended with exit code 134, not 0");
});
