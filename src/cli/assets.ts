import { readFileSync } from "node:fs";
import { DEFAULT_DISK_SECTORS } from "../../disk/recipe.ts";
import defaultDiskPath from "../../disk/default-disk.bin" with { type: "file" };
import { RamDevice } from "../block/mod.ts";
import { offerRegions } from "../cpu/mod.ts";
import preparedPath from "../firmware/prepared.bin" with { type: "file" };
import firmwarePath from "../firmware/prebuilt/firmware.elf" with { type: "file" };

/** The firmware that comes with the binary. */
export function firmwareImage(): Uint8Array {
  return readFileSync(firmwarePath);
}

/** Translations of its code, for `usePreparedCode`. */
export function preparedCode(): Int32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(preparedPath);
  return new Int32Array(buffer, byteOffset, byteLength >>> 2);
}

// Only inside a binary: its regions were made by the very translator that it contains.
offerRegions(() => {
  if (Bun.embeddedFiles.length === 0) return undefined;
  const archive = require("./region-archive.ts") as typeof import("./region-archive.ts");
  const { buffer, byteOffset, byteLength } = readFileSync(archive.default);
  return new Uint8Array(buffer, byteOffset, byteLength);
});

/** The disk that comes with the binary, in memory: changes are gone at the end. */
export function defaultDisk(): RamDevice {
  return new RamDevice(DEFAULT_DISK_SECTORS * 512, readFileSync(defaultDiskPath));
}
