import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLCHAIN, toolchain } from "../../disk/toolchain.ts";
import { RamDevice } from "../../src/block/mod.ts";
import { reportObject, type Report } from "../../src/debug/mod.ts";
import { diskSymbols } from "../../src/debug/disk-symbols.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { Driver } from "../../src/machine/mod.ts";
import { Machine } from "../../src/machine.ts";
import { debug } from "../gdb/session.ts";
import { compile, gcc, gdb } from "../gdb/toolchain.ts";

const root = join(import.meta.dir, "../..");
const source = join(import.meta.dir, "programs/faults.c");
const firmware = readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf"));
const known = toolchain() === TOOLCHAIN;
const full = process.env.RTT_SIM_FULL === "1";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "faults-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const KINDS = [
  "null-write",
  "null-read",
  "null-call",
  "wild",
  "firmware",
  "freed",
  "unaligned",
  "undefined",
  "overflow",
  "callback",
  "assert",
  "abort",
  "svc",
  "svc-number",
  "bkpt",
  "unloaded",
  "guard",
  "sp-null",
];

/** What is no fault: the whole system stands still, or does not end. */
const STANDSTILLS = ["deadlock", "time-out"] as const;

function crash(bytes: Uint8Array, kind: string, more: Record<string, Uint8Array> = {}): Report[] {
  const reports: Report[] = [];
  const machine = loaded(bytes, kind, more, reports);
  while (!machine.quiet) machine.kernel.run({ skipIdle: true });
  machine.close();
  return reports;
}

function loaded(
  bytes: Uint8Array,
  kind: string,
  more: Record<string, Uint8Array>,
  reports: Report[],
): Machine {
  const machine = new Machine({
    firmware,
    disk: FatVolume.format(new RamDevice(4 << 20)).device,
    output: () => {},
    reports: (report) => reports.push(report),
    symbols: (vfs) =>
      diskSymbols(vfs, { source: (path) => (existsSync(path) ? readFileSync(path) : undefined) }),
  });
  machine.boot("lines");
  machine.kernel.run({ skipIdle: false });
  machine.vfs.writeFile("/faults.mo", bytes);
  for (const [name, content] of Object.entries(more)) machine.vfs.writeFile(`/${name}`, content);
  machine.runModule("/faults.mo", `faults ${kind}`);
  return machine;
}

/** What a run says that does not end by itself: as text and as data. */
function standstill(bytes: Uint8Array, kind: string) {
  const machine = loaded(bytes, kind, {}, []);
  const driver = new Driver(machine, { timeout: 500, wallTimeout: 0 });
  const verdict = driver.until(() => machine.quiet);
  const object = JSON.parse(JSON.stringify(machine.standstill(verdict)));
  machine.close();
  return object;
}

/** Without what depends on where things lie: addresses, and the rows of registers. */
function steady(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^ {2}(r\d+|ip|d\d+|cpsr) /.test(line))
    .map((line) =>
      line
        .replaceAll(join(import.meta.dir, "programs/"), "")
        .replace(/0x6[0-9a-f]{7}/g, "0x6.......")
        .replace(/0x00089[0-9a-f]{3}/g, "0x00089...")
        .replace(/^( {4}[> ] )6[0-9a-f]{7}:/, "$16.......:")
        // The number of a function of the kernel changes with the table of exported functions.
        .replace(/movw ip, #\d+/, "movw ip, #...")
        .replace(/(qsort|rt_assert_handler|abort|_exit|raise|_kill)\+0x[0-9a-f]+/, "$1+..."),
    )
    .join("\n");
}

