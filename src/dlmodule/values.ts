/** Where undefined symbols are found. */
export interface Resolver {
  /** Address of a symbol, 0 when there is none. */
  lookup(name: string): number;
  readonly compat404: boolean;
}

/** State of a symbol: not asked for, value known relative to the module, absolute, undefined everywhere. */
export const Known = { No: 0, Relative: 1, Absolute: 2, Missing: 3 } as const;

/** Values of the symbols that a module's relocations use, found once per symbol. */
export interface Values {
  readonly value: Int32Array;
  readonly state: Uint8Array;
  /** Slots of the global offset table by symbol. */
  slots?: Map<number, number>;
  /** Link-time addresses of the segments that define them, by symbol; of those that R_ARM_SBREL32 means. */
  bases?: Map<number, number>;
}
