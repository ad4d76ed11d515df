/**
 * What the host knows of its terminals, asked of the runtime's own primitives: the first look at `process.stdin` or `process.stdout`
 * makes streams, which take 3 to 4 ms of a start.
 */

interface Terminal {
  setRawMode(mode: 0 | 1): number;
  /** Fills in columns and rows; false: it does not tell. */
  getWindowSize(size: [number, number]): boolean;
}

interface Primitives {
  isTTY(fd: number): boolean;
  readonly TTY: new (fd: number) => Terminal;
}

let primitives: Primitives | undefined;
const terminals = new Map<number, Terminal>();

function known(): Primitives {
  const { binding } = process as unknown as { binding: (name: string) => unknown };
  return (primitives ??= binding.call(process, "tty_wrap") as Primitives);
}

function terminalAt(fd: number): Terminal {
  let terminal = terminals.get(fd);
  if (!terminal) terminals.set(fd, (terminal = new (known().TTY)(fd)));
  return terminal;
}

export function isTerminal(fd: number): boolean {
  return known().isTTY(fd);
}

/** Raw mode, or what was set before the first call; nothing where there is no terminal. */
export function setRawMode(fd: number, raw: boolean): void {
  if (isTerminal(fd)) terminalAt(fd).setRawMode(raw ? 1 : 0);
}

/** Width of the terminal; 0: it is none, or does not tell. */
export function columnsOf(fd: number): number {
  const size: [number, number] = [0, 0];
  return isTerminal(fd) && terminalAt(fd).getWindowSize(size) ? size[0] : 0;
}
