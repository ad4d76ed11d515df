/**
 * Parallel addition and subtraction (ARM ARM A4.4.5): `Inst.i` of the op `parallel` is prefix * 6 + operation, numbered as
 * here.
 */
export const prefixes = ["s", "q", "sh", "u", "uq", "uh"] as const;
export const operations = ["add16", "asx", "sax", "sub16", "add8", "sub8"] as const;

/** `Inst.i` of one of the 36. */
export function laneNumber(
  prefix: (typeof prefixes)[number],
  operation: (typeof operations)[number],
): number {
  return prefixes.indexOf(prefix) * operations.length + operations.indexOf(operation);
}

/** What one of them does. */
export interface LaneRow {
  readonly name: string;
  /** Bits of a lane. */
  readonly width: 8 | 16;
  /** A lane of a goes with its neighbour of b. */
  readonly exchange: boolean;
  /** For each lane: 1 adds, -1 subtracts. */
  readonly signs: readonly (1 | -1)[];
  readonly unsigned: boolean;
  /** What becomes of a sum that does not fit. */
  readonly kind: "wrap" | "saturate" | "halve";
  /** GE is set in a lane whose sum is not negative, or carries out of an unsigned addition. */
  readonly setsGE: boolean;
}

type Operation = (typeof operations)[number];
const shapes: Record<Operation, Pick<LaneRow, "width" | "exchange" | "signs">> = {
  add16: { width: 16, exchange: false, signs: [1, 1] },
  sub16: { width: 16, exchange: false, signs: [-1, -1] },
  asx: { width: 16, exchange: true, signs: [-1, 1] },
  sax: { width: 16, exchange: true, signs: [1, -1] },
  add8: { width: 8, exchange: false, signs: [1, 1, 1, 1] },
  sub8: { width: 8, exchange: false, signs: [-1, -1, -1, -1] },
};

let rows: LaneRow[] | undefined;

/** The row of `Inst.i`. */
export function laneRow(i: number): LaneRow {
  rows ??= prefixes.flatMap((prefix) =>
    operations.map((operation): LaneRow => {
      const wraps = prefix === "s" || prefix === "u";
      return {
        name: prefix + operation,
        ...shapes[operation],
        unsigned: prefix.startsWith("u"),
        kind: wraps ? "wrap" : prefix.endsWith("q") ? "saturate" : "halve",
        setsGE: wraps,
      };
    }),
  );
  return rows[i];
}
