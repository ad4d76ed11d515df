import { Attribute, ENTRY } from "./entry.ts";
import { DISK_FULL, exists, FatError } from "./error.ts";
import { clusterSector } from "./geometry.ts";
import { dotEntry, newFields } from "./info.ts";
import { dotDot } from "./moves.ts";
import { above, split } from "./tree.ts";
import type { VolumeParts } from "./volume-parts.ts";

/** Makes an empty directory. Its cluster with `.` and `..` is on the disk before the entry that leads there. */
export function makeDirectory(parts: VolumeParts, path: string): void {
  const { store, tree } = parts;
  const { geometry, sectors, table } = store;
  const fat32 = geometry.type === 32;
  const names = split(path);
  if (names.length === 0) throw exists(path);
  const [directory, name] = tree.parent(path, names);
  if (directory.entries.find(name)) throw exists(path);
  parts.checkChange(directory, path);
  const cluster = table.allocate(0);
  if (cluster === 0) throw new FatError("full", DISK_FULL);
  const fields = newFields(Attribute.Directory, cluster, parts.now(), fat32);
  let place;
  try {
    const contents = new Uint8Array(geometry.clusterSize);
    contents.set(dotEntry(fields, ".", cluster, fat32));
    contents.set(dotEntry(fields, "..", dotDot(store, directory), fat32), ENTRY);
    sectors.write(clusterSector(geometry, cluster), contents);
    place = directory.reserve(name, above(path));
  } catch (error) {
    table.release(cluster);
    throw error;
  }
  store.flushTable();
  directory.insert(place, name, fields);
}
