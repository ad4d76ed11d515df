/** What `rtt-sim check` says of a module, held against readelf, nm and what the compiler was asked for. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEVICE_FLAGS, M_LFLAGS, SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";
import {
  type CheckReport,
  inspect,
  readAttributes,
  STOCK_404,
} from "../../src/dlmodule/check/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { Firmware } from "../../src/firmware/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { fixture } from "./board.ts";

setDefaultTimeout(60_000);

const root = join(import.meta.dir, "../..");
const image = fixture("src/firmware/prebuilt/firmware.elf");
const names = [...new Firmware(new GuestMemory(), image).entries()].map(({ name }) => name);
const exported = new Set(names);
const here = {
  name: "rtt-sim",
  stock: false,
  has: (n: string) => exported.has(n),
  names: () => names,
};
const stock = {
  name: "4.0.4",
  stock: true,
  has: (n: string) => STOCK_404.has(n),
  names: () => STOCK_404,
};
const firmware = readAttributes(new ElfImage(image));

function check(bytes: Uint8Array, target: typeof here | typeof stock = here): CheckReport {
  return inspect("x.mo", bytes, { target, libraries: [], hardFloat: false, firmware });
}

const readelf = Bun.which("arm-none-eabi-readelf");

/** Lines of readelf. */
function said(path: string, ...flags: string[]): string[] {
  const { stdout } = Bun.spawnSync([readelf!, "-W", ...flags, path], { cwd: root });
  return stdout.toString().split("\n");
}

const FOLDERS = ["disk/prebuilt", "test/dlmodule", "test/fixtures"];
const MODULES = FOLDERS.flatMap((folder) =>
  [...new Bun.Glob("**/*.{mo,so}").scanSync(join(root, folder))].map((path) => `${folder}/${path}`),
)
  .filter((path) => !/noise|corrupt|c_short|c_trunc|c_mach|c_memsz|cut/.test(path))
  .sort();

