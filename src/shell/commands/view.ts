import { OpenFlag } from "../../vfs/mod.ts";
import { latin1 } from "../keys.ts";
import type { CommandContext } from "../types.ts";
import { isDirectory, statOf, tryVfs } from "./paths.ts";

/** Lines that `tail` shows when nobody says how many. */
const TAIL_LINES = 10;
const PIECE = 4096;

/** `tail [-n numbers] <filename>` of RT-Thread 5; `-n +N` shows from line N on. */
export function tail(context: CommandContext, argv: readonly string[]): number {
  const { kernel, vfs } = context;
  const counted = argv.length === 4 && argv[1] === "-n" && /^\+?\d+$/.test(argv[2]);
  if (!counted && argv.length !== 2) {
    kernel.console.print("Usage: tail [-n numbers] <filename>\n");
    return -1;
  }
  const path = argv[counted ? 3 : 1];
  const fd = isDirectory(statOf(vfs, path))
    ? undefined
    : tryVfs(() => vfs.open(path, OpenFlag.RdOnly));
  if (fd === undefined) {
    kernel.console.print("File doesn't exist\n");
    return -1;
  }
  const text = [...pieces(context, fd)].map(latin1).join("");
  vfs.close(fd);
  const lines = text === "" ? [] : text.split("\n");
  const from = counted && argv[2].startsWith("+") ? Number(argv[2]) : undefined;
  let wanted = Math.min(TAIL_LINES, lines.length);
  if (from !== undefined) wanted = Math.max(0, lines.length - Math.max(0, from - 1));
  else if (counted) wanted = Number(argv[2]);
  kernel.console.print(`\nTotal Number of lines:${lines.length}\n`);
  kernel.console.print(`Required Number of lines:${wanted}\n`);
  if (wanted > lines.length) {
    kernel.console.print("\nError:Required lines are more than total number of lines\n");
    return -1;
  }
  kernel.console.print(`${lines.slice(lines.length - wanted).join("\n")}\n`);
  return 0;
}

const ROW = 16;

/** `hexdump FILE [OFFSET [LENGTH]]`: offset, sixteen bytes, and what of them can be printed. */
export function hexdump(context: CommandContext, argv: readonly string[]): number {
  const { kernel, vfs } = context;
  const [offset = 0, length = Infinity] = argv.slice(2).map(Number);
  if (argv.length < 2 || argv.length > 4 || !(offset >= 0) || !(length >= 0)) {
    kernel.console.print("Usage: hexdump FILE [OFFSET [LENGTH]]\n");
    return -1;
  }
  const fd = isDirectory(statOf(vfs, argv[1]))
    ? undefined
    : tryVfs(() => vfs.open(argv[1], OpenFlag.RdOnly));
  if (fd === undefined) {
    kernel.console.print(`Open ${argv[1]} failed\n`);
    return -1;
  }
  const end = offset + length;
  let at = 0;
  for (const piece of pieces(context, fd)) {
    const from = Math.max(0, offset - at);
    const part = piece.subarray(from, Math.max(from, end - at));
    if (part.length > 0) kernel.console.print(dump(part, at + from));
    at += piece.length;
    if (at >= end) break;
  }
  vfs.close(fd);
  kernel.console.print(`${hex(Math.max(offset, Math.min(at, end)), 8)}\n`);
  return 0;
}

function dump(bytes: Uint8Array, address: number): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += ROW) {
    const row = [...bytes.subarray(i, i + ROW)];
    const cells = row.map((byte, j) => (j === ROW / 2 ? " " : "") + hex(byte, 2)).join(" ");
    const chars = row.map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".")).join("");
    text += `${hex(address + i, 8)}  ${cells.padEnd(ROW * 3)}  |${chars}|\n`;
  }
  return text;
}

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, "0");

/** A file's bytes from the start. */
function* pieces({ vfs }: CommandContext, fd: number): Generator<Uint8Array, void> {
  for (;;) {
    const piece = new Uint8Array(PIECE);
    const length = tryVfs(() => vfs.read(fd, piece)) ?? 0;
    if (length === 0) return;
    yield piece.subarray(0, length);
  }
}
