import { DATA_PACKETS } from "./data-packets.ts";
import { HostFiles } from "./files.ts";
import { encodePacket, fromHex, hex8, hexText, number, PacketReader, text } from "./packet.ts";
import { QUERIES } from "./query-packets.ts";
import { parseResume, parseVCont } from "./resume-packets.ts";
import { afterTheEnd, stopReply, withName } from "./stop-reply.ts";
import { Leave, type Resume, type Stop, type Target } from "./types.ts";

/** E2BIG. */
const TOO_LONG = "E07";

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
    this.lastStop = stopReply(stop);
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
    this.lastStop = stopReply(stop);
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
    const data = DATA_PACKETS[payload[0]];
    if (data) return data(this.target, rest, this.thread);
    switch (payload[0]) {
      case "?":
        return this.named(this.lastStop);
      case "c":
      case "C":
      case "s":
      case "S":
        return this.resume(parseResume(payload[0], rest, this.thread));
      case "H":
        return this.choose(rest);
      case "T":
        return this.isThread(number(rest)) ? "OK" : "E01";
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
    if (payload.startsWith("vCont;")) {
      const { current } = this.target;
      return this.resume(parseVCont(payload.slice(6), current, (id) => this.isThread(id)));
    }
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
    const query = QUERIES[name];
    if (query) return query(this.target, payload.slice(name.length + 1));
    switch (name) {
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
      if (!this.isThread(wanted)) return "E01";
      this.chosen = wanted as number;
    }
    return "OK";
  }

  private isThread(id: number | undefined): boolean {
    return this.target.threads().some((entry) => entry.id === id);
  }

  private resume(how: Resume | undefined): string | undefined {
    if (!how) return "E01";
    this.running = true;
    this.target.resume(how);
    return undefined;
  }
}
