import { closeSync } from "node:fs";
import { Output } from "./output.ts";
import { openForWriting } from "./serial/file.ts";

const CR = 0x0d;
const LF = 0x0a;

/** `--log FILE`: what the guest prints, each line with the simulated time at which it began. */
export class LogFile {
  private readonly fd: number;
  private readonly output: Output;
  private atStart = true;
  private cr = false;
  private transferring = false;

  /** @param seconds Simulated seconds since boot. */
  constructor(
    path: string,
    private readonly seconds: () => number,
  ) {
    this.fd = openForWriting(path);
    this.output = new Output(this.fd, false, `--log ${path}`);
  }

  /** @param transfer The bytes are blocks of a file transfer: a line says so in their place. */
  write(bytes: Uint8Array, transfer = false): void {
    if (transfer) return this.leaveOut();
    this.transferring = false;
    const out: number[] = [];
    for (const byte of bytes) {
      if (byte === CR) {
        this.cr = true;
        continue;
      }
      if (this.atStart) this.stamp(out);
      // CR LF of the line is one line end; a CR alone stays.
      if (this.cr && byte !== LF) out.push(CR);
      this.cr = false;
      out.push(byte);
      this.atStart = byte === LF;
    }
    this.output.write(Uint8Array.from(out));
  }

  flush(): void {
    this.output.flush();
  }

  close(): void {
    if (!this.atStart) this.output.write(Uint8Array.of(LF));
    this.output.flush();
    closeSync(this.fd);
  }

  private leaveOut(): void {
    if (this.transferring) return;
    this.transferring = true;
    const out: number[] = [];
    if (!this.atStart) out.push(LF);
    this.stamp(out);
    this.output.write(Uint8Array.from([...out, ...new TextEncoder().encode("file transfer\n")]));
    this.atStart = true;
    this.cr = false;
  }

  private stamp(out: number[]): void {
    const text = `[${this.seconds().toFixed(3).padStart(10)}] `;
    for (let i = 0; i < text.length; i++) out.push(text.charCodeAt(i));
  }
}
