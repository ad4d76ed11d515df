import { EscapeKeys } from "../escape-keys.ts";
import { Output } from "../output.ts";
import type { Link } from "./link.ts";

/** Standard input and output as a line that is not the console; in a terminal Ctrl-A x leaves. */
export class StdioLink implements Link {
  readonly where = "stdio";
  readonly congested = false;
  onData: (bytes: Uint8Array) => void = () => {};
  onRoom: () => void = () => {};
  onLeave: () => void = () => {};
  private readonly raw = process.stdin.isTTY === true;
  private readonly output = new Output(1, this.raw && process.stdout.isTTY);

  constructor() {
    const keys = new EscapeKeys(true, (escape) => {
      if (escape === "leave") this.onLeave();
    });
    const { stdin } = process;
    if (this.raw) stdin.setRawMode(true);
    stdin.on("data", (piece: Buffer) => {
      const bytes = this.raw ? keys.feed(piece) : Uint8Array.from(piece);
      if (bytes.length > 0) this.onData(bytes);
    });
    process.on("exit", this.restore);
  }

  write(bytes: Uint8Array): void {
    this.output.write(bytes);
    this.output.flush();
  }

  close(): void {
    this.restore();
    process.off("exit", this.restore);
    process.stdin.pause();
  }

  private readonly restore = (): void => {
    if (this.raw) process.stdin.setRawMode(false);
  };
}
