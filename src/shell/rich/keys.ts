/** What a person asks of the line editor. */
export type Action =
  | "left"
  | "right"
  | "word-left"
  | "word-right"
  | "home"
  | "end"
  | "up"
  | "down"
  | "backspace"
  | "delete"
  | "kill-word"
  | "kill-word-right"
  | "kill-to-start"
  | "kill-to-end"
  | "yank"
  | "transpose"
  | "search"
  | "clear"
  | "complete"
  | "enter"
  | "cancel"
  | "end-of-input"
  | "abort";

export type Key = { readonly action: Action } | { readonly byte: number };

/** Control characters, in the habit of Emacs that shells share. */
const CONTROL: Readonly<Record<number, Action>> = {
  0x01: "home",
  0x02: "left",
  0x03: "cancel",
  0x04: "end-of-input",
  0x05: "end",
  0x06: "right",
  0x07: "abort",
  0x08: "backspace",
  0x09: "complete",
  0x0a: "enter",
  0x0b: "kill-to-end",
  0x0c: "clear",
  0x0d: "enter",
  0x0e: "down",
  0x10: "up",
  0x12: "search",
  0x14: "transpose",
  0x15: "kill-to-start",
  0x17: "kill-word",
  0x19: "yank",
  0x7f: "backspace",
};

/** What follows `ESC [` or `ESC O`. */
const SEQUENCE: Readonly<Record<string, Action>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  "1~": "home",
  "7~": "home",
  "4~": "end",
  "8~": "end",
  "3~": "delete",
  "1;5C": "word-right",
  "1;3C": "word-right",
  "5C": "word-right",
  "1;5D": "word-left",
  "1;3D": "word-left",
  "5D": "word-left",
  "3;5~": "kill-word-right",
  "3;3~": "kill-word-right",
};

/** What follows ESC: the Meta key. */
const META: Readonly<Record<string, Action>> = {
  b: "word-left",
  f: "word-right",
  d: "kill-word-right",
  "\x7f": "kill-word",
  "\b": "kill-word",
};

const ESCAPE = 0x1b;
const TAB = 0x09;
const BLANK = 0x20;
/** Bracketed paste of xterm, behind `ESC [`. */
const PASTE = { begin: "200~", end: "201~" } as const;
/** A longer sequence is none of a keyboard. */
const MAX_SEQUENCE = 16;
/** What a terminal answers when it was asked for a colour or its name: OSC or DCS, a text, and BEL or ESC \\ (ECMA-48 8.3.89). */
const STRING = /^\x1b[\]P]/;
const MAX_STRING = 256;
const BELL = 0x07;

/** Recognises keys in the bytes that a terminal sends. */
export class KeyInput {
  /** Bytes of a sequence so far, with the ESC; "" outside of one. */
  private sequence = "";
  /** Between the marks that a terminal puts around what is pasted, when a program before has asked it to. */
  private pasting = false;

  /** The key that the byte completes. Unknown keys are swallowed whole. */
  feed(byte: number): Key | undefined {
    const { sequence } = this;
    if (sequence === "" || byte === ESCAPE) {
      if (byte === ESCAPE) {
        this.sequence = "\x1b";
        return undefined;
      }
      const action = CONTROL[byte];
      // Text has no keys but those that end its lines.
      if (this.pasting && action !== "enter") return byte < 0x20 ? blankFor(byte) : { byte };
      if (action) return { action };
      return byte < 0x20 ? undefined : { byte };
    }
    const text = STRING.test(sequence);
    if (text && byte === BELL) {
      this.sequence = "";
      return undefined;
    }
    // A control character ends what was no sequence.
    if (byte < 0x20 && sequence !== "\x1b") {
      this.sequence = "";
      return this.feed(byte);
    }
    const char = String.fromCharCode(byte);
    if (sequence === "\x1b") {
      this.sequence = /[[O\]P]/.test(char) ? `\x1b${char}` : "";
      return named(META[char]);
    }
    this.sequence += char;
    if (text) {
      if (this.sequence.length === MAX_STRING) this.sequence = "";
      return undefined;
    }
    const parameter = byte < 0x40 && !sequence.endsWith("O");
    if (parameter && this.sequence.length < MAX_SEQUENCE) return undefined;
    const found = this.sequence.slice(2);
    this.sequence = "";
    if (found === PASTE.begin || found === PASTE.end) this.pasting = found === PASTE.begin;
    return named(SEQUENCE[found]);
  }
}

const blankFor = (byte: number): Key | undefined => (byte === TAB ? { byte: BLANK } : undefined);

const named = (action: Action | undefined): Key | undefined => (action ? { action } : undefined);
