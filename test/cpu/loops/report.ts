/** Differences for people: disassembled, with the state that the loop began in. */
import { disassemble } from "../../../src/cpu/mod.ts";
import type { Difference } from "./case.ts";
import type { Event } from "./events.ts";

export const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");

/** A difference in words: the code, the state it began with, what differs. */
export function explain({ test, world, engine, slice, what }: Difference): string {
  const { seed, loop, start, code } = test;
  const lines = [
    `loop ${seed} (${loop.isa}: ${loop.family}), world ${world.seed}, slice ${slice}, interp and ${engine}`,
  ];
  const view = new DataView(code.buffer);
  let itState = 0;
  for (let at = start; at < start + code.length;) {
    const half = (address: number): number =>
      address - start + 2 <= code.length ? view.getUint16(address - start, true) : 0;
    const line = disassemble(half, at, loop.isa !== "a32", itState);
    lines.push(`  ${hex(at)}  ${line.text}`);
    at += line.size;
    ({ itState } = line);
  }
  lines.push(
    `  registers ${world.registers.map((value, r) => `r${r}=${hex(value)}`).join(" ")} cpsr=${hex(world.cpsr)}`,
  );
  const places = world.special.map(([at, value]) => `${hex(at)}=${value}`).join(" ");
  lines.push(
    `  memory ${world.fill} ${places} ${world.alike ? `alike ${world.alike.map(hex).join(" ")}` : ""}`,
  );
  const events = (list: readonly Event[]): string =>
    list.map((event) => JSON.stringify(event)).join(" ");
  lines.push(`  events ${events(world.events)}; host ${world.hostChanges}`);
  for (const { units, events: then } of world.slices)
    lines.push(`  slice of ${units} ${events(then)}`);
  return [...lines, what.replaceAll(/^/gm, "  ")].join("\n");
}
