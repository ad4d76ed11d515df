/** A module is refused. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  constructor(
    /** What RT-Thread prints on the console, with its line ends; empty when it prints nothing. */
    readonly console: string,
    /** One clause for the user that goes on from "FILE cannot be loaded: ". */
    reason: string,
    /** RT-Thread 4.0.4 takes this failure for success and keeps an empty module. */
    readonly taken = false,
  ) {
    super(reason);
  }
}
