/** The probes: small programs whose output on the original kernel is known, one topic each. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { MachineOptions } from "../../src/machine.ts";
import { makeCard } from "../sessions/card.ts";
import { type DescribedFile, describedCard } from "../sessions/cards.ts";
import { Typist } from "../sessions/typist.ts";

const PROBES = join(import.meta.dir, "../fixtures/probes");

/** Simulated milliseconds of silence before the next line: longer than the pauses inside a probe. */
const SILENCE = 1500;

/** Where the recorded lines were typed while the program was still asleep. */
const SHORTER: Record<string, number> = { m_left: 700 };

export interface Probe {
  readonly name: string;
  readonly files: Parameters<typeof makeCard>[1];
  /** Lines to type. */
  readonly lines: readonly string[];
  /** What comes back behind this text, console bytes as latin-1 with LF for CR LF. */
  readonly behind: string;
  readonly expected: string;
}

export function kernelProbes(): Probe[] {
  const folder = join(PROBES, "kernel");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".c"))
    .map((source) => {
      const name = source.slice(0, -2);
      const session = /\/\* session: *(.*?) *\*\//.exec(readFileSync(join(folder, source), "utf8"));
      return {
        name,
        files: { [`${name}.mo`]: new Uint8Array(readFileSync(join(folder, `${name}.mo`))) },
        lines: session ? session[1].split(/ *; */) : [name],
        behind: `${name}\n`,
        expected: readFileSync(join(folder, "expected", `${name}.txt`), "latin1"),
      };
    });
}

export function systemProbes(): Probe[] {
  const folder = join(PROBES, "system");
  const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as Record<
    string,
    { form: "output" | "transcript"; files: Record<string, DescribedFile>; lines: string[] }
  >;
  return Object.entries(cases).map(([name, { form, files, lines }]) => ({
    name,
    files: describedCard(files),
    lines,
    behind: form === "output" ? `${lines[0]}\nmsh />` : "",
    expected: readFileSync(join(folder, "expected", `${name}.txt`), "latin1"),
  }));
}

/** Runs a probe on a fresh machine; everything received from the first typed line on, without `behind`. */
export function run(
  probe: Probe,
  options: Pick<MachineOptions, "engine"> & { readonly compat404: boolean },
): string {
  const typist = new Typist(makeCard("mformat", probe.files), options);
  try {
    typist.boot({ silence: SILENCE });
    const received = probe.lines
      .map((line) => typist.type(`${line}\r`, { silence: SHORTER[probe.name] ?? SILENCE }))
      .join("")
      .replaceAll("\r\n", "\n");
    return received.startsWith(probe.behind) ? received.slice(probe.behind.length) : received;
  } finally {
    typist.close();
  }
}
