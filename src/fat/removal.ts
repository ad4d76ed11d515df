import { Attribute, Field, firstCluster } from "./entry.ts";
import { FatError } from "./error.ts";
import { type Contents, setContents } from "./info.ts";
import { isDirectory } from "./tree.ts";
import type { VolumeParts } from "./volume-parts.ts";

// What entries lose: the clusters of a chain go when no entry leads to them any more.

/**
 * Removes a file or an empty directory.
 *
 * @returns why clusters were left as they are: they are another's, too
 */
export function removeEntry(parts: VolumeParts, path: string): FatError | undefined {
  const { store, tree, nodes, shared } = parts;
  const { directory, entry } = tree.locate(path);
  parts.checkChange(directory, path);
  const view = directory.view(entry.slot);
  if (view[Field.Attributes] & Attribute.ReadOnly)
    throw new FatError("denied", `${path} is read-only`);
  const first = firstCluster(view, store.geometry.type === 32);
  const damage = shared.damage(first, path);
  if (isDirectory(directory, entry)) {
    const start = tree.startOf(directory, entry);
    const empty = tree.pin(directory, () => tree.get(start).entries.empty);
    if (!empty || start === directory.start)
      throw new FatError("denied", `${path} is a directory that is not empty`);
    directory.remove(entry);
    tree.removed(start);
  } else {
    if (nodes.has({ directory, entry })) throw new FatError("busy", `${path} is open`);
    directory.remove(entry);
  }
  store.table.release(first, shared.clusters);
  store.flushTable();
  return damage;
}

/**
 * Gives a file other clusters.
 *
 * @returns why the old ones were left as they are: they are another's, too
 */
export function replaceContents(
  parts: VolumeParts,
  path: string,
  contents: Contents,
): FatError | undefined {
  const { store, tree, nodes, shared } = parts;
  const { directory, entry } = tree.locate(path);
  if (nodes.has({ directory, entry })) throw new FatError("busy", `${path} is open`);
  const view = directory.view(entry.slot);
  const old = firstCluster(view, store.geometry.type === 32);
  const damage = shared.damage(old, path);
  setContents(view, contents, store.geometry.type === 32, parts.now());
  directory.touch(entry.slot);
  store.table.release(old, shared.clusters);
  store.flushTable();
  return damage;
}
