/** Every header stands alone, in C and C++, with the documented macros and without any. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { Glob } from "bun";
import { DEFINES, DEVICE_FLAGS, SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";

// A compiler run for every header takes its time on a busy machine.
setDefaultTimeout(60_000);

const headers = [...new Glob("**/*.h").scanSync(SDK_INCLUDE)].sort();

for (const language of ["c", "c++"]) {
  for (const [what, defines] of [
    ["the documented macros", DEFINES],
    ["no macros", []],
  ] as const) {
    test.skipIf(toolchain() === undefined)(
      `${language} with ${what} compiles each header alone, without a warning (needs arm-none-eabi-gcc)`,
      () => {
        const complaints = headers.map((path) => {
          const classes = path.startsWith("cplusplus/");
          if (classes && language === "c") return "";
          const header = path.replace("cplusplus/", "");

          const command = ["arm-none-eabi-gcc", "-x", language, ...DEVICE_FLAGS.a9, ...defines];
          const flags = [
            "-Wall",
            "-Wextra",
            `-I${SDK_INCLUDE}`,
            `-I${SDK_INCLUDE}/cplusplus`,
            "-fsyntax-only",
            "-",
          ];
          const run = Bun.spawnSync([...command, ...flags], {
            stdin: new TextEncoder().encode(`#include <${header}>\n`),
            stderr: "pipe",
          });
          return run.stderr.toString();
        });
        expect(complaints.join("")).toBe("");
      },
    );
  }
}
