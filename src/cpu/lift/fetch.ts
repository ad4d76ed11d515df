/** Reads the halfword at a guest address; undefined when it cannot be executed. */
export type Fetch = (address: number) => number | undefined;

/** The instruction at `address` cannot be fetched. */
export interface FetchFault {
  readonly address: number;
}
