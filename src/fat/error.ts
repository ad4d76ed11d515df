/** What kind of failure it was; the VFS maps these to errno. Named after the results of FatFs. */
export type FatReason =
  | "no file"
  | "no path"
  | "invalid name"
  | "exists"
  | "denied"
  | "full"
  | "busy"
  | "write protected"
  | "no file system"
  | "damaged"
  | "device"
  | "cannot format";

/** A failure of the file system; the message is a sentence for the user. */
export class FatError extends Error {
  constructor(
    readonly reason: FatReason,
    message: string,
  ) {
    super(message);
  }
}

/** The message of "full" when it is not a directory that is. */
export const DISK_FULL = "the disk is full";

export function exists(path: string): FatError {
  return new FatError("exists", `${path} exists already`);
}
