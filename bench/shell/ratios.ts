/** What the shell costs beside a baseline in the same process: no figure of a machine, but of the work that is done. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LineEndFilter } from "../../src/cli/output.ts";
import { makeDisk } from "../../src/fat/mod.ts";
import { Machine } from "../../src/machine.ts";
import { LineEditor } from "../../src/shell/mod.ts";
import { ratio } from "../ratios.ts";

const FIRMWARE = join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf");
const PRINT = join(import.meta.dir, "programs/print.mo");
/** Lines that print.mo prints. */
const LINES = 16384;
const LINE = `${"0123456789abcdef".repeat(4).slice(0, 63)}\n`;
const MEGABYTE = new TextEncoder().encode(LINE.repeat(16384));
const BACKSPACE = 0x7f;

/** A booted machine at its prompt, and a way to type at it. */
function board(output: (bytes: Uint8Array) => void): { type(bytes: Uint8Array): void } {
  const disk = makeDisk([{ path: "big.txt", bytes: MEGABYTE }], { size: 4 << 20 });
  const machine = new Machine({ firmware: readFileSync(FIRMWARE), disk, output });
  machine.boot("shell");
  const settle = () => machine.kernel.run({ units: 1_000_000, skipIdle: false });
  settle();
  return {
    type(bytes) {
      machine.kernel.console.feed(bytes);
      settle();
    },
  };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const alone = () =>
  new LineEditor({ prompt: () => "msh />", complete: (line) => ({ listing: "", line }) });

/** A key from the line to its echo (the machine's interrupt, two switches of threads, the editor), over the editor alone. */
export function keyRatio(): number {
  let seen = 0;
  const { type } = board((echo) => (seen += echo.length));
  const keys = [bytes("a"), Uint8Array.of(BACKSPACE)];
  const editor = alone();
  return ratio(
    (n) => {
      for (let i = 0; i < n; i++) type(keys[i & 1]);
      if (seen === 0) throw new Error("nothing comes back");
    },
    (n) => {
      for (let i = 0; i < n; i++) editor.feed(keys[i & 1][0]);
    },
  );
}

/** `pwd` and Enter up to the prompt, over the same keys without Enter. */
export function commandRatio(): number {
  let seen = "";
  const { type } = board((echo) => (seen = Buffer.from(echo).toString("latin1")));
  const command = bytes("pwd\r");
  const keys = Uint8Array.of(...bytes("pw"), BACKSPACE, BACKSPACE);
  return ratio(
    (n) => {
      while (n--) {
        type(command);
        if (seen !== "msh />") throw new Error(`not the prompt: ${seen}`);
      }
    },
    (n) => {
      while (n--) type(keys);
    },
  );
}

/** A megabyte from a file to the host, as `-c "cat big.txt"` has it, over two plain loops that add the returns and drop them. */
export function outputRatio(): number {
  let size = 0;
  const filter = new LineEndFilter((piece) => (size += piece.length));
  const { type } = board((piece) => filter.write(piece));
  const command = bytes("cat big.txt\r");
  return ratio(
    (n) => {
      while (n--) {
        size = 0;
        type(command);
        filter.flush();
        if (size < MEGABYTE.length) throw new Error(`${size} bytes`);
      }
    },
    (n) => {
      while (n--) if (plain(MEGABYTE) !== MEGABYTE.length) throw new Error("plain");
    },
  );
}

function plain(text: Uint8Array): number {
  const sent = new Uint8Array(2 * text.length);
  let length = 0;
  for (const byte of text) {
    if (byte === 10) sent[length++] = 13;
    sent[length++] = byte;
  }
  const kept = new Uint8Array(length);
  let left = 0;
  for (let i = 0; i < length; i++) if (sent[i] !== 13 || sent[i + 1] !== 10) kept[left++] = sent[i];
  return left;
}

/** Guest instructions of a line of 63 characters that print.mo prints as with `run`: what it costs whatever the host is. */
function instructionsOf(kind: string): number {
  const disk = makeDisk([{ path: "print.mo", bytes: readFileSync(PRINT) }], { size: 1 << 20 });
  const options = { firmware: readFileSync(FIRMWARE), disk, output: () => {}, gathers: true };
  const machine = new Machine(options);
  machine.boot("lines");
  const settle = () => {
    do machine.kernel.run({ units: 1_000_000, skipIdle: true });
    while (!machine.quiet);
  };
  settle();
  const before = machine.cpu.stats.instructions;
  machine.runModule("/print.mo", `print.mo ${kind}`);
  settle();
  const { instructions } = machine.cpu.stats;
  machine.close();
  return Math.round((instructions - before) / LINES);
}

/** Pieces in which output goes to the host, and instructions of the guest; the same on every machine. */
export function shellCounters(): [string, number][] {
  let pieces = 0;
  const { type } = board(() => pieces++);
  const count = (typed: string): number => {
    pieces = 0;
    type(bytes(typed));
    return pieces;
  };
  return [
    ["shell: pieces of output, a key", count("a")],
    ["shell: pieces of output, a command", count("\x7fpwd\r")],
    ["shell: pieces of output, a megabyte of a file", count("cat big.txt\r")],
    ["shell: guest instructions, a line by printf", instructionsOf("p")],
    ["shell: guest instructions, a line by puts", instructionsOf("u")],
    ["shell: guest instructions, a line by putchar", instructionsOf("c")],
    ["shell: guest instructions, a line by rt_kprintf", instructionsOf("k")],
  ];
}

if (import.meta.main) {
  console.log(shellCounters());
  for (const run of [keyRatio, commandRatio, outputRatio]) console.log(run.name, run().toFixed(2));
}
