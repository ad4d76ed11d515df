import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { MACHINE, NEWLIB_ARCHIVE, run } from "./toolchain.ts";

export interface Newlib {
  readonly libc: string;
  readonly libm: string;
  /** Options by which a C file sees the headers of this very newlib. */
  readonly include: readonly string[];
  /** Options by which a C file may take in a source of its standard I/O, which has warnings. */
  readonly stdio: readonly string[];
}

/**
 * The compiled newlib that distributions ship lacks C99 formats (`%zu` prints literally and takes no argument) and locks that
 * a kernel can provide; layouts (FILE, struct _reent, jmp_buf) are the same with both. Multibyte and positional arguments stay
 * off: they cost 3 KiB of stack in each printf.
 */
const CONFIGURE = [
  "--target=arm-none-eabi",
  "--disable-multilib",
  "--disable-nls",
  "--disable-libgloss",
  "--disable-newlib-supplied-syscalls",
  "--enable-newlib-io-long-long",
  "--enable-newlib-io-c99-formats",
  "--enable-newlib-retargetable-locking",
];

/** Unwind tables let an exception pass through qsort, and a fault report name the callers of a library function. */
const FLAGS = ["-O2", ...MACHINE, "-ffunction-sections", "-fdata-sections", "-funwind-tables"];

/** newlib built in `cache`/newlib, from scratch when that is not there. */
export function buildNewlib(cache: string): Newlib {
  const root = `${cache}newlib`;
  if (!existsSync(`${root}/done`)) compile(root);
  const build = `${root}/build/arm-none-eabi/newlib`;
  return {
    libc: `${build}/libc.a`,
    libm: `${build}/libm.a`,
    stdio: [
      "-w",
      `-I${root}/source/newlib/libc/stdio`,
      "-idirafter",
      run(["arm-none-eabi-gcc", "-print-file-name=include-fixed"]).trim(),
    ],
    include: [
      "-nostdinc",
      "-isystem",
      run(["arm-none-eabi-gcc", "-print-file-name=include"]).trim(),
      "-isystem",
      `${build}/targ-include`,
      "-isystem",
      `${root}/source/newlib/libc/include`,
    ],
  };
}

function compile(root: string): void {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(`${root}/build`, { recursive: true });
  mkdirSync(`${root}/unpacked`);
  run(["tar", "xf", NEWLIB_ARCHIVE, "-C", `${root}/unpacked`]);
  renameSync(`${root}/unpacked/${readdirSync(`${root}/unpacked`)[0]}`, `${root}/source`);
  rmSync(`${root}/unpacked`, { recursive: true });
  const cwd = `${root}/build`;
  const flags = [...FLAGS, `-ffile-prefix-map=${root}/=`].join(" ");
  run(["../source/configure", ...CONFIGURE, `CFLAGS_FOR_TARGET=${flags}`], { cwd });
  run(["make", `-j${cpus().length}`, "all-target-newlib"], { cwd });
  run(["touch", "done"], { cwd: root });
}
