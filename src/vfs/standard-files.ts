import type { Descriptor } from "./descriptor.ts";

/** How many numbers stand for the console: stdin, stdout, stderr. */
export const STANDARD = 3;

/**
 * What 0, 1 and 2 stand for: the console. A program may close them and put something else there, as POSIX has it, and that is its own
 * affair: the shell and other programs keep the console, and so does the next run.
 */
export class StandardFiles {
  console: Descriptor | undefined;
  /** Of programs that have changed something: three entries, undefined for a closed one. */
  private readonly changed = new Map<number, (Descriptor | undefined)[]>();

  /** `program`: whose thread is running, 0 for the system's, which change nothing. */
  constructor(private readonly program: () => number) {}

  get(fd: number): Descriptor | undefined {
    const own = this.changed.size === 0 ? undefined : this.changed.get(this.program());
    return own === undefined ? this.console : own[fd];
  }

  get changeable(): boolean {
    return this.program() !== 0;
  }

  /** undefined: the number is closed. */
  set(fd: number, descriptor: Descriptor | undefined): void {
    const program = this.program();
    const own = this.changed.get(program) ?? Array.from({ length: STANDARD }, () => this.console);
    own[fd] = descriptor;
    this.changed.set(program, own);
  }

  /** The lowest number from `least` on that the running program has closed. */
  closed(least: number): number | undefined {
    const own = this.changed.get(this.program());
    const fd = own?.findIndex((descriptor, n) => n >= least && descriptor === undefined) ?? -1;
    return fd < 0 ? undefined : fd;
  }

  all(): Descriptor[] {
    return [...this.changed.values()].flat().filter((descriptor) => descriptor !== undefined);
  }

  /** The program is over. Gives what its numbers stood for. */
  forget(program: number): Descriptor[] {
    const own = this.changed.get(program) ?? [];
    this.changed.delete(program);
    return own.filter((descriptor) => descriptor !== undefined);
  }
}
