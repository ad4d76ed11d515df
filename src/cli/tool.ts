import type { Instrument } from "../machine/instrument.ts";
import type { Parsed } from "./parse.ts";

/** An instrument of a command. */
export interface Tool extends Instrument {
  /** The run is over. Its exit code; undefined: another run is wanted, as `parsed` says. */
  finished?(code: number): { readonly again: Parsed } | number;
  /** What `error`, thrown out of a run, means to it; undefined: nothing. */
  caught?(error: unknown): { readonly again: Parsed } | number | undefined;
  close?(): void;
}
