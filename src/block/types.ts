/** A disk of fixed-size sectors. Synchronous; failures throw Error with a sentence for the user. */
export interface BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly: boolean;
  read(sector: number, into: Uint8Array): void;
  write(sector: number, from: Uint8Array): void;
  /** Everything written so far survives the process. */
  flush(): void;
  close(): void;
}
