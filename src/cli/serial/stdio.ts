import { EscapeKeys } from "../escape-keys.ts";
import { isTerminal, setRawMode } from "../host-terminal.ts";
import { Outlet } from "../outlet.ts";
import { Output } from "../output.ts";
import { restoreBefore } from "../restore-before.ts";
import type { Link } from "./link.ts";

/** Standard input and output as a line that is not the console; in a terminal Ctrl-A x leaves. */
export class StdioLink implements Link {
  readonly where = "stdio";
  onData: (bytes: Uint8Array) => void = () => {};
  onRoom: () => void = () => {};
  onLeave: () => void = () => {};
  /** Called when what is no terminal has ended. */
  onEnd: () => void = () => {};
  private held = false;
  private freeSignals: (() => void) | undefined;
  private readonly raw = isTerminal(0);
  /** A reader that takes nothing holds the guest up, and nothing else. */
  private readonly outlet = new Outlet(() => {});
  private readonly output: Output;

  constructor() {
    const terminal = this.raw && isTerminal(1);
    this.output = new Output(1, terminal, "the output", terminal ? undefined : this.outlet.write);
    const arrived = (bytes: Uint8Array): void => this.onData(bytes);
    const keys = new EscapeKeys(
      true,
      (escape) => {
        if (escape === "leave") this.onLeave();
      },
      arrived,
    );
    const { stdin } = process;
    if (this.raw) {
      this.freeSignals = restoreBefore(this.restore);
      setRawMode(0, true);
    }
    stdin.on("data", (piece: Buffer) => {
      if (this.raw) keys.feed(piece);
      else arrived(Uint8Array.from(piece));
    });
    stdin.on("end", () => {
      if (!this.raw) this.onEnd();
    });
    process.on("exit", this.restore);
  }

  get congested(): boolean {
    return this.outlet.full;
  }

  write(bytes: Uint8Array): void {
    this.output.write(bytes);
    this.output.flush();
  }

  /** Whoever writes to a pipe waits until `goOn`; a person does not. */
  hold(): void {
    if (this.raw || this.held) return;
    this.held = true;
    process.stdin.pause();
  }

  goOn(): void {
    if (!this.held) return;
    this.held = false;
    process.stdin.resume();
  }

  drop(): void {
    this.outlet.drop();
  }

  close(): void {
    this.outlet.close();
    this.restore();
    this.freeSignals?.();
    process.off("exit", this.restore);
    process.stdin.pause();
  }

  private readonly restore = (): void => {
    if (this.raw) setRawMode(0, false);
  };
}
