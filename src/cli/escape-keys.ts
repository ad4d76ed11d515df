const CTRL_A = 0x01;

/** What Ctrl-A and a key ask of the simulator. */
export type Escape = "leave" | "prompt" | "counters" | "help";

const KEYS: Readonly<Record<string, Escape>> = {
  x: "leave",
  c: "prompt",
  s: "counters",
  h: "help",
  "?": "help",
};

export const ESCAPE_HELP = `Ctrl-A x       leave rtt-sim
Ctrl-A c       the simulator's own prompt
Ctrl-A s       counters
Ctrl-A h       this help
Ctrl-A Ctrl-A  send Ctrl-A to the guest: the start of the line (as Home does)
`;

/**
 * Finds the escape sequences in what a person types (the habit of QEMU). Any other key behind a Ctrl-A: with `forgiving` both go to
 * the guest, so that Ctrl-A moves to the start of a line for people who forget to type it twice; else help is shown.
 */
export class EscapeKeys {
  private pending = false;

  constructor(
    private readonly forgiving: boolean,
    private readonly asked: (escape: Escape) => void,
    /** Takes the other bytes, in the order in which they and the escapes were typed. */
    private readonly passed: (bytes: Uint8Array) => void,
  ) {}

  feed(bytes: Uint8Array): void {
    let guest: number[] = [];
    const pass = (): void => {
      if (guest.length > 0) this.passed(Uint8Array.from(guest));
      guest = [];
    };
    const ask = (escape: Escape): void => {
      pass();
      this.asked(escape);
    };
    for (const byte of bytes) {
      if (!this.pending) {
        this.pending = byte === CTRL_A;
        if (!this.pending) guest.push(byte);
        continue;
      }
      this.pending = false;
      const escape = KEYS[String.fromCharCode(byte).toLowerCase()];
      if (byte === CTRL_A) guest.push(byte);
      else if (escape) ask(escape);
      else if (this.forgiving) guest.push(CTRL_A, byte);
      else ask("help");
    }
    pass();
  }
}
