/** What is on the default disk. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DISK_MODULES, DISK_TARGETS } from "./modules.ts";

/** 64 MiB, the size of the SD card of the reference board. */
export const DEFAULT_DISK_SECTORS = 131072;

export const DEFAULT_DISK_LABEL = "RT-THREAD";

/** Time stamp of every file, seconds since 1970: 2021-11-08 00:00:00 UTC. */
export const DEFAULT_DISK_TIME = 1636329600;

export interface DiskFile {
  /** Absolute, on the disk; its folders are made as needed. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const README = `The disk of rtt-sim. Programs run by their name:

  hello          the first program of the documentation
  dltest         opens /lib.so and calls its functions
  threads        two threads and a semaphore
  cxx            a C++ class
  md5 text.txt   MD5 of a file
  bench          a processor benchmark that checks its result

They are A32 code; thumb/ and m0/ hold the same programs as Thumb-2 and
Thumb-1 code: thumb/hello.mo

script.sh is a script. help lists the commands, list_symbols the kernel
functions that a program can call.
`;

const TEXTS: Record<string, string> = {
  "/readme.txt": README,
  "/text.txt": "line one\nline two\nno newline at end",
  "/script.sh": "# two commands\nversion\nhello\n",
};

/** The files in the order in which they are written. */
export function defaultDiskFiles(): DiskFile[] {
  const modules = DISK_TARGETS.flatMap(({ target, folder }) =>
    DISK_MODULES.map(({ name }) => ({ path: folder + name, bytes: prebuilt(target, name) })),
  );
  const texts = Object.entries(TEXTS).map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
  }));
  // dlopen("lib.so") without a folder means this one.
  const library = { path: "/modules/lib.so", bytes: prebuilt("a9", "lib.so") };
  return [...texts, ...modules, library];
}

function prebuilt(target: string, name: string): Uint8Array {
  return readFileSync(join(import.meta.dir, "prebuilt", target, name));
}
