import type { Task } from "../../kernel/call.ts";
import { ObjectClass } from "../../kernel/types.ts";
import {
  FILLER,
  headerData,
  LARGE,
  parseHeader,
  Receiver,
  Sender,
  SMALL,
} from "../../serial/mod.ts";
import { OpenFlag, type VfsApi } from "../../vfs/mod.ts";
import type { CommandContext, TransferProgress } from "../types.ts";
import { type Ended, transfer, type TransferLine } from "./transfer.ts";
import { baseName, isDirectory, joinPath, statOf, tryVfs } from "./paths.ts";

/** How long the other side may take to begin. */
const HANDSHAKE_SECONDS = 60;

const WHY: Readonly<Record<Exclude<Ended, "done">, string>> = {
  interrupted: "cancelled",
  "time-out": "time-out: the other side does not answer",
  cancelled: "cancelled by the other side",
  refused: "cancelled",
  protocol: "the other side does not speak YMODEM",
  memory: "out of memory",
  short: "too many broken blocks: bytes were lost",
  number: "a block is missing",
  crc: "too many broken blocks: the checksum is wrong",
};

/** `ry [PATH] [DEVICE]`: receives files by YMODEM into a directory, or one under a name of its own. */
export function* ry(context: CommandContext, argv: readonly string[]): Task<number> {
  const { paths, line } = operands(context, argv);
  if (!line) return fail(context, "could not find device.");
  if (paths.length > 1) return fail(context, "Usage: ry [path] [device]");
  const target = paths[0] ?? ".";
  if (!canBeMade(context.vfs, target)) return fail(context, `cannot create ${target}`);
  if (unanswered(context, line)) return fail(context, nobody(line.name));
  const files = new ReceivedFiles(context, target);
  const outcome = yield* transfer(context, line, "receive", (reader) =>
    new Receiver(reader, files).run(HANDSHAKE_SECONDS),
  );
  return files.close(outcome);
}

/** `sy FILE... [DEVICE]`: sends files by YMODEM. */
export function* sy(context: CommandContext, argv: readonly string[]): Task<number> {
  const { paths, line } = operands(context, argv);
  if (!line) return fail(context, "could not find device.");
  if (paths.length === 0) return fail(context, "invalid file path.");
  const [there, missing] = [true, false].map((wanted) =>
    paths.filter((path) => {
      const stat = statOf(context.vfs, path);
      return wanted === (stat !== undefined && !isDirectory(stat));
    }),
  );
  for (const path of missing) fail(context, `cannot open ${path}`);
  if (there.length === 0) {
    // Somebody may be there who expects the file; in a terminal that is a person.
    if (context.transfer && !context.editing && line.console) context.expectRequest();
    return -1;
  }
  if (unanswered(context, line)) return fail(context, nobody(line.name));
  const files = new SentFiles(context, there);
  const outcome = yield* transfer(context, line, "send", (reader) =>
    new Sender(reader, files.handler()).run(HANDSHAKE_SECONDS),
  );
  const result = files.close(outcome);
  return missing.length > 0 ? -1 : result;
}

function fail({ kernel }: CommandContext, text: string): number {
  kernel.console.print(`${text}\n`);
  return -1;
}

/** No byte will come from there: the line is at its end, or it is the console of a system that nobody types at. */
const unanswered = ({ typedAt }: CommandContext, { port, console }: TransferLine): boolean =>
  port.atEnd || (console && !typedAt());

const nobody = (line: string): string => `nobody can answer on ${line}`;

/** A file of that name can be written, or it is a directory; a new file is made for a moment. */
function canBeMade(vfs: VfsApi, path: string): boolean {
  const stat = statOf(vfs, path);
  if (isDirectory(stat)) return true;
  const flags = OpenFlag.WrOnly | OpenFlag.Creat;
  const fd = baseName(path) === "" ? undefined : tryVfs(() => vfs.open(path, flags));
  if (fd === undefined) return false;
  vfs.close(fd);
  if (!stat) tryVfs(() => vfs.unlink(path));
  return true;
}

/** The last word may be a device: one that is registered and no file. */
function operands(
  { kernel, vfs, port }: CommandContext,
  argv: readonly string[],
): { paths: string[]; line: TransferLine | undefined } {
  const words = argv.slice(1);
  const last = words.at(-1) ?? "";
  const device = kernel.objects.find(last, ObjectClass.Device);
  const named = device !== 0 && !statOf(vfs, last) ? words.pop() : undefined;
  const found = port?.(named);
  const name = named ?? "uart0";
  const line = found && { name, port: found, console: name === "uart0" };
  return { paths: words, line };
}

/** What both directions tell about a file. */
abstract class Files {
  protected fd = -1;
  protected path = "";
  protected size: number | undefined;
  protected done = 0;
  protected readonly complete: string[] = [];
  protected problem = "";

