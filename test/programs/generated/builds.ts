/** Executables of generated programs, for every instruction set and way of passing numbers. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tool } from "../../cpu/qemu/tools.ts";
import { linuxArguments } from "../build.ts";
import { program } from "./program.ts";

export const TARGETS: Readonly<Record<string, string>> = {
  a32: "-march=armv7-a -marm -mfloat-abi=soft -DTRAMPOLINES -DATOMICS",
  "thumb-2": "-mcpu=cortex-m4 -mthumb -mfloat-abi=soft -DATOMICS",
  "thumb-1": "-mcpu=cortex-m0 -mthumb -mfloat-abi=soft",
  "hard-a32": "-march=armv7-a -marm -mfpu=vfpv3-d16 -mfloat-abi=hard -DTRAMPOLINES -DATOMICS",
  "hard-thumb-2": "-mcpu=cortex-m7 -mthumb -mfpu=fpv5-d16 -mfloat-abi=hard -DATOMICS",
  neon: "-mcpu=cortex-a9 -marm -mfpu=neon -mfloat-abi=hard -DTRAMPOLINES -DATOMICS",
};

/** Signed overflow and type punning have a result; no fused multiply-add, which the compiler would not work out the same. */
const LANGUAGE = "-std=gnu11 -fwrapv -fno-strict-aliasing -ffp-contract=off -w -Wno-psabi";

/** The sources of the programs of seeds `first` to `first + count - 1`, in a folder of their own. */
function writePrograms(folder: string, first: number, count: number): string {
  const work = join(folder, `${first}-${count}`);
  if (existsSync(work)) return work;
  mkdirSync(work, { recursive: true });
  const names = Array.from({ length: count }, (_, k) => `p${first + k}`);
  const texts = names.map((text, k) => program(first + k, text));
  writeFileSync(join(work, "all.c"), `#include "checks.h"\n${texts.join("\n")}`);
  writeFileSync(join(work, "programs.inc"), names.map((text) => `PROGRAM(${text})\n`).join(""));
  return work;
}

/** An executable to be, and what `gcc` is told to make it. */
export interface Build {
  readonly file: string;
  readonly compile: readonly string[];
}

/** One executable that runs the programs of seeds `first` to `first + count - 1`. */
export function programsBuild(
  folder: string,
  first: number,
  count: number,
  target: string,
  level: string,
): Build {
  const work = writePrograms(folder, first, count);
  const flags = `${TARGETS[target]} ${LANGUAGE} ${level} -s -I${work} -I${import.meta.dir}`.split(
    " ",
  );
  const file = join(folder, `${target}${level}-${first}.elf`);
  const sources = [join(work, "all.c"), join(import.meta.dir, "runtime.c")];
  return { file, compile: linuxArguments(sources, flags, file) };
}

export function buildPrograms(...what: Parameters<typeof programsBuild>): string {
  const { file, compile } = programsBuild(...what);
  tool("gcc", ...compile);
  return file;
}
