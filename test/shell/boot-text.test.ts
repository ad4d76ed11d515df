import { expect, test } from "bun:test";
import { findPartitions, RamDevice } from "../../src/block/mod.ts";
import { bootText } from "../../src/shell/mod.ts";
import { recording } from "./recording.ts";

/** What `mformat -T 131072` of mtools writes at 0x1be: 132048 sectors from 0 on. */
const MFORMAT_ENTRY = [0x80, 0, 1, 0, 6, 0x0f, 0x3f, 0x82, 0, 0, 0, 0, 0xd0, 3, 2, 0];

function card(entry: readonly number[]): RamDevice {
  const device = new RamDevice(64 << 20);
  const sector = new Uint8Array(512);
  sector.set(entry, 0x1be);
  device.write(0, sector);
  return device;
}

const BOOTS: [session: string, entry: number[], mounted: boolean, what: string][] = [
  ["01-basic", MFORMAT_ENTRY, true, "made by mformat: a partition line"],
  ["51-boot-mkfsfat", [], true, "made by mkfs.fat: no partition line"],
  ["50-boot-blank-sd", [], false, "blank: nothing is mounted"],
];

for (const [session, entry, mounted, what] of BOOTS) {
  test(`boot with a card ${what}`, () => {
    const disk = card(entry);
    const text = bootText(
      { bytes: disk.sectors * disk.sectorSize, partitions: findPartitions(disk), mounted },
      "Nov 21 2026",
    );
    expect(`${text.replaceAll("\n", "\r\n")}msh />`).toBe(recording(session).boot);
  });
}
