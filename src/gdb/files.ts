import { fromHex, number, PACKET_MAX, text } from "./packet.ts";

/** File-I/O error numbers of the protocol (GDB manual, appendix E.13.6). */
const Errno = { NOENT: 2, BADF: 9, ACCES: 13, INVAL: 22, NFILE: 23, ENOSYS: 88 } as const;

const OPEN_MAX = 64;
/** Bytes of all open files: each is kept as it was when it was opened. */
const BYTES_MAX = 512 << 20;
/** S_IFREG with everybody's right to read. */
const MODE = 0o100444;
const STAT_BYTES = 64;

/** Answers vFile packets: files can be read, nothing else (GDB manual, appendix E.7). */
export class HostFiles {
  private readonly open = new Map<number, Uint8Array>();
  private next = 3;

  constructor(private readonly file: (path: string) => Uint8Array | undefined) {}

  /** The answer to what follows `vFile:`. */
  answer(request: string): string {
    const colon = request.indexOf(":");
    const words = request.slice(colon + 1).split(",");
    switch (request.slice(0, colon)) {
      case "setfs":
        return "F0";
      case "open":
        return this.opened(words);
      case "close":
        return this.open.delete(number(words[0]) ?? -1) ? "F0" : failed(Errno.BADF);
      case "pread":
        return this.read(words);
      case "fstat":
        return this.stat(words);
      case "pwrite":
      case "unlink":
        return failed(Errno.ACCES);
      case "readlink":
        return failed(Errno.INVAL);
      default:
        return "";
    }
  }

  private opened([name, flags]: string[]): string {
    const path = fromHex(name ?? "");
    const mode = number(flags);
    if (!path || mode === undefined) return failed(Errno.INVAL);
    if ((mode & 3) !== 0) return failed(Errno.ACCES);
    if (this.open.size >= OPEN_MAX) return failed(Errno.NFILE);
    const bytes = this.file(text(path));
    if (!bytes) return failed(Errno.NOENT);
    let held = bytes.length;
    for (const { length } of this.open.values()) held += length;
    if (held > BYTES_MAX) return failed(Errno.NFILE);
    this.open.set(this.next, bytes);
    return `F${(this.next++).toString(16)}`;
  }

  private read([fd, count, offset]: string[]): string {
    const bytes = this.open.get(number(fd) ?? -1);
    const length = number(count);
    const at = number(offset);
    if (!bytes) return failed(Errno.BADF);
    if (length === undefined || at === undefined) return failed(Errno.INVAL);
    // Every byte may need an escape.
    const piece = bytes.subarray(at, at + Math.min(length, PACKET_MAX / 2 - 32));
    return `F${piece.length.toString(16)};${text(piece)}`;
  }

  private stat([fd]: string[]): string {
    const bytes = this.open.get(number(fd) ?? -1);
    if (!bytes) return failed(Errno.BADF);
    // struct stat of the protocol: big-endian; st_mode at 8, st_nlink at 12, st_size at 28, st_blksize at 36.
    const view = new DataView(new ArrayBuffer(STAT_BYTES));
    view.setUint32(8, MODE);
    view.setUint32(12, 1);
    view.setUint32(32, bytes.length);
    view.setUint32(40, 512);
    return `F${STAT_BYTES.toString(16)};${text(new Uint8Array(view.buffer))}`;
  }
}

function failed(errno: number): string {
  return `F-1,${errno.toString(16)}`;
}