  constructor(
    protected readonly context: CommandContext,
    private readonly direction: TransferProgress["direction"],
  ) {}

  /** Prints what became of the files; the result of the command. */
  close(outcome: Ended): number {
    const { kernel, vfs } = this.context;
    const unfinished = this.fd >= 0;
    if (unfinished) vfs.close(this.fd);
    this.tell(outcome === "done" ? "end" : "failed");
    kernel.console.print(this.complete.map((line) => `${line}\n`).join(""));
    if (outcome === "done") return 0;
    const part = unfinished ? `${this.path}: ${this.done} bytes, incomplete: ` : "";
    const why = outcome === "refused" && this.problem ? this.problem : WHY[outcome];
    kernel.console.print(`${part}${why}\n`);
    return -1;
  }

  protected tell(state: TransferProgress["state"]): void {
    const { path, size, done, direction } = this;
    this.context.transfer?.({ state, path, size, done, direction });
  }

  protected finished(): void {
    this.context.vfs.close(this.fd);
    this.fd = -1;
    const word = this.direction === "receive" ? "received" : "sent";
    const short = this.size !== undefined && this.done < this.size;
    const missing = short ? `, ${(this.size ?? 0) - this.done} are missing` : "";
    this.complete.push(`${this.path}: ${this.done} bytes ${word}${missing}`);
    this.tell("complete");
  }
}

class ReceivedFiles extends Files {
  constructor(
    context: CommandContext,
    private readonly target: string,
  ) {
    super(context, "receive");
  }

  *begin(data: Uint8Array): Task<boolean> {
    const { vfs } = this.context;
    const header = parseHeader(data);
    if (!header) return false;
    const name = baseName(header.name.replaceAll("\\", "/"));
    const folder = isDirectory(statOf(vfs, this.target)) || this.target === ".";
    if (!folder && this.complete.length > 0) {
      this.problem = `${this.target} is not a directory: there is one file only`;
      return false;
    }
    this.path = folder ? (this.target === "." ? name : joinPath(this.target, name)) : this.target;
    this.size = header.size;
    this.done = 0;
    const flags = OpenFlag.WrOnly | OpenFlag.Creat | OpenFlag.Trunc;
    const fd = name === "" ? undefined : tryVfs(() => vfs.open(this.path, flags));
    if (fd === undefined) {
      this.problem = `cannot create ${this.path}`;
      return false;
    }
    this.fd = fd;
    this.tell("begin");
    return true;
  }

  *data(data: Uint8Array): Task<boolean> {
    const { size, done, fd } = this;
    const part = data.subarray(0, Math.max(0, (size ?? Infinity) - done));
    const written = tryVfs(() => this.context.vfs.write(fd, part)) ?? -1;
    if (written !== part.length) {
      this.problem = "the disk is full";
      return false;
    }
    this.done += written;
    this.tell("data");
    return true;
  }

  *end(): Task<void> {
    this.finished();
  }
}

class SentFiles extends Files {
  private next = 0;

  constructor(
    context: CommandContext,
    private readonly paths: readonly string[],
  ) {
    super(context, "send");
  }

  handler(): ConstructorParameters<typeof Sender>[1] {
    const files = this;
    return {
      *begin() {
        return files.open();
      },
      *data() {
        return files.read();
      },
      *end() {
        files.finished();
      },
      *last() {
        return headerData(undefined);
      },
    };
  }

  private open(): Uint8Array | "end" | undefined {
    const { vfs } = this.context;
    if (this.next === this.paths.length) return "end";
    this.path = this.paths[this.next++];
    const fd = tryVfs(() => vfs.open(this.path, OpenFlag.RdOnly));
    if (fd === undefined) {
      this.problem = `cannot open ${this.path}`;
      return undefined;
    }
    this.fd = fd;
    const { size } = vfs.fstat(fd);
    // An open file does not tell its time.
    const mtime = statOf(vfs, this.path)?.mtime ?? 0;
    this.size = size;
    this.done = 0;
    this.tell("begin");
    return headerData({ name: baseName(this.path), size, time: Math.max(0, mtime) });
  }

  /** Short ends go in small blocks. */
  private read(): Uint8Array | "end" | undefined {
    const { vfs } = this.context;
    const piece = new Uint8Array(LARGE);
    const length = tryVfs(() => vfs.read(this.fd, piece));
    if (length === undefined) {
      this.problem = `cannot read ${this.path}`;
      return undefined;
    }
    if (length === 0) return "end";
    this.done += length;
    this.tell("data");
    return piece.fill(FILLER, length).subarray(0, length <= SMALL ? SMALL : LARGE);
  }
}
