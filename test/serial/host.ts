/** The compiled binary with its console on a serial line of the host, and somebody at the other end. */
import { existsSync } from "node:fs";
import { BINARY, ROOT } from "../cli/binary.ts";

export const available = existsSync(BINARY);
export const WHY = "needs ./rtt-sim: bun run build";

const PATIENCE_MS = 20_000;

async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(what);
    await Bun.sleep(5);
  }
}

/** A running rtt-sim; what it says about itself is on stderr. */
export class Host implements AsyncDisposable {
  err = "";
  out = "";
  readonly child;

  constructor(argv: readonly string[], disk = "disk/disk.img") {
    this.child = Bun.spawn([BINARY, "--snapshot", ...argv, disk], {
      cwd: ROOT,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    void this.collect(this.child.stderr, (text) => (this.err += text));
    void this.collect(this.child.stdout, (text) => (this.out += text));
  }

  /** Where a line is, as the message says. */
  async where(uart = "uart0"): Promise<string> {
    const line = new RegExp(`^rtt-sim: ${uart} is (?:tcp |unix )?(.*)$`, "m");
    return until(`no line about ${uart}: ${this.err}`, () => line.exec(this.err)?.[1]);
  }

  async says(text: string): Promise<void> {
    await until(`not said: ${text}`, () => this.err.includes(text) || undefined);
  }

  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<number> {
    this.child.kill(signal);
    return this.child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
  }

  private async collect(stream: ReadableStream<Uint8Array>, add: (text: string) => void) {
    for await (const bytes of stream) add(Buffer.from(bytes).toString("latin1"));
  }
}

/** One end of a socket. */
export class Client implements AsyncDisposable {
  seen = "";
  closed = false;
  onData: ((bytes: Uint8Array) => void) | undefined;
  private mark = 0;
  private waiting: Uint8Array[] = [];
  private constructor(private readonly socket: () => Bun.Socket<unknown>) {}

  static async connect(where: string): Promise<Client> {
    let socket: Bun.Socket<unknown> | undefined;
    const client = new Client(() => socket as Bun.Socket<unknown>);
    const handler = {
      data: (_socket: unknown, bytes: Uint8Array) => {
        client.seen += Buffer.from(bytes).toString("latin1");
        client.onData?.(Uint8Array.from(bytes));
      },
      drain: () => client.flush(),
      close: () => {
        client.closed = true;
      },
      error: () => {},
    };
    const [host, port] = [where.slice(0, where.lastIndexOf(":")), where.split(":").at(-1)];
    socket = where.startsWith("/")
      ? await Bun.connect({ unix: where, allowHalfOpen: true, socket: handler })
      : await Bun.connect({
          hostname: host,
          port: Number(port),
          allowHalfOpen: true,
          socket: handler,
        });
    return client;
  }

  send(bytes: Uint8Array | string): void {
    this.waiting.push(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    this.flush();
  }

  async sees(text: string): Promise<string> {
    const at = await until(
      `not seen: ${JSON.stringify(text)} in ${JSON.stringify(this.seen.slice(this.mark).slice(-500))}`,
      () => {
        const found = this.seen.indexOf(text, this.mark);
        return found < 0 ? undefined : found;
      },
    );
    const rest = this.seen.slice(this.mark, at + text.length);
    this.mark = at + text.length;
    return rest;
  }

  async line(text: string): Promise<string> {
    this.send(`${text}\r`);
    return this.sees("\r\nmsh />");
  }

  async gone(): Promise<void> {
    await until("still connected", () => this.closed || undefined);
  }

  /** Reads nothing any more. */
  deaf(): void {
    this.socket().pause();
  }

  end(): void {
    this.socket().end();
  }

  /** Sends no more, but still listens. */
  saidAll(): void {
    this.socket().shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }

  private flush(): void {
    for (let piece = this.waiting[0]; piece; piece = this.waiting[0]) {
      const sent = this.socket().write(piece);
      if (sent < piece.length) {
        this.waiting[0] = piece.subarray(Math.max(0, sent));
        return;
      }
      this.waiting.shift();
    }
  }
}
