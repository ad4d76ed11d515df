/** Every function that the kernel exports is declared by the header that the table names, with the documented macros. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { DEFINES, DEVICE_FLAGS, SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";
import { exportRows } from "../../src/exports.ts";

setDefaultTimeout(60_000);

/** Headers of newlib that no program includes by itself. */
const SOURCES: Readonly<Record<string, string>> = {
  "sys/_default_fcntl.h": "fcntl.h",
  "sys/unistd.h": "unistd.h",
};
const rows = exportRows.filter(({ name, header }) => !name.startsWith("_rtt_") && header !== "");

for (const language of ["c", "c++"])
  test.skipIf(toolchain() === undefined)(`in ${language} (needs arm-none-eabi-gcc)`, () => {
    const headers = new Set(rows.map(({ header }) => SOURCES[header] ?? header));
    const undeclared = [...headers].map((header) => {
      const names = rows.filter((row) => (SOURCES[row.header] ?? row.header) === header);
      const uses = names.map(({ name }) => `void *use_${name} = (void *)&${name};`);
      const source = `#include <${header}>\n${uses.join("\n")}\n`;
      const flags = [...DEVICE_FLAGS.a9, ...DEFINES, `-I${SDK_INCLUDE}`, "-fsyntax-only"];
      const command = ["arm-none-eabi-gcc", "-x", language, ...flags, "-"];
      const { stderr } = Bun.spawnSync(command, { stdin: Buffer.from(source), stderr: "pipe" });
      return stderr
        .toString()
        .split("\n")
        .filter((line) => line.includes("error:"))
        .map((line) => `${header}: ${line}`);
    });
    expect(undeclared.flat()).toEqual([]);
  });
