/**
 * Every probe prints on the simulated board, with `--compat 4.0.4` and on every engine, what it printed on a real RT-Thread 4.0.4, byte
 * for byte.
 */
import { expect, test } from "bun:test";
import { DIFFERENT_PROBES } from "./differences.ts";
import { kernelProbes, type Probe, run, systemProbes } from "./probe.ts";

/** Milliseconds of host time for one probe; irq alone counts to 30 million. */
const TIMEOUT = 60_000;

/** The interpreter, the translator from the first instruction on, and both as they are without an option. */
const ENGINES = ["interp", "jit", "auto"] as const;

for (const [kind, probes] of [
  ["kernel", kernelProbes()],
  ["system", systemProbes()],
] as const) {
  for (const probe of probes) {
    const reason = DIFFERENT_PROBES[probe.name];
    for (const engine of ENGINES)
      test(
        `${kind}: ${probe.name}, ${engine}${reason ? ` (differs: ${reason})` : ""}`,
        () => {
          const received = run(probe, { compat404: true, engine });
          if (reason) expect(text(received)).not.toBe(text(probe.expected));
          else expect(text(received)).toBe(text(probe.expected));
        },
        TIMEOUT,
      );
  }
}

test("every probe that is listed as different exists", () => {
  const names = [...kernelProbes(), ...systemProbes()].map(({ name }: Probe) => name);
  expect(Object.keys(DIFFERENT_PROBES).filter((name) => !names.includes(name))).toEqual([]);
});

/** The recordings end with or without a line end. */
function text(output: string): string {
  return output.replace(/\n$/, "");
}
