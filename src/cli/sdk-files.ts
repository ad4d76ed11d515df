import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

/** A text file of the SDK; `path` is relative to it. */
export interface SdkFile {
  readonly path: string;
  readonly text: string;
}

const SOURCE = join(import.meta.dir, "../sdk");
/** The SDK as one file, made by src/build.ts for the binary. */
const SDK_ARCHIVE = join(SOURCE, "sdk.bin");

/** The files as they lie in the source tree: `include`, and what is in `tree`. */
function sourceFiles(): SdkFile[] {
  const read = (folder: string, prefix: string): SdkFile[] =>
    (readdirSync(join(SOURCE, folder), { recursive: true, withFileTypes: true }) ?? [])
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const full = join(entry.parentPath, entry.name);
        const path = full.slice(join(SOURCE, folder).length + 1).replaceAll("\\", "/");
        return { path: prefix + path, text: readFileSync(full, "utf8") };
      })
      .filter(({ path }) => !/(^|\/)(__pycache__|\.)/.test(path));
  return [...read("include", "include/"), ...read("tree", "")].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

/** Writes the archive; for the build. */
export function packSdk(): void {
  const text = JSON.stringify(sourceFiles());
  mkdirSync(SOURCE, { recursive: true });
  writeFileSync(SDK_ARCHIVE, gzipSync(text, { level: 9 }));
}

/** The files of the SDK: from inside the binary, or from the source tree when it is run from there. */
export async function sdkFiles(): Promise<SdkFile[]> {
  if (Bun.embeddedFiles.length === 0) return sourceFiles();
  const { default: archive } = await import("./sdk-archive.ts");
  return JSON.parse(gunzipSync(readFileSync(archive)).toString()) as SdkFile[];
}
