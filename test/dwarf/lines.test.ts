import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DebugInfo } from "../../src/dwarf/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");
const addr2line = Bun.which("arm-none-eabi-addr2line");
const skip = !gcc || !addr2line;
const full = process.env.RTT_SIM_FULL === "1";
const why = skip ? " (needs arm-none-eabi-gcc)" : "";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "dwarf-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Every address of the code that may begin an instruction. */
function addresses(file: Uint8Array): number[] {
  const found: number[] = [];
  const image = new ElfImage(file);
  for (const section of image.sections)
    if (section.flags & 4)
      for (let at = section.addr; at < section.addr + section.size; at += 2) found.push(at);
  return found;
}

/** What addr2line says of each: `file:line` and the function. */
function oracle(path: string, at: readonly number[]): { place: string; fn: string }[] {
  const input = at.map((address) => `0x${address.toString(16)}\n`).join("");
  const { stdout } = Bun.spawnSync([addr2line as string, "-f", "-e", path], {
    stdin: new TextEncoder().encode(input),
    maxBuffer: 1 << 28,
  });
  const lines = stdout.toString().trimEnd().split("\n");
  return at.map((_, i) => ({
    fn: lines[2 * i],
    // A bare file name without a line comes from a symbol of type STT_FILE.
    place: lines[2 * i + 1]
      .replace(/ \(discriminator \d+\)$/, "")
      .replace(/:\?$/, ":0")
      .replace(/^[^/]*:0$/, "??:0"),
  }));
}

function compare(path: string): number {
  const file = readFileSync(path);
  const info = DebugInfo.read(file);
  const at = addresses(file);
  const wanted = oracle(path, at);
  const wrong: string[] = [];
  at.forEach((address, i) => {
    const line = info?.line(address);
    const place = line ? `${line.file}:${line.line}` : "??:0";
    if (place !== wanted[i].place)
      wrong.push(`0x${address.toString(16)}: ${place}, addr2line ${wanted[i].place}`);
    // Names of C++ are the symbols' at addr2line.
    const fn = info?.functions(address)[0]?.name;
    if (
      fn !== undefined &&
      !path.includes(".cpp") &&
      wanted[i].place !== "??:0" &&
      fn !== wanted[i].fn
    )
      wrong.push(`0x${address.toString(16)}: ${fn}, addr2line ${wanted[i].fn}`);
  });
  expect(wrong.slice(0, 5)).toEqual([]);
  return at.length;
}

const fixtures = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => /\.(c|cpp)$/.test(name))
    .map((name) => join(root, folder, name));

const NO_RUNTIME = ["-fno-exceptions", "-fno-rtti"];
const EXCEPTIONS = ["-Wl,--target2=got-rel"];

/** Compiled for each version of DWARF. */
const sources = [
  join(import.meta.dir, "programs/shapes.c"),
  ...(full
    ? ["disk", "test/fixtures/dl", "test/fixtures/transcripts"].flatMap(fixtures)
    : [join(root, "disk/md5.c")]),
];

/** All the other fixtures: one version each, in turn. */
const others = full
  ? [
      "test/fixtures/faults",
      "test/fixtures/modules",
      "test/fixtures/probes/kernel",
      "test/fixtures/probes/system",
      "test/fixtures/smoke",
      "test/utest",
      "test/utest/suite",
      "bench/kernel/programs",
    ].flatMap(fixtures)
  : [];

describe.skipIf(skip)(`lines are those of addr2line, for every address${why}`, () => {
  for (const version of full ? [2, 3, 4, 5] : [2, 5]) {
    for (const target of ["a9", "thumb"] as const) {
      test(`DWARF ${version}, ${target}`, () => {
        let compared = 0;
        const turn = others.filter((_, n) => n % 4 === version - 2);
        for (const source of [...sources, ...turn]) {
          for (const level of ["-O0", "-O2"]) {
            const name = `${source.split("/").pop()}${level}${version}${target}.mo`;
            const flags = [level, "-g3", `-gdwarf-${version}`, "-gno-strict-dwarf"];
            const more = source.endsWith(".cpp")
              ? source.includes("utest")
                ? EXCEPTIONS
                : NO_RUNTIME
              : [];
            compared += compare(
              compile(source, join(dir, name), {
                target,
                flags: [...flags, ...more, '-DLIBRARY="/lib.so"'],
              }),
            );
          }
        }
        expect(compared).toBeGreaterThan(1000);
      });
    }
  }
});
