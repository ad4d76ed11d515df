import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { toolchainPresent } from "../../src/firmware/build/toolchain.ts";
import { FIRMWARE } from "./place.ts";

const full = process.env.RTT_SIM_FULL === "1" && toolchainPresent();

test.skipIf(!full)(
  "the build gives the checked-in image, bit for bit (needs RTT_SIM_FULL=1 and the ARM toolchain)",
  () => {
    const folder = mkdtempSync(`${tmpdir()}/rtt-firmware-`);
    try {
      const script = `${import.meta.dir}/../../src/firmware/build.ts`;
      const result = Bun.spawnSync(
        [process.execPath, script, "--work", folder, "--out", `${folder}/firmware.elf`],
        { stdout: "pipe", stderr: "pipe" },
      );
      expect(result.stderr.toString()).toBe("");
      expect(readFileSync(`${folder}/firmware.elf`).equals(readFileSync(FIRMWARE))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  300_000,
);
