/** Every header stands alone, in C and C++, with the documented macros and without any. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { Glob } from "bun";
import { DEFINES, DEVICE_FLAGS, SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";

// A compiler run for every header takes its time on a busy machine.
setDefaultTimeout(60_000);

const headers = [...new Glob("**/*.h").scanSync(SDK_INCLUDE)].sort();

for (const language of ["c", "c++"]) {
  for (const [what, defines, standard] of [
    ["the documented macros", DEFINES, { c: "gnu11", "c++": "gnu++17" }],
    ["no macros", [], { c: "c99", "c++": "c++14" }],
  ] as const) {
    const dialect = standard[language as "c" | "c++"];
    test.skipIf(toolchain() === undefined)(
      `${dialect} with ${what} compiles each header alone, without a warning (needs arm-none-eabi-gcc)`,
      () => {
        const complaints = headers.map((path) => {
          const classes = path.startsWith("cplusplus/");
          if (classes && language === "c") return "";
          const header = path.replace("cplusplus/", "");

          const command = ["arm-none-eabi-gcc", "-x", language, ...DEVICE_FLAGS.a9, ...defines];
          const flags = [
            `-std=${dialect}`,
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            `-I${SDK_INCLUDE}`,
            `-I${SDK_INCLUDE}/cplusplus`,
            "-fsyntax-only",
            "-",
          ];
          const run = Bun.spawnSync([...command, ...flags], {
            stdin: new TextEncoder().encode(`#include <${header}>\ntypedef int here;\n`),
            stderr: "pipe",
          });
          return run.stderr.toString();
        });
        expect(complaints.join("")).toBe("");
      },
    );
  }
}

for (const language of ["c", "c++"])
  test.skipIf(toolchain() === undefined)(
    `${language}: <limits.h> has the compiler's limits and those of DFS (needs arm-none-eabi-gcc)`,
    () => {
      const assert = language === "c" ? "_Static_assert" : "static_assert";
      const source = `#include <limits.h>
#include <rtthread.h>
#include <dfs_posix.h>
${assert}(PATH_MAX == 256 && PATH_MAX == DFS_PATH_MAX, "a path and its NUL");
${assert}(NAME_MAX + 1 == sizeof ((struct dirent *)0)->d_name, "a name in a directory");
${assert}(SSIZE_MAX == INT_MAX && INT_MAX == 0x7fffffff && CHAR_BIT == 8, "newlib's");
`;
      const flags = [...DEVICE_FLAGS.a9, ...DEFINES, `-I${SDK_INCLUDE}`, "-fsyntax-only"];
      const command = ["arm-none-eabi-gcc", "-x", language, ...flags, "-"];
      const { stderr } = Bun.spawnSync(command, { stdin: Buffer.from(source), stderr: "pipe" });
      expect(stderr.toString()).toBe("");
    },
  );
