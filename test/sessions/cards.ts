/** Which files were on the card of each recording, and what stands in for those we do not have. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CardFiles } from "./card.ts";
import { corruptModules, noise } from "./corrupt.ts";

const FIXTURES = join(import.meta.dir, "../fixtures");
const PREBUILT = join(import.meta.dir, "../../disk/prebuilt/a9");

const file = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(...path)));
const text = (what: string): Uint8Array => new TextEncoder().encode(what);

/**
 * The card of most recordings: name, recorded size and contents in the order of the directory. Programs of other people are
 * stand-ins: `undefined` is filled with a pattern, what is shorter than recorded gets zeros behind its end.
 */
function recordedCard(): [string, number, Uint8Array | undefined][] {
  const hello = file(PREBUILT, "hello.mo");
  const corrupt = corruptModules(hello);
  const own = (name: string, size: number): [string, number, Uint8Array] => [
    name,
    size,
    file(FIXTURES, "transcripts", name),
  ];
  const damaged = (name: string, size: number): [string, number, Uint8Array] => [
    name,
    size,
    corrupt[name],
  ];
  return [
    ["big1m.bin", 1048576, noise(1048576)],
    damaged("c_class.mo", 1236),
    damaged("c_empty.mo", 0),
    damaged("c_exec.mo", 1236),
    damaged("c_gap.mo", 1236),
    damaged("c_mach.mo", 1236),
    damaged("c_magic.mo", 1236),
    damaged("c_memsz.mo", 1236),
    damaged("c_nold.mo", 1236),
    damaged("c_ovl.mo", 1236),
    damaged("c_rand.mo", 500),
    ["c_rel.mo", 2848, file(FIXTURES, "sessions/c_rel.mo")],
    damaged("c_short.mo", 40),
    damaged("c_trunc.mo", 400),
    ["cm_o2.mo", 14064, undefined],
    ["cm_p25.mo", 21208, undefined],
    ["cm_p25o2.mo", 14112, undefined],
    ["cm_stat.mo", 21156, undefined],
    ["cm_th.mo", 11168, undefined],
    ["coremark.mo", 21368, file(FIXTURES, "modules/uidiv.mo")],
    ["cxx.mo", 6280, file(FIXTURES, "modules/cxx100.mo")],
    ["devicetest.mo", 9672, undefined],
    ["hello.mo", 1236, hello],
    ["hello_o2.mo", 1208, file(FIXTURES, "sessions/hello_o2.mo")],
    ["hello_th.mo", 1188, file(FIXTURES, "sessions/hello_th.mo")],
    ["lib.so", 1324, file(PREBUILT, "lib.so")],
    ["md5.mo", 11244, file(FIXTURES, "sessions/md5_huge.mo")],
    ["md5_o2.mo", 6320, file(FIXTURES, "sessions/md5_o2.mo")],
    ["md5b.mo", 11244, file(PREBUILT, "md5.mo")],
    ["memperf.mo", 7500, file(FIXTURES, "modules/memperf.mo")],
    ["memperf2.mo", 7508, undefined],
    ["script.sh", 41, text("# a script of two commands\nversion\nhello\n")],
    own("t_args.mo", 1352),
    own("t_assert.mo", 1428),
    own("t_dl.mo", 2424),
    own("t_exit.mo", 1284),
    own("t_fault.mo", 1308),
    own("t_init.mo", 1620),
    own("t_leak.mo", 2080),
    own("t_long.mo", 1392),
    own("t_nullcal.mo", 1260),
    own("t_print.mo", 1732),
    own("t_prio.mo", 1540),
    own("t_read.mo", 1884),
    own("t_sleep.mo", 1388),
    own("t_spin.mo", 1236),
    own("t_stack.mo", 1544),
    own("t_sys.mo", 1652),
    own("t_thread.mo", 1964),
    own("t_undef.mo", 1376),
    own("t_undins.mo", 1252),
    ["text.txt", 35, text("line one\nline two\nno newline at end")],
    ["ymodem.mo", 8048, undefined],
  ];
}

const LATER = ["t_leak.mo", "t_read.mo"];
const LAST = /^(cm_|hello_|md5_o2|md5b|memperf2)/;

/** The three states of the card, by what was added for later recordings. */
export function card(state: "first" | "second" | "third"): CardFiles {
  const files: CardFiles = {};
  for (const [name, size, bytes] of recordedCard()) {
    if (state === "first" && LATER.includes(name)) continue;
    if (state !== "third" && LAST.test(name)) continue;
    if (bytes && bytes.length > size) throw new Error(`${name} has ${bytes.length} bytes`);
    const padded = new Uint8Array(size);
    padded.set(bytes ?? noise(size));
    files[name] = padded;
  }
  return files;
}

/** The way the probes describe a card: text, a module by its source, or a folder. */
export type DescribedFile = { text?: string; module?: string; dir?: boolean; attr?: string };

export function describedCard(files: Record<string, DescribedFile>): CardFiles {
  const out: CardFiles = {};
  for (const [path, what] of Object.entries(files)) {
    if (what.dir) out[path] = "directory";
    else if (what.module) out[path] = probeModule(what.module);
    else {
      const bytes = Uint8Array.from(what.text ?? "", (character) => character.charCodeAt(0));
      out[path] = { bytes, attributes: what.attr === "+r" ? 1 : what.attr === "+h" ? 2 : 0 };
    }
  }
  return out;
}

/** `src/NAME.c` of the probes' descriptions, built. */
function probeModule(source: string): Uint8Array {
  const name = source.replace(/^src\//, "").replace(/c$/, "");
  const folder = join(FIXTURES, "probes/system");
  return file(folder, name + (/^l_/.test(name) ? "so" : "mo"));
}
