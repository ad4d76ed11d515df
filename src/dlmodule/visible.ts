import { visible } from "../text/mod.ts";

export { visible };

/** A name that the kernel has as bytes, one character each, between quotes: nothing inside ends them. */
export function quoted(name: string): string {
  return `"${visible(name.replace(/["\\]/g, "\\$&"))}"`;
}
