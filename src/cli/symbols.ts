import { Firmware } from "../firmware/mod.ts";
import { GuestMemory } from "../memory/mod.ts";
import { exportRows } from "../exports.ts";
import { ExitCode } from "./exit-codes.ts";
import { writeAll } from "./output.ts";
import type { Parsed } from "./parse.ts";
import { settingsOf } from "./settings.ts";

/** `rtt-sim symbols`: what modules can be linked against, in the form of list_symbols or as JSON. */
export function symbols(parsed: Parsed): number {
  const firmware = new Firmware(new GuestMemory(), settingsOf(parsed).firmware);
  const prototypes = new Map(exportRows.map((row) => [row.name, row]));
  const entries = [...firmware.entries()];
  const hex = (address: number) => `0x${address.toString(16).padStart(8, "0")}`;
  const text = parsed.flag("json")
    ? `${JSON.stringify(
        entries.map(({ name, address }) => {
          const row = prototypes.get(name);
          return { name, address: hex(address), prototype: row?.proto, header: row?.header };
        }),
        undefined,
        2,
      )}\n`
    : entries.map(({ name, address }) => `${name} => ${hex(address)}\n`).join("");
  writeAll(1, new TextEncoder().encode(text));
  return ExitCode.Ok;
}
