/** A system that has stopped is no test that has passed. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { rttSim, scratch } from "../cli/binary.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

test.skipIf(!gcc).each([
  ["an assertion", 134, []],
  ["a fault", 139, ["-DFAULT"]],
] as const)("%s in a thread of nobody (needs arm-none-eabi-gcc)", (_, expected, flags) => {
  using dir = scratch();
  const source = join(import.meta.dir, "programs/orphan.c");
  const module = compile(source, dir.path("orphan.mo"), { flags: [...flags] });
  expect(rttSim(["run", module]).code).toBe(expected);
  const { code, out } = rttSim(["test", module]);
  expect(code).toBe(1);
  expect(out).toContain(`ended with exit code ${expected}`);
});
