import { Attribute, Field, firstCluster } from "./entry.ts";
import { exists, FatError } from "./error.ts";
import { FatFile } from "./file.ts";
import type { FileNode } from "./file-node.ts";
import { newFields, setCreated } from "./info.ts";
import { above, split } from "./tree.ts";
import type { OpenMode } from "./volume-options.ts";
import type { VolumeParts } from "./volume-parts.ts";

/** f_open of FatFs. @throws FatError "denied" for a directory that would be created or changed and for a read-only file */
export function openFile(parts: VolumeParts, path: string, mode: OpenMode): FatFile {
  const { store, tree, nodes, shared } = parts;
  const fat32 = store.geometry.type === 32;
  const names = split(path);
  if (names.length === 0) throw new FatError("invalid name", "the root directory is not a file");
  const [directory, name] = tree.parent(path, names);
  const found = directory.entries.find(name);
  if (!found) {
    if (mode.create === "existing") throw new FatError("no file", `${path} does not exist`);
    parts.checkChange(directory, path);
    const fields = newFields(Attribute.Archive, 0, parts.now(), fat32);
    const entry = directory.insert(directory.reserve(name, above(path)), name, fields);
    return new FatFile(nodes.get({ directory, entry }), mode.write);
  }
  const info = directory.info(found);
  if (mode.create === "existing") {
    if (info.directory) throw new FatError("no file", `${path} is a directory`);
    if (mode.write && info.readOnly) throw new FatError("denied", `${path} is read-only`);
  } else {
    if (info.directory) throw new FatError("denied", `${path} is a directory`);
    if (info.readOnly) throw new FatError("denied", `${path} is read-only`);
    if (mode.create === "new") throw exists(path);
  }
  if (mode.write || mode.create === "truncate") {
    parts.checkChange(directory, path);
    shared.check(firstCluster(directory.view(found.slot), fat32), path);
  }
  const node = nodes.get({ directory, entry: found });
  if (mode.create === "truncate") truncate(parts, node);
  return new FatFile(node, mode.write);
}

/** The file begins anew: nothing in it, made now. */
function truncate({ store, tree, now }: VolumeParts, node: FileNode): void {
  const { first } = node.chain;
  const view = tree.get(node.directory).view(node.slot);
  view[Field.Attributes] = Attribute.Archive;
  setCreated(view, now());
  // As FatFs: the hole is used again. Before the cut, which writes FSInfo.
  if (first !== 0) store.table.hint = first - 1;
  node.cut(0);
}
