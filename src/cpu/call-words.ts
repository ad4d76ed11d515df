/**
 * Words of the engines' area that belong to whoever serves supervisor calls, as indexes into `memory.engine`. Calls whose result is one of
 * them (`Cpu.answers`) need no host: translated code takes the word, unless `Attention` or `StackLow` say that the host has something to do
 * at the next call, whatever that is.
 */
export const CallWord = {
  /** 0, or bits of whoever serves the calls. */
  Attention: 0x340,
  /** The host wants to see calls with an sp below it, as signed words compare. */
  StackLow: 0x341,
  /** Supervisor calls that are not in the statistics yet. */
  Served: 0x342,
  /** The first word that may be the result of a call; those behind it may, too. */
  First: 0x343,
} as const;
