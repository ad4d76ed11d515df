import { HostFiles } from "./files.ts";
import {
  bytesOf,
  encodePacket,
  fromHex,
  hex8,
  hexText,
  number,
  PACKET_MAX,
  PacketReader,
  text,
  toHex,
} from "./packet.ts";
import { type BreakKind, Leave, type Stop, type Target } from "./types.ts";

/** Largest piece of memory in one answer: two digits a byte. */
const MEMORY_MAX = PACKET_MAX / 2 - 16;

const BREAK_KINDS: Readonly<Record<string, BreakKind>> = {
  "0": "code",
  "1": "hardware",
  "2": "watch",
  "3": "rwatch",
  "4": "awatch",
};

/** E2BIG. */
const TOO_LONG = "E07";

const FEATURES = [
  `PacketSize=${PACKET_MAX.toString(16)}`,
  "QStartNoAckMode+",
  "qXfer:features:read+",
  "qXfer:libraries:read+",
  "qXfer:threads:read+",
  "qXfer:exec-file:read+",
  "vContSupported+",
  "swbreak+",
  "hwbreak+",
].join(";");

/**
 * One debugger's connection: packets in, packets out. It knows the protocol (GDB manual, appendix E) and nothing of sockets; whoever
 * owns it feeds bytes and sends what comes out.
 */
export class Session {
  /** The debugger waits for a stop. */
  running = false;
  /** The connection is to be closed. */
  closed = false;
  private readonly reader = new PacketReader((good) =>
    this.send(Uint8Array.of(good ? 0x2b : 0x2d)),
  );
  private readonly files: HostFiles;
  private last: Uint8Array = new Uint8Array(0);
  private lastStop: string;
  private extended = false;
  /** The debugger has said something that only lldb says. */
  private lldb = false;
  /** The program is over; only a new one can be started. */
  private over = false;
  /** The thread that `g` and its kin are about; 0: the one that stopped, which every stop reply chooses anew. */
  private chosen = 0;

  constructor(
    private target: Target,
    private readonly send: (bytes: Uint8Array) => void,
    stop: Stop,
  ) {
    this.lastStop = this.stopReply(stop);
    this.files = new HostFiles((path) => this.target.file(path));
  }

  /** The program was started again, in another machine. */
  retarget(target: Target): void {
    this.target = target;
    target.watchesAfter = this.lldb;
    this.chosen = 0;
    this.over = false;
  }

  /** Bytes from the debugger. */
  receive(bytes: Uint8Array): void {
    for (const arrival of this.reader.feed(bytes)) {
      if (this.closed) return;
      if (arrival.kind === "interrupt") this.target.interrupt();
      else if (arrival.kind === "again") this.send(this.last);
      // Sent again it would be no shorter.
      else if (arrival.kind === "too long") this.reply(TOO_LONG);
      else this.packet(arrival.payload);
    }
  }

  /** The target stopped. */
  stopped(stop: Stop): void {
    // lldb has no files to load; it would stop for nothing.
    if (this.lldb && this.running && stop.why === "library")
      return this.target.resume({ signal: false });
    this.lastStop = this.stopReply(stop);
    this.chosen = 0;
    if (!this.running) return;
    this.running = false;
    this.reply(this.named(this.lastStop));
  }

  /** The program ended with that exit code. True: the debugger may start it again, the connection stays. */
  exited(code: number): boolean {
    this.lastStop = `W${hex8(code)}`;
    this.chosen = 0;
    this.over = true;
    if (this.running) this.reply(this.lastStop);
    this.running = false;
    return this.extended;
  }

  /** A message for the debugger's user. */
  say(message: string): void {
    if (this.running) this.reply(`O${hexText(message)}`);
  }

  private reply(payload: string): void {
    this.last = encodePacket(payload);
    this.send(this.last);
  }

  private packet(payload: string): void {
    const answer = this.safely(payload);
    if (answer !== undefined) this.reply(answer);
    if (payload === "QStartNoAckMode") this.reader.noAck = true;
  }

