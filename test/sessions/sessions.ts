/** The recordings: which card, how it was typed, and what is not replayed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RamDevice } from "../../src/block/mod.ts";
import { makeCard } from "./card.ts";
import { card, type DescribedFile, describedCard } from "./cards.ts";
import type { Pace } from "./typist.ts";

const RECORDINGS = join(import.meta.dir, "recordings");

export interface Step {
  /** Bytes that were typed, latin-1; "" is the boot. */
  readonly typed: string;
  /** Bytes that came back, latin-1. */
  readonly received: string;
  readonly pace: Pace;
}

export interface Session {
  readonly name: string;
  readonly steps: readonly Step[];
  card(): RamDevice;
}

/** Recordings of programs that are not ours, so that there is nothing to run. */
export const NOT_REPLAYED: Record<string, string> = {
  "23-memperf": "the program memperf2 and its speed figures are not ours",
  "25-coremark-static": "the program CoreMark is not ours",
  "27-cm_p25o2": "the program CoreMark is not ours",
  "28-cm_th": "the program CoreMark is not ours",
  "29-cm_p25": "the program CoreMark is not ours",
};

export const SESSIONS: readonly string[] = readdirSync(RECORDINGS)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -5))
  .filter((name) => !(name in NOT_REPLAYED))
  .sort();

/** How long nothing came back before the next line was typed, in milliseconds; found from recorded tick counts. */
function silenceOf(name: string): number {
  if (name === "p-date_get") return 300;
  return name.startsWith("p-") ? 430 : 530;
}

/** Lines after which the person waited longer: an empty one, to let programs in the background end, and long computations. */
const LONG_WAIT = 4000;
const LONG_LINE = /^\r?$|big1m/;

export function session(name: string): Session {
  const recording = JSON.parse(readFileSync(join(RECORDINGS, `${name}.json`), "utf8")) as {
    files?: Record<string, DescribedFile>;
    steps: [string, string][];
  };
  const bytes = name.startsWith("p-");
  // From the first key that is not a letter on, what was typed is recorded with its Enter keys.
  const keys = recording.steps.findIndex(([typed]) => /^[\x00-\x1f]/.test(typed));
  const steps = recording.steps.map(([typed, received], i) => ({
    typed: i === 0 ? "" : bytes || (keys >= 0 && i >= keys) ? typed : `${typed}\r`,
    received,
    pace: {
      silence: i === 0 ? 1500 : silenceOf(name),
      atLeast: i > 0 && keys < 0 && LONG_LINE.test(typed) ? LONG_WAIT : 0,
    },
  }));
  return { name, steps, card: () => cardOf(name, recording.files) };
}

function cardOf(name: string, files?: Record<string, DescribedFile>): RamDevice {
  if (files) return makeCard("mformat", describedCard(files));
  if (name === "50-boot-blank-sd") return makeCard("blank", {});
  const first = card("first");
  if (name === "51-boot-mkfsfat") return makeCard("mkfs.fat", { "hello.mo": first["hello.mo"] });
  if (/^(21|22-cxx$|23|26)/.test(name)) return makeCard("mformat", card("third"));
  if (/^0[12]/.test(name)) return makeCard("mformat", first);
  const second = card("second");
  if (name === "30-lib-as-mo") second["libx.mo"] = second["lib.so"];
  return makeCard("mformat", second);
}
