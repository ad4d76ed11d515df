/** A disk of fixed-size sectors. Synchronous; failures throw Error with a sentence for the user. */
export interface BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly: boolean;
  /** Bytes before it in the file of the host, when it is a part of one; absent: 0. */
  readonly offset?: number;
  read(sector: number, into: Uint8Array): void;
  write(sector: number, from: Uint8Array): void;
  /** Everything written so far survives the process. */
  flush(): void;
  close(): void;
}
