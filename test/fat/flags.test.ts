/** The second entry of the FAT holds flags: whatever it is found to hold, it is no cluster that could be free. */
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { FatVolume, makeDisk } from "../../src/fat/mod.ts";
import { checkVolume } from "../../src/fat/check/mod.ts";
import { have } from "./tools.ts";
import { Bench } from "../disk/tool.ts";

test.each([
  { type: 16, size: 8 << 20, flags: 0x8000 },
  { type: 32, size: 40 << 20, flags: 0x08000000 },
] as const)("FAT$type whose flags are nothing but 'closed'", ({ type, size, flags }) => {
  const disk = makeDisk([], { type, size });
  const bytes = disk.image();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const { fatSector, fatSectors, clusters } = FatVolume.mount(disk, { readOnly: true }).geometry;
  for (const copy of [0, 1]) {
    const at = (fatSector + copy * fatSectors) * 512;
    if (type === 16) view.setUint16(at + 2, flags, true);
    else view.setUint32(at + 4, flags, true);
  }
  disk.write(0, bytes);
  // The root directory of FAT32 takes a cluster.
  const empty = clusters - (type === 32 ? 1 : 0);
  for (const counted of [false, true]) {
    const volume = FatVolume.mount(disk);
    if (counted) expect(volume.space().freeClusters).toBe(empty);
    volume.writeFile("/file", new Uint8Array(1));
    expect(volume.space().freeClusters).toBe(empty - 1);
    volume.unlink("/file");
    volume.unmount();
    expect(FatVolume.mount(disk).space().freeClusters).toBe(empty);
    expect(checkVolume(disk).problems.filter(({ kind }) => kind === "free count")).toEqual([]);
  }
  if (!have("fsck.fat")) return;
  const bench = new Bench();
  writeFileSync(bench.path("flags.img"), disk.image());
  expect(bench.tool(["fsck.fat", "-n", "flags.img"])).toMatchObject({ code: 0 });
  bench.remove();
});
