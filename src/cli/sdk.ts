import { amount } from "../elf/mod.ts";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ExitCode, UserError } from "./exit-codes.ts";
import { writeAll } from "./output.ts";
import type { Parsed } from "./parse.ts";
import { type SdkFile, sdkFiles } from "./sdk-files.ts";

/** `rtt-sim sdk DIR`: headers, build files and an example tree for making modules. */
export async function sdk(parsed: Parsed): Promise<number> {
  const [folder, ...more] = parsed.operands;
  if (folder === undefined || more.length > 0)
    throw new UserError(
      ExitCode.Usage,
      folder === undefined ? "where to? rtt-sim sdk DIR" : `one folder, not ${1 + more.length}`,
      "try 'rtt-sim help sdk'",
    );
  const files = await sdkFiles();
  prepare(folder, parsed.flag("force"));
  for (const file of files) write(folder, file);
  writeAll(1, new TextEncoder().encode(summary(resolve(folder), files.length)));
  return ExitCode.Ok;
}

/** A folder that is not there is made; what is in one that is there is kept unless `force`. */
function prepare(folder: string, force: boolean): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (force || readdirSync(folder).length === 0) return;
  } catch (error) {
    throw failed(folder, error);
  }
  throw new UserError(
    ExitCode.Usage,
    `${folder} is not empty`,
    "name a new folder, or --force to write the files of the SDK over those of the same names",
  );
}

function write(folder: string, { path, text }: SdkFile): void {
  const full = join(folder, path);
  try {
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  } catch (error) {
    throw failed(full, error);
  }
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOENT: "no such folder",
  ENOSPC: "no space left",
  EDQUOT: "no space left",
  EEXIST: "a file is in its place",
  ENOTDIR: "part of the path is a file",
  EISDIR: "a folder is in its place",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
};

function failed(path: string, error: unknown): UserError {
  const { code } = error as { code?: string };
  const why = WHY[code ?? ""] ?? (isFile(path) ? WHY.EEXIST : (code ?? String(error)));
  return new UserError(ExitCode.NoOutput, `cannot write ${path}: ${why}`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** In a form that can be pasted into a shell. */
function summary(folder: string, count: number): string {
  const dir = /^[\w/.+-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`;
  return `${amount(count, "file")} in ${folder}

one line:  arm-none-eabi-gcc -march=armv7-a -marm -msoft-float -O2 -mlong-calls -fPIC -D__RTTHREAD__ -I${dir}/include -shared \\
             -nostartfiles -nostdlib -static-libgcc -Wl,--gc-sections,-z,max-page-size=0x4 -e main hello.c -o hello.mo
make:      make -f ${dir}/Makefile
cmake:     cmake -B build -DCMAKE_TOOLCHAIN_FILE=${dir}/cmake/rt-thread.cmake && cmake --build build
scons:     export RTT_ROOT=${dir} BSP_ROOT=${dir}/bsp; scons --app=hello
`;
}
