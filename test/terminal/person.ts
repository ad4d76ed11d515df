/** A person at a terminal: the compiled binary on a pseudo terminal of its own. */
import { test } from "bun:test";
import { existsSync } from "node:fs";
import { BINARY, ROOT } from "../cli/binary.ts";

export const available = existsSync(BINARY);
const WHY = "needs ./rtt-sim: bun run build";
export const run = available ? test.concurrent : test.skip;
/** Of a test that is left out, also why. */
export const name = (what: string): string => (available ? what : `${what} (${WHY})`);

const PATIENCE_MS = 15_000;

interface PersonOptions {
  readonly env?: Record<string, string>;
  readonly columns?: number;
}

export class Person implements AsyncDisposable {
  /** Everything that was shown, as bytes (latin-1). */
  seen = "";
  readonly terminal: Bun.Terminal;
  readonly child: Bun.Subprocess;
  private mark = 0;
  private heard: (() => void) | undefined;

  constructor(argv: readonly string[], { env = {}, columns = 80 }: PersonOptions = {}) {
    this.terminal = new Bun.Terminal({
      cols: columns,
      rows: 24,
      data: (_terminal, bytes) => {
        this.seen += Buffer.from(bytes).toString("latin1");
        this.heard?.();
      },
    });
    this.child = Bun.spawn([BINARY, ...argv], {
      cwd: ROOT,
      terminal: this.terminal,
      env: { ...process.env, XDG_STATE_HOME: "/dev/null/nowhere", ...env },
    });
  }

  type(text: string): void {
    this.terminal.write(Buffer.from(text, "utf8"));
  }

  /** Waits until the text was shown behind what was waited for before; gives what came with it. */
  async sees(text: string | RegExp): Promise<string> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const rest = this.seen.slice(this.mark);
      const found = typeof text === "string" ? rest.indexOf(text) : rest.search(text);
      if (found >= 0) {
        const length = typeof text === "string" ? text.length : (text.exec(rest)?.[0].length ?? 0);
        this.mark += found + length;
        return rest.slice(0, found + length);
      }
      if (performance.now() > deadline)
        throw new Error(
          `not seen: ${JSON.stringify(String(text))} in ${JSON.stringify(rest.slice(-600))}`,
        );
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** A line, and what came back up to the next prompt. */
  async line(text: string): Promise<string> {
    this.type(`${text}\r`);
    return this.sees(/\r\nmsh [^\r\n]*>/);
  }

  async code(): Promise<number> {
    return this.child.exited;
  }

  /** ICANON, ECHO and ISIG of the terminal, as `stty -a` shows them: what a program that left must leave behind. */
  get sane(): boolean {
    const ICANON = process.platform === "linux" ? 0x2 : 0x100;
    const ECHO = 0x8;
    return (this.terminal.localFlags & ICANON) !== 0 && (this.terminal.localFlags & ECHO) !== 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
    this.terminal.close();
  }
}

/** A person at the prompt of the default disk, of which nothing is kept. */
export async function atPrompt(argv: string[] = [], options?: PersonOptions): Promise<Person> {
  const person = new Person(["--snapshot", ...argv, "disk/disk.img"], options);
  await person.sees("msh />");
  return person;
}
