import { cardDevice } from "../../block/mod.ts";
import { checkVolume, HARMLESS, type Problem } from "../../fat/check/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { Signals } from "../signals.ts";
import { writeAll } from "../output.ts";
import { openWhole, told } from "./image.ts";
import type { DiskArguments } from "./arguments.ts";
import { Progress, readable } from "./progress.ts";
import { SpillDisk } from "./spill.ts";

/** Faults are left. */
const FAULTY = 1;
const SHOWN = 50;
/** Of changes, before they go to a temporary file. */
const IN_MEMORY = 16 << 20;

export async function fsck(args: DiskArguments): Promise<number> {
  const [image] = args.operands;
  const repair = args.flag("repair");
  const lost = args.value("lost") ?? "save";
  if (lost !== "save" && lost !== "free")
    throw new UserError(
      ExitCode.Usage,
      `--lost: '${lost}' is not known`,
      "choose one of: save, free",
    );
  const device = openWhole(image, repair);
  const changes = new SpillDisk(device.sectors * device.sectorSize, IN_MEMORY);
  let signals: Signals | undefined;
  try {
    const size = device.sectors * device.sectorSize;
    const progress = new Progress("checking", size);
    const report = told(image, () =>
      checkVolume(cardDevice(device), {
        repair,
        lost,
        changes: changes.storage,
        progress: (done) => progress.at(done * size, size),
        // Until then nothing is changed, and a signal ends the check at once.
        beforeWriting: () => (signals = new Signals()),
      }),
    );
    progress.end();
    await signals?.listen();
    const { geometry, counts, total, harmless, problems, remaining, repaired, refused } = report;
    const code = report.faultsLeft > 0 ? FAULTY : ExitCode.Ok;
    if (args.flag("json")) {
      const facts = {
        image,
        fat: geometry.type,
        ...counts,
        clusters: geometry.clusters,
        total,
        faults: total - harmless,
        harmless,
        repaired,
        refused,
        problems,
        remaining,
      };
      say(`${JSON.stringify(facts, null, 2)}\n`);
      return signals?.code ?? code;
    }
    for (const problem of problems.slice(0, SHOWN)) say(`${line(problem)}\n`);
    if (total > SHOWN) say(`... and ${total - SHOWN} more\n`);
    const used = counts.usedClusters * geometry.clusterSize;
    const summary = `FAT${geometry.type}, ${counts.files} files, ${counts.directories} directories, ${readable(used)} in use`;
    say(`${image}: ${summary}: ${verdict(total, harmless, repaired, remaining.length)}\n`);
    if (refused) say(`nothing was changed: ${refused}\n`);
    else if (geometry.usableClusters < geometry.clusters && !repair)
      say(
        "nothing is repaired while the image is cut off; make the file as long as its file system\n",
      );
    else if (total > 0 && !repair)
      say(
        `rtt-sim disk fsck --repair ${image} mends ${remaining.length === 0 ? "all of it" : "some of it"}\n`,
      );
    return signals?.code ?? code;
  } finally {
    signals?.close();
    changes.close();
    device.close();
  }
}

function verdict(total: number, harmless: number, repaired: boolean, left: number): string {
  if (total === 0) return "sound";
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
  const parts: string[] = [];
  if (total > harmless) parts.push(count(total - harmless, "fault"));
  if (harmless > 0) parts.push(count(harmless, "note"));
  const found =
    harmless === total
      ? `no faults, ${parts[0]}, all harmless (a writer was stopped)`
      : parts.join(" and ");
  if (!repaired) return found;
  return left === 0 ? `${found}, repaired` : `${found}, ${left} left`;
}

function line({ kind, path, message }: Problem): string {
  const mark = HARMLESS.has(kind) ? "note" : "fault";
  const text = `${mark}: ${path === undefined ? "" : `${path}: `}${message}`;
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
}

function say(text: string): void {
  writeAll(1, new TextEncoder().encode(text));
}