describe.skipIf(!readelf)("the modules of the tests, against readelf", () => {
  const reports = MODULES.map((path) => ({ path, report: check(fixture(path)) })).filter(
    ({ report }) => report.details !== undefined,
  );
  const differing = (what: (path: string, report: CheckReport) => [unknown, unknown]): string[] =>
    reports.flatMap(({ path, report }) => {
      const [ours, theirs] = what(path, report).map((value) => JSON.stringify(value));
      return ours === theirs ? [] : [`${path}: ${ours}, readelf ${theirs}`];
    });
  test("there are many", () => {
    expect(reports.length).toBeGreaterThan(80);
  });
  test("relocations by type", () => {
    const wrong = differing((path, { details }) => {
      const counts = new Map<string, number>();
      let loaded = true;
      for (const line of said(path, "-r")) {
        const section = /^Relocation section '(.*)'/.exec(line)?.[1];
        // Of an object, those of debug information stay out.
        if (section !== undefined) loaded = !/debug|\.comment|attributes/.test(section);
        const type = /^[0-9a-f]{8} +[0-9a-f]{8} +(R_ARM_\w+)/.exec(line)?.[1];
        if (type && loaded) counts.set(type, (counts.get(type) ?? 0) + 1);
      }
      const sort = (rows: [string, number][]) => rows.sort(([a], [b]) => (a < b ? -1 : 1));
      return [
        sort(details!.relocations.map(({ type, count }): [string, number] => [type, count])),
        sort([...counts]),
      ];
    });
    expect(wrong).toEqual([]);
  });
  test("needed libraries, text relocations, constructors", () => {
    const wrong = differing((path, { details }) => {
      if (details!.kind === "object") return [0, 0];
      const lines = said(path, "-d");
      const needed = lines.flatMap((line) => /\(NEEDED\).*\[(.*)\]/.exec(line)?.[1] ?? []);
      const array = lines.map((line) => /\((?:PRE)?INIT_ARRAYSZ\) +(\d+)/.exec(line)?.[1] ?? 0);
      const bytes = array.map(Number).reduce((a, b) => a + b, 0);
      return [
        [details!.needed, details!.textRelocations > 0, details!.constructors],
        [needed, lines.some((line) => line.includes("(TEXTREL)")), bytes / 4],
      ];
    });
    expect(wrong).toEqual([]);
  });
  test("size of enumerations, architecture, float ABI", () => {
    const wrong = differing((path, { details }) => {
      const lines = said(path, "-A");
      const value = (tag: string) =>
        lines.map((line) => new RegExp(`${tag}: (.*)`).exec(line)?.[1]).find((v) => v);
      const enums = value("Tag_ABI_enum_size");
      const sizes: Record<string, string> = { small: "variable", int: "int" };
      const flags = said(path, "-h").find((line) => line.includes("Flags:"))!;
      const abi = /hard-float/.test(flags)
        ? "hard"
        : /soft-float/.test(flags)
          ? "soft"
          : "unspecified";
      return [
        [details!.attributes?.enums, details!.attributes?.architecture, details!.floatAbi],
        [enums && sizes[enums], value("Tag_CPU_arch"), abi],
      ];
    });
    expect(wrong).toEqual([]);
  });
  test("exports are the global definitions of .dynsym inside the image", () => {
    const wrong = differing((path, { details }) => {
      if (details!.kind === "object") return [0, 0];
      const end = said(path, "-l").flatMap((line) => {
        const load = /^ +LOAD +\S+ (\S+) \S+ \S+ (\S+)/.exec(line);
        return load ? [Number(load[1]) + Number(load[2])] : [];
      });
      const theirs = said(path, "--dyn-syms").flatMap((line) => {
        const [, value, , type, bind, visible, section, name] = line.trim().split(/\s+/);
        const defined = section !== "UND" && (bind === "GLOBAL" || bind === "WEAK");
        if (!defined || visible !== "DEFAULT" || !name || type === "SECTION") return [];
        return parseInt(value, 16) < Math.max(...end) ? [name] : [];
      });
      return [details!.exports.toSorted(), theirs.toSorted()];
    });
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(toolchain() === undefined)("warnings and reasons (needs arm-none-eabi-gcc)", () => {
  let dir = "";
  beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "check-"))));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const build = (source: string, flags: string[], linking = M_LFLAGS): Uint8Array => {
    writeFileSync(join(dir, "x.c"), source);
    const command = ["arm-none-eabi-gcc", ...DEVICE_FLAGS.a9, `-I${SDK_INCLUDE}`, ...flags];
    const { exitCode, stderr } = Bun.spawnSync(
      [...command, ...linking, "-e", "main", "x.c", "-o", "x.mo"],
      {
        cwd: dir,
      },
    );
    if (exitCode !== 0) throw new Error(stderr.toString());
    return new Uint8Array(readFileSync(join(dir, "x.mo")));
  };
  const PIC = ["-fPIC", "-mlong-calls", "-s"];
  const PLAIN = 'int printf(const char *, ...); int main(void) { printf("x"); return 0; }\n';
  const warnings = (bytes: Uint8Array): string => check(bytes).warnings.join("\n");
  test("a good module: nothing", () => {
    expect(check(build(PLAIN, PIC))).toMatchObject({
      verdict: "loadable",
      reasons: [],
      warnings: [],
    });
  });
  test("without -fPIC: relocations in code, and what to do", () => {
    const linking = M_LFLAGS.filter((flag) => flag !== "-fPIC");
    // For ARMv7 ld refuses such a file; with literal pools it lets it pass.
    const bytes = build(PLAIN, ["-march=armv5te", "-mlong-calls", "-s"], linking);
    expect(said(join(dir, "x.mo"), "-d").join()).toContain("TEXTREL");
    expect(warnings(bytes)).toMatch(/\d+ relocations change its code: build with -fPIC/);
  });
  test("an executable stack, as a nested function asks for one", () => {
    const source =
      "int apply(int (*f)(int)) { return f(3); }\n" +
      "int main(int argc, char **argv) { int add(int x) { return x + argc; } return apply(add); }\n";
    const bytes = build(source, PIC, [...M_LFLAGS, "-Wl,-z,execstack"]);
    expect(said(join(dir, "x.mo"), "-l").join()).toMatch(/GNU_STACK.*RWE/);
    expect(check(bytes).details!.executableStack).toBeTrue();
    expect(warnings(bytes)).toMatch(/executable stack/);
  });
  test("symbols and debug information: how much strip would take away", () => {
    const bytes = build(PLAIN, ["-fPIC", "-mlong-calls", "-g3"]);
    Bun.spawnSync(["arm-none-eabi-strip", "x.mo", "-o", "y.mo"], { cwd: dir });
    const { sizes } = check(bytes).details!;
    const stripped = readFileSync(join(dir, "y.mo")).length;
    expect(Math.abs(sizes.stripped - stripped)).toBeLessThan(512);
    expect(warnings(bytes)).toMatch(/are symbols and debug information: arm-none-eabi-strip/);
  });
  test("without libgcc: a stock board lacks the helpers, -lgcc brings them", () => {
    const source = "int main(int argc, char **argv) { return 1000 / argc + (int)(argc * 1.5); }\n";
    const reasons = check(build(source, PIC), stock).reasons.join("\n");
    expect(reasons).toMatch(/__aeabi_idiv.*: arithmetic helper of the compiler: add -lgcc/);
    // The library has to come behind what needs it.
    Bun.spawnSync(
      [
        "arm-none-eabi-gcc",
        ...DEVICE_FLAGS.a9,
        ...PIC,
        ...M_LFLAGS,
        "-e",
        "main",
        "x.c",
        "-lgcc",
        "-o",
        "z.mo",
      ],
      { cwd: dir },
    );
    const linked = new Uint8Array(readFileSync(join(dir, "z.mo")));
    expect(check(linked, stock).verdict).toBe("loadable");
  });
  test("enumerations of another size", () => {
    const source = "enum e { A, B }; int main(void) { enum e x = A; return sizeof x; }\n";
    expect(warnings(build(source, [...PIC, "-fno-short-enums"]))).toMatch(
      /enumerations have int size, the system's variable size: build with -fshort-enums/,
    );
  });
  test("names of other C libraries, and close ones", () => {
    const source =
      "int *__errno_location(void); void rt_thread_creat(void); " +
      "int main(void) { rt_thread_creat(); return *__errno_location(); }\n";
    expect(check(build(source, PIC)).reasons.join("\n")).toMatch(
      /__errno_location: the C library of another system \(glibc\)[^]*rt_thread_creat: .*did you mean rt_thread_create\?/,
    );
  });
  test("more heap than the board has", () => {
    const source = "char big[9000000]; int main(void) { return big[5]; }\n";
    const { verdict, reasons } = check(build(source, PIC));
    expect(verdict).toBe("refused");
    expect(reasons.join()).toMatch(/needs 9\d{6} bytes of heap .*--ram 10M$/);
  });
});
