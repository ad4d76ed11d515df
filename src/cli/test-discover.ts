import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, normalize, resolve } from "node:path";
import { cardDevice } from "../block/mod.ts";
import { FatError, FatVolume } from "../fat/mod.ts";
import { hostError } from "./host-file.ts";
import { formOf, openDisk } from "./open-disk.ts";
import { ExitCode, UserError } from "./exit-codes.ts";

/** A test as a worker gets it. */
export interface TestRef {
  readonly id: string;
  readonly kind: "module" | "scenario";
  /** The file on the host, or the disk image that it is in. */
  readonly file: string;
  /** Its path on the image. */
  readonly inside?: string;
  /** It stands for an image below a folder whose tests cannot be read, for this reason. */
  readonly damaged?: string;
}

const SCENARIO = ".smoke.toml";
const IMAGE = /\.(img|img\.gz)$/i;
/** Where tests are looked for first. */
const FOLDER = "tests";
const DEPTH_MAX = 32;
const SKIPPED = new Set(["node_modules"]);

/** The tests below the paths of the command line, sorted, each once; a path that does not exist is the user's error. */
export function discover(paths: readonly string[]): TestRef[] {
  // By the file itself: it may be reached by several paths.
  const found = new Map<string, TestRef>();
  for (const path of paths)
    for (const test of below(normalize(path).replace(/(.)\/+$/, "$1"))) {
      const place = `${located(test.file)}:${test.inside ?? ""}`;
      if (!found.has(place)) found.set(place, test);
    }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function below(path: string): TestRef[] {
  let stat: ReturnType<typeof statSync>;
  try {
    stat = statSync(path);
  } catch (error) {
    throw hostError(path, error);
  }
  if (stat.isDirectory()) {
    const tests = join(path, FOLDER);
    return inFolder(isFolder(tests) ? tests : path, 0);
  }
  if (!stat.isFile() && !stat.isBlockDevice())
    throw new UserError(ExitCode.Usage, `${path} is not a test: it is not a regular file`);
  const test = testOf(path);
  if (test) return [test];
  if (IMAGE.test(path)) return inImage(path);
  throw new UserError(
    ExitCode.Usage,
    `${path} is not a test`,
    "a test is FILE.mo, FILE.smoke.toml, a folder, or a disk image (.img) with /tests",
  );
}

function testOf(path: string): TestRef | undefined {
  if (/\.mo$/i.test(path)) return { id: path, kind: "module", file: path };
  if (path.endsWith(SCENARIO)) return { id: path, kind: "scenario", file: path };
  return undefined;
}

/** Where a file is, there or not: a link to a file is one of its own, a folder by another name is the same folder. */
export function located(file: string): string {
  try {
    // The other one takes the ".." behind a link away before it looks.
    return join(realpathSync.native(dirname(file)), basename(file));
  } catch {
    return resolve(file);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function inFolder(folder: string, depth: number): TestRef[] {
  if (depth > DEPTH_MAX) return [];
  let entries: ReturnType<typeof list>;
  try {
    entries = list(folder);
  } catch (error) {
    throw hostError(folder, error);
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".")) return [];
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : inFolder(path, depth + 1);
    if (entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice()) return [];
    return testOf(path) ?? (IMAGE.test(path) ? inFoundImage(path) : []);
  });
}

function list(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

/**
 * Tests of an image that nobody named. Images that scenarios use as their disk lie beside them and have none; what is no image says so
 * when it is used. One that is damaged may have had some.
 */
function inFoundImage(path: string): TestRef[] {
  try {
    return inImage(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!isMeantAsImage(path)) return [];
    const why = error.message.replace(`${path}: `, "");
    return [{ id: path, kind: "scenario", file: path, damaged: why }];
  }
}

/** Whether a file that is no usable image was made as one: it is packed, or begins as a FAT volume or a disk with one does. */
function isMeantAsImage(path: string): boolean {
  const sector = new Uint8Array(512);
  try {
    if (formOf(path) !== "raw") return true;
    const fd = openSync(path, "r");
    try {
      if (readSync(fd, sector, 0, sector.length, 0) < sector.length) return false;
    } finally {
      closeSync(fd);
    }
  } catch {
    // A link to nothing is no image; what may not be read can be one.
    return existsSync(path);
  }
  return hasVolumeFields(sector) || hasFatPartition(sector);
}

/** BS_jmpBoot and the BPB. */
function hasVolumeFields(sector: Uint8Array): boolean {
  const [jump] = sector;
  const bytesPerSector = sector[11] | (sector[12] << 8);
  const fats = sector[16];
  return (
    (jump === 0xeb || jump === 0xe9) &&
    [512, 1024, 2048, 4096].includes(bytesPerSector) &&
    (fats === 1 || fats === 2)
  );
}

const FAT_PARTITIONS = [1, 4, 6, 0xb, 0xc, 0xe];

/** An MBR. */
function hasFatPartition(sector: Uint8Array): boolean {
  const types = [0, 1, 2, 3].map((n) => sector[446 + 16 * n + 4]);
  return (
    sector[510] === 0x55 && sector[511] === 0xaa && types.some((t) => FAT_PARTITIONS.includes(t))
  );
}

/** `/tests` of an image; nothing when it has none. */
function inImage(file: string): TestRef[] {
  return withVolume(file, (volume) => {
    const refs: TestRef[] = [];
    const walk = (folder: string, depth: number): void => {
      for (const { name, directory } of volume.each(folder)) {
        if (name.startsWith(".")) continue;
        const path = `${folder}/${name}`;
        if (directory && depth < DEPTH_MAX) walk(path, depth + 1);
        const test = directory ? undefined : testOf(path.toLowerCase());
        if (test) refs.push({ id: `${file}:${path}`, kind: test.kind, file, inside: path });
      }
    };
    if (volume.exists(`/${FOLDER}`)) walk(`/${FOLDER}`, 0);
    // In what is lost of a root directory it may have been.
    else for (const _ of volume.each("/"));
    return refs;
  });
}

/** Reads files of an image; the image is not changed. */
export function withVolume<T>(file: string, body: (volume: FatVolume) => T): T {
  const device = openDisk(file, true);
  try {
    return body(FatVolume.mount(cardDevice(device)));
  } catch (error) {
    if (!(error instanceof FatError)) throw error;
    throw new UserError(ExitCode.BadData, `${file}: ${error.message}`);
  } finally {
    device.close();
  }
}

/** Path of a file that a test names, seen from the test. What ".." is above of, when that is a link, only the host can tell. */
export function beside(test: string, name: string): string {
  if (name.startsWith("/")) return name;
  return name.split("/").includes("..") ? `${dirname(test)}/${name}` : join(dirname(test), name);
}
