import { readFileSync } from "node:fs";
import { DEFAULT_DISK_SECTORS } from "../../disk/recipe.ts";
import defaultDiskPath from "../../disk/default-disk.bin" with { type: "file" };
import { RamDevice } from "../block/mod.ts";
import preparedPath from "../firmware/prepared.bin" with { type: "file" };
import firmwarePath from "../firmware/prebuilt/firmware.elf" with { type: "file" };

/** The firmware that comes with the binary. */
export function firmwareImage(): Uint8Array {
  return readFileSync(firmwarePath);
}

/** Translations of its code, for `usePreparedCode`. */
export function preparedCode(): Int32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(preparedPath);
  return new Int32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** The disk that comes with the binary, in memory: changes are gone at the end. */
export function defaultDisk(): RamDevice {
  return new RamDevice(DEFAULT_DISK_SECTORS * 512, readFileSync(defaultDiskPath));
}
