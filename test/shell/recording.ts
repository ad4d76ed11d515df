import { join } from "node:path";

/** A serial session with the real RT-Thread 4.0.4: characters are bytes (latin-1). */
export interface Recording {
  readonly boot: string;
  readonly files: Readonly<Record<string, { readonly text?: string; readonly dir?: boolean }>>;
  /** What was sent, Enter included, and what came back. */
  readonly steps: readonly (readonly [typed: string, received: string])[];
}

export const recording = (name: string): Promise<Recording> =>
  Bun.file(join(import.meta.dir, `recordings/${name}.json`)).json();

/** Hides the build date of the banner, which differs between builds. */
export const maskDate = (text: string): string =>
  text.replace(/build \w{3} [ \d]\d \d{4}/g, "build DATE");