  /** What the guest did to the kernel's data must not end the session. */
  private safely(payload: string): string | undefined {
    try {
      return this.answer(payload);
    } catch (error) {
      if (error instanceof Leave) throw error;
      return "E01";
    }
  }

  /** The answer to a packet; undefined: none, or later. An empty one says that the packet is unknown. */
  private answer(payload: string): string | undefined {
    const none = this.over ? afterTheEnd(payload, this.lastStop) : undefined;
    if (none !== undefined) return none;
    const rest = payload.slice(1);
    switch (payload[0]) {
      case "?":
        return this.named(this.lastStop);
      case "g":
        return this.registers();
      case "G":
        return this.setRegisters(rest);
      case "p":
        return this.register(rest);
      case "P":
        return this.setRegister(rest);
      case "m":
        return this.memory(rest);
      case "M":
        return this.setMemory(rest, (data) => fromHex(data));
      case "X":
        return this.setMemory(rest, bytesOf);
      case "Z":
      case "z":
        return this.breakpoint(payload[0] === "Z", rest);
      case "c":
      case "C":
      case "s":
      case "S":
        return this.oldResume(payload[0], rest);
      case "H":
        return this.choose(rest);
      case "T":
        return this.target.threads().some(({ id }) => id === number(rest)) ? "OK" : "E01";
      case "!":
        this.extended = true;
        return "OK";
      case "D":
        this.target.detach();
        this.reply("OK");
        this.closed = true;
        return undefined;
      case "k":
        this.kill();
        return undefined;
      case "R":
        this.target.restart([]);
        return undefined;
      case "v":
        return this.multiLetter(payload);
      case "q":
      case "Q":
        return this.query(payload);
      default:
        return "";
    }
  }

  private multiLetter(payload: string): string | undefined {
    if (payload === "vCont?") return "vCont;c;C;s;S;r";
    if (payload.startsWith("vCont;")) return this.vCont(payload.slice(6));
    if (payload.startsWith("vFile:")) return this.files.answer(payload.slice(6));
    if (payload.startsWith("vKill")) {
      this.reply("OK");
      this.kill();
      return undefined;
    }
    if (payload.startsWith("vRun;")) {
      const words = payload
        .slice(5)
        .split(";")
        .map((word) => fromHex(word));
      if (words.includes(undefined)) return "E01";
      this.running = true;
      if (this.target.restart(words.map((word) => text(word as Uint8Array)))) return undefined;
      this.running = false;
      return "E01";
    }
    return "";
  }

  private kill(): void {
    if (this.over && this.extended) return;
    this.over = true;
    this.lastStop = "X09";
    this.closed = !this.extended;
    this.running = false;
    this.target.kill(this.extended);
  }

  private query(payload: string): string | undefined {
    const [name] = payload.split(/[:,;]/, 1);
    if (name.startsWith("qThreadStopInfo")) return this.threadStop(number(name.slice(15)));
    switch (name) {
      case "qSupported":
        return FEATURES;
      case "QStartNoAckMode":
      case "qSymbol":
        return "OK";
      case "qAttached":
        return "1";
      case "qC":
        return `QC${this.target.current.toString(16)}`;
      case "qfThreadInfo":
        return `m${this.target
          .threads()
          .map(({ id }) => id.toString(16))
          .join(",")}`;
      case "qsThreadInfo":
        return "l";
      case "qThreadExtraInfo": {
        const id = number(payload.slice(name.length + 1));
        const thread = this.target.threads().find((entry) => entry.id === id);
        return thread ? hexText(`${thread.name}, ${thread.extra}`) : "E01";
      }
      case "qXfer":
        return this.transfer(payload.slice(6));
      case "qRcmd":
        return this.command(payload.slice(6));
      case "QThreadSuffixSupported":
        this.lldb = true;
        this.target.watchesAfter = true;
        return "";
      case "qOffsets": {
        // gdb has the library list, and its main file is the firmware, which is where it was linked.
        const { slide } = this.target;
        if (!this.lldb || slide === undefined) return "";
        const offset = slide.toString(16);
        return `Text=${offset};Data=${offset};Bss=${offset}`;
      }
      case "qHostInfo":
        // Only lldb asks; newer ones expect of an ARM target that it stops before.
        return `triple:${hexText("arm-none-eabi")};ptrsize:4;endian:little;watchpoint_exceptions_received:after;`;
      default:
        return "";
    }
  }

