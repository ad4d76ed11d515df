/** The firmware image cannot be used; the message says why, for people. */
export class FirmwareError extends Error {
  override readonly name = "FirmwareError";

  constructor(why: string) {
    super(`firmware image: ${why}`);
  }
}
