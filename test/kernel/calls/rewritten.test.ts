/** What the host stores for a program, where the program has code that was translated. */
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../../cli/binary.ts";
import { compile, gcc } from "../../gdb/toolchain.ts";

const root = join(import.meta.dir, "../../..");
const WAYS = "memcpy rt_memcpy rt_memmove rt_memset rt_strncpy rt_snprintf read pipe rt_mq_recv";

test.skipIf(!gcc)(
  "code that the host writes is executed as it is then (needs arm-none-eabi-gcc)",
  () => {
    using dir = scratch();
    const module = compile(join(import.meta.dir, "rewritten.c"), dir.path("m.mo"));
    const libraries = ["one", "two"].map((name, k) => {
      writeFileSync(dir.path(`${name}.c`), `int value(void) { return ${10 + k}; }\n`);
      return compile(dir.path(`${name}.c`), dir.path(`${name}.so`));
    });
    const expected = [...WAYS.split(" "), "dlopen", "dlopen"].map((way) => `${way} ok\n`).join("");
    for (const engine of ["interp", "jit"]) {
      const { stdout, stderr } = Bun.spawnSync(
        [
          ...[process.execPath, join(root, "src/main.ts"), "run", "--engine", engine],
          ...libraries.flatMap((path) => ["--with", path]),
          module,
        ],
        { stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      );
      expect(stdout.toString() + stderr.toString()).toBe(`${expected}same\n`);
    }
  },
  60_000,
);