  /** lldb: why a thread stands, and its name. */
  private threadStop(id: number | undefined): string {
    const thread = this.target.threads().find((entry) => entry.id === id);
    if (!thread) return "E01";
    const own = this.lastStop.startsWith(`T`) && id === this.target.current;
    const stop = own ? this.lastStop : `T00thread:${thread.id.toString(16)};`;
    return withName(stop, thread.name);
  }

  /** lldb asks for the other threads only: a stop reply has to name its own. gdb reads the list of threads. */
  private named(stop: string): string {
    if (!this.lldb || !stop.startsWith("T")) return stop;
    const { current } = this.target;
    const thread = this.target.threads().find(({ id }) => id === current);
    return thread ? withName(stop, thread.name) : stop;
  }

  private transfer(spec: string): string {
    const match = /^([a-z-]+):read:([^:]*):([0-9a-f]{1,8}),([0-9a-f]{1,8})$/i.exec(spec);
    if (!match) return "";
    const document = this.target.document(match[1], match[2]);
    if (document === undefined) return match[1] === "features" ? "E00" : "";
    const bytes = new TextEncoder().encode(document);
    const offset = parseInt(match[3], 16);
    const length = Math.min(parseInt(match[4], 16), PACKET_MAX / 2);
    const more = offset + length < bytes.length ? "m" : "l";
    return more + text(bytes.subarray(offset, offset + length));
  }

  private command(digits: string): string {
    const bytes = fromHex(digits);
    if (!bytes) return "E01";
    let output: string | undefined;
    if (this.over && text(bytes).trim() === "reset")
      return hexText("the program has ended: 'run' starts it again\n");
    try {
      output = this.target.monitor(text(bytes));
    } catch (error) {
      // The debugger has its answer before the system is gone.
      if (error instanceof Leave) this.reply(hexText("restarted\n"));
      throw error;
    }
    return output === undefined
      ? hexText(`unknown command '${text(bytes)}'; 'monitor help' lists what there is\n`)
      : hexText(output) || "OK";
  }

  private get thread(): number {
    return this.chosen > 0 ? this.chosen : this.target.current;
  }

  private choose(rest: string): string {
    if (rest[0] !== "g") return "OK";
    const id = rest.slice(1);
    if (id === "-1" || id === "0") this.chosen = 0;
    else {
      const wanted = number(id);
      if (!this.target.threads().some((entry) => entry.id === wanted)) return "E01";
      this.chosen = wanted as number;
    }
    return "OK";
  }

  private registers(): string {
    const bytes = this.target.readRegisters(this.thread);
    return bytes ? toHex(bytes) : "E01";
  }

  private setRegisters(digits: string): string {
    const bytes = fromHex(digits);
    const size = this.target.readRegisters(this.thread)?.length;
    if (!bytes || bytes.length !== size) return "E01";
    return this.target.writeRegisters(this.thread, bytes) ? "OK" : "E01";
  }

  private register(rest: string): string {
    const at = this.target.register(number(rest) ?? -1);
    const bytes = at && this.target.readRegisters(this.thread);
    return bytes ? toHex(bytes.subarray(at.offset, at.offset + at.size)) : "E01";
  }

  private setRegister(rest: string): string {
    const [which, digits = ""] = rest.split("=");
    const at = this.target.register(number(which) ?? -1);
    const bytes = this.target.readRegisters(this.thread)?.slice();
    const value = fromHex(digits);
    if (!at || !bytes || value?.length !== at.size) return "E01";
    bytes.set(value, at.offset);
    return this.target.writeRegisters(this.thread, bytes) ? "OK" : "E01";
  }

