import { existsSync } from "node:fs";

/** A path of the host, or one in an image. */
export type Place =
  | { readonly kind: "host"; readonly path: string }
  | { readonly kind: "image"; readonly image: string; readonly path: string };

/** On Windows a single letter is a drive. */
const IN_IMAGE = process.platform === "win32" ? /^(.{2,}?):(\/.*)?$/s : /^(.+?):(\/.*)?$/s;

/** `IMAGE:/PATH` (or `IMAGE:` for its root) is in an image, everything else on the host; so is a host file of that very name. */
export function parsePlace(text: string): Place {
  const match = IN_IMAGE.exec(text);
  if (!match || existsSync(text)) return { kind: "host", path: text };
  return { kind: "image", image: match[1], path: match[2] ?? "/" };
}

export interface ImagePlace {
  readonly image: string;
  readonly path: string;
}

/** For commands that work in images only: `IMAGE` alone is its root. */
export function imagePlace(text: string): ImagePlace {
  const place = parsePlace(text);
  return place.kind === "image" ? place : { image: place.path, path: "/" };
}

export function joinPath(folder: string, name: string): string {
  return folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`;
}

export function baseName(path: string): string {
  return path.replace(/\/+$/, "").split("/").pop() ?? "";
}
