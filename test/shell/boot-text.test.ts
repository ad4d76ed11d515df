import { expect, test } from "bun:test";
import { bootText, firstPartition } from "../../src/shell/mod.ts";
import { recording } from "./recording.ts";

const MIB64 = 64 * 1024 * 1024;

/** Sector 0 with a partition entry as mformat writes it: type 6, start 0, 132048 sectors. */
function mformatSector(): Uint8Array {
  const sector = new Uint8Array(512);
  sector[0x1be + 4] = 6;
  new DataView(sector.buffer).setUint32(0x1be + 12, 132048, true);
  return sector;
}

const crlf = (text: string): string => `${text.replaceAll("\n", "\r\n")}msh />`;

test("boot with a card made by mformat", async () => {
  const { boot } = await recording("basic");
  const partition = firstPartition(mformatSector());
  expect(crlf(bootText({ bytes: MIB64, partition, mounted: true }, "Nov 21 2026"))).toBe(boot);
});

test("boot with a card made by mkfs.fat: no partition line", async () => {
  const { boot } = await recording("boot-mkfs-fat");
  const partition = firstPartition(new Uint8Array(512));
  expect(crlf(bootText({ bytes: MIB64, partition, mounted: true }, "Nov 21 2026"))).toBe(boot);
});

test("boot with a blank card: nothing is mounted", async () => {
  const { boot } = await recording("boot-blank");
  expect(crlf(bootText({ bytes: MIB64, mounted: false }, "Nov 21 2026"))).toBe(boot);
});

test("a flag that is neither 0 nor 0x80 is no partition", () => {
  const sector = mformatSector();
  sector[0x1be] = 0x33;
  expect(firstPartition(sector)).toBeUndefined();
});