  private memory(rest: string): string {
    const [address, length] = rest.split(",").map(number);
    if (address === undefined || length === undefined) return "E01";
    const bytes = this.target.readMemory(address, Math.min(length, MEMORY_MAX));
    return bytes ? toHex(bytes) : "E14";
  }

  private setMemory(rest: string, decode: (data: string) => Uint8Array | undefined): string {
    const colon = rest.indexOf(":");
    const [address, length] = rest.slice(0, Math.max(colon, 0)).split(",").map(number);
    const bytes = decode(rest.slice(colon + 1));
    if (address === undefined || length === undefined || bytes?.length !== length) return "E01";
    return this.target.writeMemory(address, bytes) ? "OK" : "E14";
  }

  private breakpoint(insert: boolean, rest: string): string {
    const [type, at, size] = rest.split(/[,;]/);
    const kind = BREAK_KINDS[type];
    const address = number(at);
    const length = number(size);
    if (!kind) return "";
    if (address === undefined || length === undefined) return "E01";
    const done = this.target[insert ? "insert" : "remove"](kind, address, length);
    return done === undefined ? "" : done ? "OK" : "E0e";
  }

  /** `c`, `s` and their kin with a signal; an address to go on at is obsolete and not taken. */
  private oldResume(letter: string, rest: string): string | undefined {
    const signal = letter === "C" || letter === "S";
    if (signal ? !/^[0-9a-f]{2}$/i.test(rest) : rest !== "") return "E01";
    const thread = this.thread;
    return this.go({
      step: letter.toLowerCase() === "s" ? { thread, start: 0, end: 0 } : undefined,
      signal,
    });
  }

  private vCont(list: string): string | undefined {
    let step: { thread: number; start: number; end: number } | undefined;
    let signal = false;
    const { current } = this.target;
    for (const item of list.split(";").slice(0, 64)) {
      const [, letter, argument, id] =
        /^([cCsSr])([0-9a-fA-F,]*)(?::(-1|[0-9a-fA-F]{1,8}))?$/.exec(item) ?? [];
      if (letter === undefined) return "E01";
      if (letter === "C" || letter === "S") signal = true;
      const thread = id === undefined || id === "-1" ? current : parseInt(id, 16);
      if (thread > 0 && thread !== current && !this.target.threads().some((t) => t.id === thread))
        return "E01";
      if (letter === "r") {
        const [start, end] = argument.split(",").map(number);
        if (start === undefined || end === undefined) return "E01";
        step ??= { thread, start, end };
      } else if (letter === "s" || letter === "S") step ??= { thread, start: 0, end: 0 };
    }
    return this.go({ step, signal });
  }

  private go(how: Parameters<Target["resume"]>[0]): undefined {
    this.running = true;
    this.target.resume(how);
    return undefined;
  }

  private stopReply({ thread, signal, why, address }: Stop): string {
    let reply = `T${hex8(signal)}thread:${thread.toString(16)};`;
    if (why === "library" || why === "swbreak" || why === "hwbreak") reply += `${why}:;`;
    else if (why) reply += `${why}:${(address ?? 0).toString(16)};`;
    return reply;
  }
}

const withName = (stop: string, name: string): string => `${stop}hexname:${hexText(name)};`;

/**
 * The answer to a packet about a program that has ended, so that a debugger can go on to start another; undefined: the answer is as
 * always.
 */
function afterTheEnd(payload: string, exit: string): string | undefined {
  if (/^vCont;|^[cCsS]/.test(payload)) return exit;
  if (/^[gGpPmMXTZ]|^Hg[1-9a-f]/.test(payload)) return "E01";
  if (payload === "qfThreadInfo") return "l";
  if (payload === "qC") return "QC0";
  if (payload.startsWith("z")) return "OK";
  if (payload.startsWith("qXfer:threads:")) return "l<threads/>";
  if (payload.startsWith("qXfer:libraries:")) return "l<library-list/>";
  return undefined;
}
