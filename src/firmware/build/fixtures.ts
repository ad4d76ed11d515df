import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { MACHINE, run } from "./toolchain.ts";

/** How RT-Thread 4.0.4 tells users to build a module for the reference board. */
const COMPILE = "-march=armv7-a -marm -msoft-float -mlong-calls -fPIC -O1".split(" ");
const LINK =
  "-Wl,--gc-sections,-z,max-page-size=0x4,-z,notext -shared -fPIC -nostartfiles -nostdlib -static-libgcc -e main -s".split(
    " ",
  );

/** Programs with one right output, which the C library of this machine knows. */
const PORTABLE = ["format", "formats", "handlers", "cxx", "files", "print"];

/** Runs a program on this machine, in the kernel's time zone, for what it prints and its exit code. */
function expected(source: string, cxx: boolean): string {
  const program = `${source}.native`;
  try {
    const compiler = cxx ? ["g++", "-std=c++17"] : ["gcc", "-std=gnu11"];
    run([...compiler, "-O0", "-w", source, "-o", program, "-lm"]);
    const result = Bun.spawnSync([program], {
      cwd: tmpdir(),
      env: { TZ: "CST-8" },
      stdout: "pipe",
    });
    return `${result.stdout}exit ${result.exitCode}\n`;
  } finally {
    rmSync(program, { force: true });
  }
}

/**
 * Builds what the tests of the firmware run, in their folder `tests`; to check, in a copy of its sources.
 * False when a binary came out other than the one that is checked in, which is told.
 */
export function buildTestPrograms(tests: string, check: boolean): boolean {
  if (!check) {
    buildFixtures(`${tests}fixtures/`, true);
    buildQemuKernel(`${tests}qemu/`);
    return true;
  }
  const copy = mkdtempSync(join(tmpdir(), "firmware-fixtures-"));
  try {
    let same = true;
    for (const [name, build] of [
      ["fixtures/", buildFixtures],
      ["qemu/", buildQemuKernel],
    ] as const) {
      const folder = `${copy}/${name}`;
      const files = readdirSync(tests + name);
      mkdirSync(folder);
      for (const file of files.filter((file) => /\.(c|cpp|h)$/.test(file)))
        copyFileSync(tests + name + file, folder + file);
      build(folder, false);
      for (const file of files.filter((file) => /\.(mo|elf)$/.test(file))) {
        if (readFileSync(folder + file).equals(readFileSync(tests + name + file))) continue;
        same = false;
        console.error(`differs: test/firmware/${name}${file}`);
      }
    }
    return same;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Compiles the C and C++ files of `folder` to modules beside them, with the expected output where it is defined. */
function buildFixtures(folder: string, withExpected: boolean): void {
  for (const file of readdirSync(folder).sort()) {
    if (!/\.(c|cpp)$/.test(file)) continue;
    const source = `${folder}${file}`;
    const target = source.replace(/\.(c|cpp)$/, ".mo");
    const cxx = file.endsWith(".cpp");
    const language = cxx
      ? ["-std=c++17", "-fexceptions", "-Wno-invalid-offsetof"]
      : ["-std=gnu11", "-fno-builtin"];
    run([
      cxx ? "arm-none-eabi-g++" : "arm-none-eabi-gcc",
      ...COMPILE,
      ...language,
      `-ffile-prefix-map=${folder}=`,
      ...LINK,
      source,
      "-o",
      target,
    ]);
    if (withExpected && PORTABLE.includes(basename(target, ".mo")))
      writeFileSync(target.replace(".mo", ".expected"), expected(source, cxx));
    console.log(`built ${basename(target)}`);
  }
}

/** Where test/firmware/qemu/kernel.elf lies: above firmware and fixtures. */
const KERNEL_BASE = "0x60200000";

function buildQemuKernel(folder: string): void {
  run([
    "arm-none-eabi-gcc",
    ...MACHINE,
    "-Os",
    "-fno-builtin",
    "-nostdlib",
    `-ffile-prefix-map=${folder}=`,
    `-Wl,-Ttext=${KERNEL_BASE},--build-id=none`,
    `${folder}kernel.c`,
    "-lc",
    "-lgcc",
    "-o",
    `${folder}kernel.elf`,
  ]);
}
