import type { Firmware } from "./jit/prebuild.ts";
import type { PrebuiltRegions } from "./jit/prebuilt.ts";

let load: (() => Uint8Array | undefined) | undefined;
let loaded: PrebuiltRegions | undefined;

/** Has all engines of this process take what prebuildRegions made; `bytes` gives it when the first of them has use for it. */
export function offerRegions(bytes: (() => Uint8Array | undefined) | undefined): void {
  load = bytes;
  loaded = undefined;
}

/** What was offered. */
export function offeredRegions(): PrebuiltRegions | undefined {
  if (!loaded && load) {
    const bytes = load();
    load = undefined;
    const { PrebuiltRegions } = require("./jit/prebuilt.ts") as typeof import("./jit/prebuilt.ts");
    if (bytes) loaded = new PrebuiltRegions(bytes);
  }
  return loaded;
}

/** Translates the functions of a firmware that were executed, for offerRegions. The same each time. */
export function prebuildRegions(firmware: Firmware): Uint8Array {
  const prebuild = require("./jit/prebuild.ts") as typeof import("./jit/prebuild.ts");
  return prebuild.prebuildRegions(firmware);
}
