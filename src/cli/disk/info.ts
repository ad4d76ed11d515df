import { cardDevice, findPartitions } from "../../block/mod.ts";
import { FatVolume } from "../../fat/mod.ts";
import { ExitCode } from "../exit-codes.ts";
import { formOf } from "../open-disk.ts";
import { writeAll } from "../output.ts";
import { openWhole, told } from "./image.ts";
import type { DiskArguments } from "./arguments.ts";
import { readable } from "./progress.ts";

const FORM = { raw: "raw image", gzip: "gzipped image", zip: "ZIP archive", folder: "folder" };

export async function info(args: DiskArguments): Promise<number> {
  const [image] = args.operands;
  const form = formOf(image);
  const disk = openWhole(image, false);
  try {
    const card = cardDevice(disk);
    const partitions = card === disk ? [] : findPartitions(disk);
    const volume = told(image, () => FatVolume.mount(card, { readOnly: true }));
    const { geometry } = volume;
    const { clusterSize, clusters, freeClusters } = told(image, () => volume.space());
    const serial = geometry.serial.toString(16).toUpperCase().padStart(8, "0");
    const facts = {
      image,
      form,
      bytes: disk.sectors * disk.sectorSize,
      partitions: partitions.map(({ index, type, start, sectors }) => ({
        index,
        type,
        start,
        sectors,
      })),
      fat: geometry.type,
      label: told(image, () => volume.label),
      serial: `${serial.slice(0, 4)}-${serial.slice(4)}`,
      sectorSize: geometry.sectorSize,
      clusterSize,
      clusters,
      freeClusters,
      freeBytes: freeClusters * clusterSize,
      fats: geometry.fats,
      rootEntries: geometry.rootEntries || null,
      warnings: volume.warnings,
    };
    const text = args.flag("json") ? JSON.stringify(facts, null, 2) : describe(facts);
    writeAll(1, new TextEncoder().encode(`${text}\n`));
    return ExitCode.Ok;
  } finally {
    disk.close();
  }
}

function describe(facts: {
  image: string;
  form: keyof typeof FORM;
  bytes: number;
  partitions: readonly { index: number; type: number; start: number; sectors: number }[];
  fat: number;
  label: string;
  serial: string;
  sectorSize: number;
  clusterSize: number;
  clusters: number;
  freeClusters: number;
  freeBytes: number;
  fats: number;
  rootEntries: number | null;
  warnings: readonly string[];
}): string {
  const lines: [string, string][] = [
    ["image", `${facts.image} (${FORM[facts.form]}, ${readable(facts.bytes)})`],
    ...facts.partitions.map(({ index, type, start, sectors }): [string, string] => [
      `partition ${index}`,
      `type 0x${type.toString(16).padStart(2, "0")}, sectors ${start} to ${start + sectors - 1}${index === 0 ? " (this one is used)" : ""}`,
    ]),
    ["file system", `FAT${facts.fat}, ${facts.fats === 1 ? "1 FAT" : `${facts.fats} FATs`}`],
    ["label", facts.label || "none"],
    ["serial number", facts.serial],
    ["sectors of", readable(facts.sectorSize)],
    ["clusters", `${facts.clusters} of ${readable(facts.clusterSize)}`],
    ["free", `${readable(facts.freeBytes)} (${facts.freeClusters} clusters)`],
  ];
  if (facts.rootEntries !== null) lines.push(["root directory", `${facts.rootEntries} entries`]);
  for (const warning of facts.warnings) lines.push(["warning", warning]);
  return lines.map(([name, text]) => `${name.padEnd(15)} ${text}`).join("\n");
}