describe.skipIf(!known)(`golden reports${known ? "" : " (needs arm-none-eabi-gcc 12.2)"}`, () => {
  for (const target of ["a9", "thumb"] as const) {
    for (const kind of KINDS) {
      test(`${kind}, ${target}`, () => {
        const path = join(dir, `faults-${target}.mo`);
        if (!existsSync(path)) compile(source, path, { target });
        const library = readFileSync(join(root, "disk/prebuilt", target, "lib.so"));
        const reports = crash(readFileSync(path), kind, { "lib.so": library });
        expect(reports.length).toBe(1);
        const golden = join(import.meta.dir, "golden", `${kind}-${target}.txt`);
        const text = `${steady(reports[0].text)}\n`;
        if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text);
        expect(text).toBe(readFileSync(golden, "utf8"));
        // Plain data, with the same facts.
        const object = JSON.parse(JSON.stringify(reportObject(reports[0])));
        expect(object.title).toBe(reports[0].title);
        expect(object.registers.pc).toMatch(/^0x[0-9a-f]{8}$/);
        expect(object.backtrace.length).toBe(reports[0].backtrace.length);
      });
    }
    for (const kind of STANDSTILLS)
      test(`${kind}, ${target}`, () => {
        const path = join(dir, `faults-${target}.mo`);
        if (!existsSync(path)) compile(source, path, { target });
        const { text, kind: said, threads } = standstill(readFileSync(path), kind);
        expect(said).toBe(kind);
        const golden = join(import.meta.dir, "golden", `${kind}-${target}.txt`);
        if (process.env.UPDATE_GOLDEN) writeFileSync(golden, `${steady(text)}\n`);
        expect(`${steady(text)}\n`).toBe(readFileSync(golden, "utf8"));
        const functions = threads.map((thread: { backtrace: { function: string }[] }) =>
          thread.backtrace.map((frame) => frame.function),
        );
        expect(functions).toContainEqual(
          kind === "deadlock" ? ["rt_mutex_take", "embrace", "main"] : ["spin", "main"],
        );
      });
  }
});

describe.skipIf(!known || !gdb)("backtraces are those of gdb", () => {
  const kinds = full
    ? ["wild", "unaligned", "callback", "null-call", "undefined", "bkpt", "guard", "svc"]
    : ["callback", "svc"];
  for (const target of ["a9", "thumb"] as const) {
    for (const level of ["-O0", "-O2"]) {
      for (const kind of kinds) {
        test(`${kind}, ${target} ${level}`, async () => {
          const path = join(dir, `gdb-${target}${level}.mo`);
          if (!existsSync(path))
            compile(source, path, { target, flags: ["-g", level, "-fno-inline"] });
          const [report] = crash(readFileSync(path), kind);
          const { gdb: said } = await debug(["run", path, kind], ["continue", "backtrace", "kill"]);
          const frames = said
            .slice(said.lastIndexOf("SIG"))
            .matchAll(/^#\d+ +(?:0x\w+ in )?(\S+) \(.*?\)(?: at .*:(\d+))?$/gm);
          const theirs = [...frames].map(([, fn, line]) => `${fn}:${line ?? ""}`);
          const ours = report.backtrace.map(
            ({ place, source: at }) => `${at?.fn ?? place?.symbol ?? "??"}:${at?.line ?? ""}`,
          );
          expect(ours).toEqual(theirs);
        });
      }
    }
  }
});

describe.skipIf(!gcc)("where debugging information comes from", () => {
  test("a stripped module: from .debug and .elf beside it, but not from another module's", () => {
    const whole = readFileSync(compile(source, join(dir, "whole.mo")));
    const stripped = join(dir, "stripped.mo");
    writeFileSync(stripped, whole);
    Bun.spawnSync(["arm-none-eabi-strip", stripped]);
    const bytes = readFileSync(stripped);
    const other = readFileSync(compile(source, join(dir, "other.mo"), { flags: ["-g", "-O2"] }));
    const line = (more: Record<string, Uint8Array>) =>
      crash(bytes, "null-write", more)[0].source?.line;
    expect(line({})).toBeUndefined();
    expect(line({ "faults.debug": whole })).toBe(11);
    expect(line({ "faults.elf": whole })).toBe(11);
    expect(line({ "faults.mo.debug": whole })).toBe(11);
    expect(line({ "faults.debug": other })).toBeUndefined();
    expect(line({ "faults.debug": other, "faults.elf": whole })).toBe(11);
  });

  test("without any: unwound by the code of the prologues, also of static functions", () => {
    for (const target of ["a9", "thumb"] as const) {
      const path = compile(source, join(dir, "bare.mo"), { target, flags: ["-O1", "-fno-inline"] });
      Bun.spawnSync(["arm-none-eabi-strip", path]);
      const { backtrace } = crash(readFileSync(path), "callback")[0];
      expect(backtrace.map(({ from }) => from)).toEqual(["pc", "unwind", "unwind", "unwind"]);
      expect(backtrace[2].place?.symbol).toBe("qsort");
      expect(backtrace[3].place?.symbol).toBe("main");
    }
  });
});
